// Which series of the catalogue a run uses: a list to tick, with a filter, and what suits the strategy ticked.

import { h, fill } from "../elements/dom.js";
import { count } from "../elements/figures.js";
import { utc } from "../elements/times.js";
import { field, textControl } from "../forms/fields.js";

const keyOf = ({ instrument, kind, timeframe, variant }) => [instrument, kind, timeframe ?? "", variant ?? ""].join("|");

/** Most series that are listed at a time. */
const mostShown = 30;

/** A field of series. `read()` gives the ones that are ticked, as `data.series` of a run file has them. */
export function seriesChoice(series) {
  const chosen = new Set();
  const list = h("div", { class: "instrument-list", role: "group", "aria-label": "Series" });
  const more = h("p", { class: "dim small" });
  const summary = h("p", { class: "dim small", role: "status" });
  const problem = h("div", { class: "problem" });
  problem.hidden = true;
  const search = field({ key: "data.filter", label: "Filter the series", control: textControl({ type: "search", placeholder: "as BTC 1h, or funding" }) });

  const tell = () => {
    const ticked = series.filter((one) => chosen.has(keyOf(one)));
    const bars = ticked.filter((one) => one.first && one.last);
    const first = bars.map((one) => one.first).sort().at(-1);
    const last = bars.map((one) => one.last).sort()[0];
    summary.textContent = ticked.length === 0 ? "Nothing chosen yet."
      : `${ticked.length} chosen${first && last ? `; all of them cover ${utc(first, "minute")} to ${utc(last, "minute")} UTC` : ""}.`;
  };
  const draw = () => {
    const words = search.control.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = series.filter((one) => words.every((word) => keyOf(one).toLowerCase().includes(word)));
    // What is ticked stands first; of a large catalogue the filter shows the rest.
    const ordered = [...found.filter((one) => chosen.has(keyOf(one))), ...found.filter((one) => !chosen.has(keyOf(one)))];
    const shown = ordered.slice(0, Math.max(mostShown, chosen.size));
    more.textContent = ordered.length > shown.length ? `${ordered.length - shown.length} more: filter to see them.` : "";
    fill(list, shown.length ? shown.map((one) => h("label", {},
      h("input", { type: "checkbox", checked: chosen.has(keyOf(one)), on: { change: (event) => {
        if (event.target.checked) chosen.add(keyOf(one)); else chosen.delete(keyOf(one));
        tell();
      } } }),
      h("span", { class: "break" }, h("strong", { text: one.instrument }), ` ${one.kind}${one.timeframe ? ` ${one.timeframe}` : ""}${one.variant ? ` (${one.variant})` : ""}`),
      h("span", { class: "hint" }, one.first ? `${utc(one.first, "date")} to ${utc(one.last, "date")}` : "", one.rows ? `, ${count(one.rows)} rows` : ""))) : h("p", { class: "dim", text: "No series is like that." }));
    tell();
  };
  search.control.addEventListener("input", draw);
  draw();

  const choose = (wanted) => {
    chosen.clear();
    for (const one of series) {
      if (wanted.some((pick) => pick.instrument === one.instrument && (!pick.kind || pick.kind === one.kind) && (!pick.timeframe || pick.timeframe === one.timeframe))) chosen.add(keyOf(one));
    }
    draw();
  };
  const element = series.length ? h("div", { class: "stack close" }, search.element, list, more, summary, problem)
    : h("div", { class: "note" }, h("p", { text: "The catalogue is empty. Fill it first, for instance with sample data:" }),
      h("pre", { text: "tradewind data sample --output sample\ntradewind data import sample/dataset.yaml --source sample" }));
  return {
    element, choose,
    field: { key: "data", element, showProblem(text) { problem.hidden = !text; fill(problem, text); }, focus() { (list.querySelector("input") ?? search.control).focus(); } },
    suggest(strategy) { choose(suggested(strategy, series)); },
    read: () => series.filter((one) => chosen.has(keyOf(one))).map(({ instrument, kind, timeframe, variant }) =>
      ({ instrument, kind, ...(timeframe ? { timeframe } : {}), ...(variant ? { variant } : {}) })),
  };
}

/** What suits a strategy: for a hedged one its spot and the contracts of its venues, else one instrument's bars by the hour. */
function suggested(strategy, series) {
  const properties = strategy.schema?.properties ?? {};
  const hedge = properties.hedge?.default;
  const hasKind = (kind) => series.some((one) => one.kind === kind);
  if (hedge && hasKind("funding")) {
    const asset = strategy.name.split("-")[0].toUpperCase();
    const isOf = (one, type) => one.instrument.includes(`:${type}:${asset}`);
    return series.filter((one) => (isOf(one, "spot") && one.instrument.startsWith(`${properties["spot-venue"]?.default ?? "binance"}:`) && one.timeframe === "1h")
      || (isOf(one, "perp") && hedge[one.instrument.split(":")[0]] !== undefined && (one.kind === "funding" || one.timeframe === "1h")));
  }
  if (/quot/.test(strategy.name) && hasKind("quotes")) {
    const first = series.find((one) => one.kind === "quotes");
    return series.filter((one) => one.instrument === first.instrument && ["quotes", "trades"].includes(one.kind));
  }
  const bars = series.filter((one) => one.kind === "bars");
  const first = bars.find((one) => one.timeframe === "1h" && one.instrument.includes(":spot:BTC")) ?? bars.find((one) => one.timeframe === "1h") ?? bars[0];
  return first ? [first] : [];
}
