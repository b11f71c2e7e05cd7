// Where the profit came from: every cause with its amount and a bar. The amounts add up to the change of equity.

import { bar } from "../charts/bars.js";
import { h } from "../elements/dom.js";
import { money, tone, signOf } from "../elements/figures.js";
import { scrolling } from "../elements/table.js";

/** `attribution`: cause to amount, decimal strings. Causes of nothing are folded into one line. */
export function attributionTable(attribution, asset) {
  const entries = Object.entries(attribution ?? {});
  const moved = entries.filter(([, amount]) => signOf(amount) !== 0).sort((a, b) => Math.abs(Number(b[1])) - Math.abs(Number(a[1])));
  const still = entries.filter(([, amount]) => signOf(amount) === 0).map(([cause]) => cause.replaceAll("_", " "));
  if (!moved.length) return h("p", { class: "dim", text: "Nothing has changed the equity." });
  const values = moved.map(([, amount]) => Number(amount));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return h("div", {}, scrolling("Attribution", h("table", { class: "tight" }, h("caption", { text: `Attribution of the change of equity${asset ? `, in ${asset}` : ""}` }),
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "Cause" }), h("th", { scope: "col", class: "n", text: asset ?? "Amount" }), h("th", { scope: "col" }, h("span", { class: "hushed", text: "Bar" })))),
    h("tbody", {}, moved.map(([cause, amount]) => h("tr", {}, h("th", { scope: "row", text: cause.replaceAll("_", " ") }), h("td", { class: `n ${tone(amount)}`, text: money(amount, { sign: true }) }),
      h("td", { class: "bar-cell" }, bar(Number(amount), low, high))))))),
    still.length > 0 && h("p", { class: "dim small", text: `Nothing from ${still.join(", ")}.` }));
}
