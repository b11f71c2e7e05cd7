// Short messages at the edge: one polite live region, five seconds each, never more than four.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const most = 4;
let region = null;

/** Says something. `kind`: "", "good" or "bad". Failures stay until they are closed. */
export function toast(text, kind = "") {
  if (!region) {
    region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  const item = h("div", { class: "toast", data: { kind } }, h("span", { text }));
  const close = () => item.remove();
  item.append(h("button", { class: "button quiet slim", type: "button", "aria-label": "Close this message", on: { click: close } }, icon("close")));
  region.append(item);
  while (region.children.length > most) region.firstElementChild.remove();
  if (kind !== "bad") setTimeout(close, 5000);
}
