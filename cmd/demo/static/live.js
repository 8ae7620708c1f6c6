// Redraws the page when the server says that something changed, and keeps what
// somebody is doing meanwhile: drafts, focus, what is folded out, where they are
// in a long list.
const app = () => document.getElementById("app");
const typed = (node) => node instanceof Element && node.closest("[data-typed]");
const values = ["value", "checked", "selected", "data-typed"];

htmx.defineExtension("keep", {
  isInlineSwap: (style) => style === "keep",
  handleSwap: (style, target, fragment) => style === "keep" && Idiomorph.morph(target, fragment.children, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (node) => !(typed(node) && node.matches("select")), // its options may be what the app offered
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog") || name === "hidden" && node.closest("#hints") || values.includes(name) && typed(node)),
    },
  }),
});

function redraw() {
  return htmx.ajax("GET", location.pathname, { target: "#app", select: "#app", swap: "keep" });
}
document.addEventListener("redraw", redraw);

// While a redraw is under way others wait, and become one.
let drawing = false, again = false;
async function changed() {
  if (drawing) { again = true; return; }
  drawing = true;
  do { again = false; await redraw().catch(() => {}); } while (again);
  drawing = false;
}

// A browser opens few connections to one server: hidden pages let theirs go.
let stream, retry;
function follow() {
  clearTimeout(retry);
  if (stream) stream.close();
  stream = new EventSource("/stream");
  stream.addEventListener("changed", () => {
    const offline = document.getElementById("offline");
    if (!offline.hidden) document.getElementById("toast").hidePopover(); // what it says is over
    offline.hidden = true;
    changed();
  });
  stream.onerror = () => {
    document.getElementById("offline").hidden = false;
    if (stream.readyState === EventSource.CLOSED) retry = setTimeout(follow, 1000);
  };
}
document.addEventListener("visibilitychange", () => document.hidden ? stream.close() : follow());
// Whom the page is about may be gone with the workspace it was started with.
document.addEventListener("htmx:responseError", (e) => {
  if (e.detail.target === app() && e.detail.xhr.status === 404) location.href = "/";
});

// Whoever reads the newest messages goes on reading the newest.
let atEnd = true, opener = null;
const list = () => document.getElementById("messages");
document.addEventListener("htmx:beforeSwap", (e) => {
  if (e.detail.target !== app() || !list()) return;
  atEnd = list().scrollHeight - list().scrollTop - list().clientHeight < 40;
});
function settle() {
  if (atEnd && list()) list().scrollTop = list().scrollHeight;
  const modal = document.querySelector("dialog[data-modal]:not([open])");
  if (modal) {
    if (!opener || !opener.closest("dialog")) opener = document.activeElement;
    modal.showModal();
  } else if (opener && !document.querySelector("dialog[data-modal]")) {
    (opener.isConnected ? opener : opener.id && document.getElementById(opener.id))?.focus();
    opener = null;
  }
  window.drawn = performance.now(); // for whoever waits until the page is at rest
}
document.addEventListener("htmx:afterSettle", (e) => {
  if (e.detail.target.id !== "app") return;
  settle();
  const wrong = window.refused && document.querySelector("dialog[data-modal] [aria-invalid=true]");
  if (wrong) { window.refused = false; wrong.focus(); }
});
document.addEventListener("DOMContentLoaded", () => {
  settle();
  document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest" });
  follow();
});
