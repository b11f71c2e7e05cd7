// Bars beside a zero line, for the cells of a table.

import { h } from "../elements/dom.js";

/** A bar of a value among values between `low` and `high` (both include zero); the figure beside it says the rest. */
export function bar(value, low, high) {
  const span = high - low || 1;
  const x = (at) => ((at - low) / span) * 100;
  const [from, to] = value < 0 ? [x(value), x(0)] : [x(0), x(value)];
  return h("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    h("line", { class: "bar-axis", x1: x(0), x2: x(0), y1: 0, y2: 14, "vector-effect": "non-scaling-stroke" }),
    value !== 0 && h("rect", { class: value < 0 ? "bar-loss" : "bar-gain", x: from, y: 2.5, width: Math.max(0.4, to - from), height: 9 }));
}
