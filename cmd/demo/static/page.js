// What is pressed and typed: drafts, confirm dialogs, hints for commands, toasts.
const on = (kind, does) => document.addEventListener(kind, does);

on("input", (e) => {
  if (e.target.matches("input:not([type=hidden], [type=search]), textarea, select:not([data-go])")) e.target.dataset.typed = "";
});
on("change", (e) => {
  if (e.target.matches("[data-go]")) location.href = e.target.value;
});
// An input that is sent at once is sent with Enter; a modal is not.
on("keydown", (e) => {
  if (e.key !== "Enter" || !e.target.matches("[data-enter], .suggest")) return;
  e.preventDefault();
  if (e.target.matches("[data-enter]")) htmx.trigger(e.target, "enter");
});
// Escape closes a modal as its button does.
document.addEventListener("cancel", (e) => {
  if (e.target.matches("dialog[data-modal]")) e.target.querySelector("[data-close]").click();
}, true);

// Block Kit's confirm dialogs.
on("htmx:confirm", (e) => {
  const asks = e.detail.elt.dataset;
  if (asks.confirmTitle === undefined) return;
  e.preventDefault();
  const d = document.getElementById("confirm");
  d.querySelector("h2").textContent = asks.confirmTitle;
  d.querySelector(".text").innerHTML = asks.confirmText; // drawn and escaped by the server
  d.querySelector(".yes").textContent = asks.confirmYes;
  d.querySelector(".yes").className = "yes " + (asks.confirmStyle || "primary");
  d.querySelector(".deny").textContent = asks.confirmNo;
  d.returnValue = "no";
  d.onclose = () => {
    if (d.returnValue === "yes") e.detail.issueRequest(true);
    else if (e.detail.elt.dataset.typed !== undefined) { delete e.detail.elt.dataset.typed; htmx.trigger(document, "redraw"); }
  };
  d.showModal();
});

// After a form was taken, what was typed in it is no longer somebody's draft.
on("htmx:afterRequest", (e) => {
  if (!e.detail.successful || e.detail.requestConfig.verb !== "post") return;
  const { elt, xhr } = e.detail, form = elt.closest("form");
  if (elt.matches("form") && xhr.getResponseHeader("X-Kept")) { window.refused = true; return; }
  if (xhr.getResponseHeader("X-Refused")) return;
  (elt.matches("form") ? elt.querySelectorAll("[data-typed]") : [elt]).forEach((n) => delete n.dataset.typed);
  if (elt.matches("form[data-reset]")) { elt.reset(); hint(); }
  if (elt.closest(".menu") && !elt.closest(".members")) elt.closest(".menu").open = false;
});

// What an app offers takes the place of what it offered before, but for what is chosen.
on("htmx:beforeSwap", (e) => {
  if (!e.detail.target.matches("select")) return;
  const select = e.detail.target, kept = [...select.options].filter((o) => o.value ? o.selected : !o.disabled);
  select.dataset.typed = "";
  select.addEventListener("htmx:afterSwap", () => {
    for (const o of kept) [...select.options].find((n) => n.value === o.value)?.remove();
    select.prepend(...kept);
  }, { once: true });
});

// The commands that begin like what is typed.
function hint() {
  const say = document.getElementById("say"), hints = document.getElementById("hints"), text = say.value;
  for (const b of hints.querySelectorAll("button")) {
    b.parentNode.hidden = !b.dataset.fill.startsWith(text) && !text.startsWith(b.dataset.fill.trimEnd() + " ") && text !== b.dataset.fill.trimEnd();
  }
  hints.hidden = !text.startsWith("/") || !hints.querySelector("li:not([hidden])");
}
on("input", (e) => { if (e.target.id === "say") hint(); });
on("focusin", (e) => {
  if (e.target.id === "say") hint();
  else if (!e.target.closest(".composer")) document.getElementById("hints").hidden = true;
});
on("keydown", (e) => {
  const hints = e.target.closest?.(".composer")?.querySelector("#hints");
  if (!hints || hints.hidden) return;
  const shown = [...hints.querySelectorAll("li:not([hidden]) button")], at = shown.indexOf(document.activeElement);
  const next = { ArrowUp: at < 0 ? shown.length - 1 : at - 1, ArrowDown: at + 1 }[e.key];
  if (e.key === "Escape") { hints.hidden = true; document.getElementById("say").focus(); }
  if (next === undefined) return;
  e.preventDefault();
  (shown[next] || document.getElementById("say")).focus();
});
on("click", (e) => {
  const fill = e.target.closest("[data-fill]");
  if (!fill) return;
  const say = document.getElementById("say");
  say.value = fill.dataset.fill;
  say.focus();
  say.dispatchEvent(new Event("input", { bubbles: true }));
});

// What is folded away stays so from page to page.
document.addEventListener("toggle", (e) => {
  if (e.target.matches("details[data-remember]")) sessionStorage.setItem(e.target.id, e.target.open);
}, true);
on("DOMContentLoaded", () => {
  for (const d of document.querySelectorAll("details[data-remember]")) {
    if (sessionStorage.getItem(d.id) !== null) d.open = sessionStorage.getItem(d.id) === "true";
  }
});

let fading;
function toast(text, bad) {
  const t = document.getElementById("toast");
  clearTimeout(fading);
  t.hidePopover();
  t.textContent = text;
  t.className = bad ? "bad" : "";
  t.showPopover(); // again, so that it stands above a modal
  fading = setTimeout(() => t.hidePopover(), 8000);
}
on("toast", (e) => toast(e.detail.text, e.detail.bad));
on("htmx:responseError", (e) => toast(e.detail.xhr.responseText || "That did not work.", true));
on("htmx:sendError", () => toast("The demo does not answer. Is it still running?", true));
