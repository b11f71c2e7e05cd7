// Two to eight runs side by side: their figures, the best of each marked, and their curves from one start.

import { isAbort } from "../api/client.js";
import { getRun, listRuns, runEquity, runResults } from "../api/runs.js";
import { comparisonChart } from "../charts/comparison.js";
import { fill, h } from "../elements/dom.js";
import { count, money, percent, ratio, signOf } from "../elements/figures.js";
import { empty, failure, loading } from "../elements/messages.js";
import { scrolling } from "../elements/table.js";
import { utc } from "../elements/times.js";
import { heading, setQuery } from "../shell/router.js";

const most = 8;

/** Name, how it reads, which is better: 1 the higher, -1 the lower, 0 neither. `isMoney`: only ranked within one asset. */
const figures = [
  ["Total return", (s) => s.total_return, (v) => percent(v, 2, { sign: true }), 1], ["Annualised return", (s) => s.annualized_return, (v) => percent(v, 2, { sign: true }), 1],
  ["Sharpe", (s) => s.sharpe, ratio, 1], ["Sortino", (s) => s.sortino, ratio, 1], ["Calmar", (s) => s.statistics?.calmar, ratio, 1],
  ["Volatility", (s) => s.volatility, percent, -1], ["Max drawdown", (s) => s.max_drawdown, percent, -1],
  ["Hit rate", (s) => s.statistics?.hit_rate, (v) => percent(v, 1), 1], ["Profit factor", (s) => s.statistics?.profit_factor, ratio, 1],
  ["Round trips", (s) => s.trades, count, 0], ["Turnover a year", (s) => s.statistics?.turnover, ratio, 0],
  ["Final equity", (s) => s.final_equity, money, 0], ["Fees", (s) => s.fees, money, 0],
];

export async function show({ present, query, signal }) {
  const chosen = new Set(query.getAll("run").slice(0, most));
  const picker = h("div", {}, loading());
  const result = h("div", { class: "stack" });
  present("Compare", heading("Compare", { lead: "Two to eight finished runs side by side." }),
    h("details", { open: chosen.size < 2 }, h("summary", { text: "Choose runs" }), h("div", { class: "card" }, picker)), result);
  const draw = () => { setQuery({ run: [...chosen] }); return compare([...chosen], result, signal); };
  try {
    const { items } = await listRuns({ status: "completed", page_size: 100 }, signal);
    const done = items.filter((run) => run.status === "completed");
    fill(picker, done.length ? h("div", { class: "instrument-list", role: "group", "aria-label": "Finished runs" }, done.map((run) => h("label", {},
      h("input", { type: "checkbox", checked: chosen.has(run.id), on: { change: (event) => {
        if (event.target.checked && chosen.size >= most) { event.target.checked = false; return; }
        if (event.target.checked) chosen.add(run.id); else chosen.delete(run.id);
        draw();
      } } }), h("span", { class: "break", text: run.name }), h("span", { class: "hint", text: `${run.strategy}, ${utc(run.created, "minute")} UTC` }))))
      : empty("No finished runs", "Runs that have completed can be compared.", h("a", { class: "button", "data-needs": "trader", href: "/runs/new", text: "New run" })));
  } catch (error) {
    if (!isAbort(error)) fill(picker, failure(error));
  }
  await draw();
}

async function compare(ids, holder, signal) {
  if (ids.length < 2) {
    fill(holder, empty("Choose two runs or more", "Then their figures and curves stand here side by side."));
    return;
  }
  fill(holder, loading());
  try {
    const runs = await Promise.all(ids.map(async (id) => {
      const [run, summary, curve] = await Promise.all([getRun(id, signal), runResults(id, signal), runEquity(id, signal).catch((error) => { if (isAbort(error)) throw error; return null; })]);
      return { run, summary, curve };
    }));
    const names = distinctNames(runs);
    const chart = comparisonChart(runs.filter(({ curve }) => curve?.times.length).map(({ curve }, index) => ({ name: names[index], times: curve.times, values: curve.values })), signal);
    fill(holder, remarks(runs), h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: "Change of equity since the start" })), chart.element),
      h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: "Figures" }), h("span", { class: "note-text", text: "the best of each is marked" })), figureTable(runs, names)));
    chart.update();
  } catch (error) {
    if (!isAbort(error)) fill(holder, failure(error, () => compare(ids, holder, signal)));
  }
}

/** Names that tell the runs apart. */
function distinctNames(runs) {
  const seen = new Map();
  return runs.map(({ run }) => {
    const times = (seen.get(run.name) ?? 0) + 1;
    seen.set(run.name, times);
    return times > 1 ? `${run.name} (${times})` : run.name;
  });
}

function remarks(runs) {
  const texts = [];
  if (new Set(runs.map(({ summary }) => summary.share_class)).size > 1) texts.push("They count in different assets: amounts cannot be compared.");
  if (new Set(runs.map(({ summary }) => `${summary.start} ${summary.end}`)).size > 1) texts.push("They cover different times.");
  return texts.length ? h("div", { class: "note" }, texts.map((text) => h("p", { text }))) : null;
}

function figureTable(runs, names) {
  const rows = figures.map(([name, read, show, better]) => {
    const values = runs.map(({ summary }) => read(summary));
    const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value));
    const best = better && numbers.length > 1 && new Set(numbers).size > 1 ? (better > 0 ? Math.max : Math.min)(...numbers) : null;
    return h("tr", {}, h("th", { scope: "row", text: name }), values.map((value) => {
      const isBest = best !== null && value === best;
      const isLoss = better === 1 && /return/.test(name) && signOf(value ?? 0) < 0;
      return h("td", { class: `n ${isBest ? "best" : isLoss ? "down" : ""}` }, show(value), isBest && h("span", { class: "hushed", text: " (best)" }), isBest && h("span", { "aria-hidden": "true", text: " \u2605" }));
    }));
  });
  const facts = [["Strategy", ({ run }) => run.strategy], ["From", ({ summary }) => utc(summary.start, "date")], ["To", ({ summary }) => utc(summary.end, "date")], ["Share class", ({ summary }) => summary.share_class]]
    .map(([name, read]) => h("tr", {}, h("th", { scope: "row", text: name }), runs.map((one) => h("td", { class: "n", text: read(one) ?? "\u2013" }))));
  return scrolling("Figures of the runs", h("table", { class: "tight" }, h("caption", { text: "Figures of the runs" }),
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "Figure" }), runs.map(({ run }, index) => h("th", { scope: "col", class: "n" }, h("a", { href: `/runs/${encodeURIComponent(run.id)}`, text: names[index] }))))),
    h("tbody", {}, rows, facts)));
}
