// What the server cannot do: keep what somebody is typing while the page
// changes around it, ask before a button that wants it, and show a toast.
window.kept = {
  beforeNodeMorphed: (node) => !(node instanceof Element && node.dataset && node.dataset.typed !== undefined),
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
};

document.addEventListener("input", (e) => {
  if (e.target.matches("input:not([type=hidden]), textarea, select") && !e.target.matches("[data-go]")) e.target.dataset.typed = "";
});
document.addEventListener("change", (e) => {
  if (e.target.matches("[data-go]")) location.href = e.target.value;
});
document.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && e.target.matches("[data-enter]")) e.preventDefault();
});
// Block Kit's confirm dialogs.
document.addEventListener("htmx:confirm", (e) => {
  const b = e.detail.elt;
  if (!b.dataset || !b.dataset.confirmTitle) return;
  e.preventDefault();
  const d = document.getElementById("confirm");
  d.querySelector("h2").textContent = b.dataset.confirmTitle;
  d.querySelector("p").textContent = b.dataset.confirmText;
  d.querySelector(".yes").textContent = b.dataset.confirmYes;
  d.querySelector(".deny").textContent = b.dataset.confirmNo;
  d.returnValue = "no";
  d.onclose = () => { if (d.returnValue === "yes") e.detail.issueRequest(true); };
  d.showModal();
});

let fading;
function toast(text, bad) {
  const t = document.getElementById("toast");
  t.textContent = text;
  t.className = bad ? "show bad" : "show";
  clearTimeout(fading);
  fading = setTimeout(() => { t.className = ""; }, 6000);
}
document.addEventListener("toast", (e) => toast(e.detail.text, e.detail.bad));
document.addEventListener("go", (e) => { location.href = e.detail.value; });
document.addEventListener("htmx:responseError", (e) => toast(e.detail.xhr.responseText || "That did not work.", true));
document.addEventListener("htmx:sendError", () => toast("The demo does not answer. Is it still running?", true));

// After a form was taken, what was typed in it is no longer somebody's draft.
document.addEventListener("htmx:afterRequest", (e) => {
  if (!e.detail.successful || e.detail.requestConfig.verb !== "post") return;
  const form = e.detail.elt.closest("form");
  const typed = form ? form.querySelectorAll("[data-typed]") : [e.detail.elt];
  if (form && form.querySelector("[name=view_id]") && e.detail.xhr.getResponseHeader("X-Kept")) return;
  typed.forEach((n) => delete n.dataset.typed);
  if (e.detail.elt.matches("form[data-reset]")) e.detail.elt.reset();
});

// When the page was last redrawn, for whoever waits until it is at rest.
document.addEventListener("htmx:afterSettle", () => { window.drawn = performance.now(); });
