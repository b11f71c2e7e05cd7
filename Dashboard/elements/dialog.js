// Dialogs: the browser's own, which holds the focus, closes by Escape and gives the focus back.

import { h, freshId, fill } from "./dom.js";

/** Opens a dialog with a title and content; `content(close)` makes what is inside. */
export function openDialog(title, content, { large = false } = {}) {
  const id = freshId("dialog");
  const dialog = h("dialog", { class: large ? "large" : null, "aria-labelledby": id });
  const opener = document.activeElement;
  const close = () => dialog.close();
  dialog.append(h("div", { class: "dialog-body" }, h("h2", { id, text: title }), content(close)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close };
}

/**
 * Asks before something is done. `act(reason)` does it; its failure stays in the dialog.
 * With `reason`, a reason must be given.
 */
export function confirm({ title, text, action, danger = false, reason = null, act }) {
  openDialog(title, (close) => {
    const problem = h("div", { role: "alert" });
    const reasonId = freshId("reason");
    const field = reason && h("div", { class: "field" }, h("label", { for: reasonId, text: reason }),
      h("input", { id: reasonId, required: true, maxlength: "256", autocomplete: "off" }));
    const button = h("button", { class: `button ${danger ? "danger solid" : "primary"}`, type: "submit", text: action });
    const submit = async (event) => {
      event.preventDefault();
      const given = field ? field.querySelector("input").value.trim() : "";
      if (field && !given) return;
      button.disabled = true;
      try {
        await act(given);
        close();
      } catch (error) {
        fill(problem, h("div", { class: "note bad" }, h("p", { text: error.message ?? String(error) })));
        button.disabled = false;
      }
    };
    return h("form", { class: "stack close", on: { submit } },
      h("p", { text }), field, problem,
      h("div", { class: "actions" },
        h("button", { class: "button", type: "button", text: "Cancel", on: { click: close } }), button));
  });
}
