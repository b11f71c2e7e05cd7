// A small curve without axes, beside a name.

import { h } from "../elements/dom.js";

/** A curve of numbers; nothing for fewer than two. */
export function spark(values) {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const path = values.map((value, index) => `${index ? "L" : "M"}${((index / (values.length - 1)) * 200).toFixed(1)} ${(38 - ((value - low) / span) * 36).toFixed(1)}`).join("");
  return h("svg", { class: "spark", viewBox: "0 0 200 40", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" }, h("path", { d: path }));
}
