// What came of a run: figures, curves, attribution, trades, fills, files.

import { isAbort } from "../api/client.js";
import { downloadResult, latestEvents, reportAddress, resultFiles, runEquity, runFills, runOrders, runResults, runTrades } from "../api/runs.js";
import { EquityChart } from "../charts/equity.js";
import { PriceChart } from "../charts/price.js";
import { fill, h } from "../elements/dom.js";
import { count, exact, money, percent, ratio, tone } from "../elements/figures.js";
import { icon } from "../elements/icons.js";
import { empty, failure, loading, note } from "../elements/messages.js";
import { facts, pager, table, tiles } from "../elements/table.js";
import { tabs } from "../elements/tabs.js";
import { duration, milliseconds, time } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { attributionTable } from "./attribution.js";
import { candlesOf } from "./live-prices.js";
import { orderColumns } from "./orders.js";
import { eventItem } from "./event-feed.js";
import { fillColumns } from "./run-live.js";

const pageSize = 50;
const mostCharts = 4;
const mostMarks = 5000;

/** The page of a run that has ended. */
export async function finishedRun(run, signal) {
  if (run.status !== "completed") return [h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: "What happened" })), runFacts(run)), moreTabs(run, null, signal)];
  let summary;
  try {
    summary = await runResults(run.id, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    return [failure(error), moreTabs(run, null, signal)];
  }
  const asset = summary.share_class ?? run.asset;
  const curve = h("div", {}, loading("Loading the curve"));
  const prices = h("div", { class: "stack" });
  showCurve(run, summary, curve, signal);
  showPrices(run, prices, signal);
  return [
    figures(summary, asset), warnings(summary),
    section("Equity, drawdown, exposure", curve), prices,
    h("div", { class: "columns" },
      section("Attribution", attributionTable(summary.attribution, asset), `adds up to ${money(sumText(summary), { sign: true })} ${asset ?? ""}, exactly`),
      section("Holdings at the end", holdings(summary, asset))),
    moreTabs(run, summary, signal),
  ];
}

const section = (title, content, more) => h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: title }), more && h("span", { class: "note-text" }, more)), content);

const sumText = (summary) => {
  const places = 18;
  const total = Object.values(summary.attribution ?? {}).reduce((sum, text) => {
    const [whole, fraction = ""] = String(text).replace("-", "").split(".");
    const value = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
    return String(text).startsWith("-") ? sum - value : sum + value;
  }, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, "0");
  return `${total < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

function figures(summary, asset) {
  const more = summary.statistics ?? {};
  return tiles([
    ["Total return", percent(summary.total_return, 2, { sign: true }), `${money(summary.initial_equity)} to ${money(summary.final_equity)} ${asset ?? ""}`, tone(summary.total_return)],
    ["Annualised return", percent(summary.annualized_return, 2, { sign: true })],
    ["Sharpe", ratio(summary.sharpe), `Sortino ${ratio(summary.sortino)}`], ["Volatility", percent(summary.volatility)],
    ["Max drawdown", percent(summary.max_drawdown), more.longest_drawdown_seconds ? `longest ${duration(more.longest_drawdown_seconds * 1000)}` : ""],
    ["Round trips", count(summary.trades), more.hit_rate === null || more.hit_rate === undefined ? "" : `${percent(more.hit_rate, 1)} won`],
    ["Profit factor", ratio(more.profit_factor), more.exposure_time === undefined ? "" : `in the market ${percent(more.exposure_time, 1)}`],
    ["Fees", money(summary.fees), `${count(summary.fills)} fills`],
  ]);
}

function warnings(summary) {
  const list = summary.data?.warnings ?? [];
  if (!list.length) return null;
  return h("div", { class: "note" }, list.slice(0, 6).map((text) => h("p", { text })), list.length > 6 && h("p", { text: `and ${list.length - 6} more` }));
}

async function showCurve(run, summary, holder, signal) {
  try {
    const { times, values, drawdowns, cash } = await runEquity(run.id, signal);
    if (!times.length) { fill(holder, empty("No curve", "The result has no equity curve.")); return; }
    const hasExposure = cash.some(Number.isFinite);
    const chart = new EquityChart({ asset: summary.share_class ?? run.asset, initial: summary.initial_equity, signal, exposure: hasExposure });
    times.forEach((at, index) => {
      chart.push(at, values[index], drawdowns[index]);
      if (hasExposure) chart.exposure.push(at, values[index] ? (values[index] - cash[index]) / values[index] : 0);
    });
    fill(holder, chart.element);
    chart.update();
  } catch (error) {
    if (!isAbort(error)) fill(holder, failure(error, () => showCurve(run, summary, holder, signal)));
  }
}

/** Prices with fills of the instruments that were traded most. */
async function showPrices(run, holder, signal) {
  try {
    const marks = await runFills(run.id, { page: 1, page_size: 500 }, signal);
    for (let page = 2; marks.items.length < Math.min(marks.total ?? 0, mostMarks); page += 1) {
      const next = await runFills(run.id, { page, page_size: 500 }, signal);
      if (!next.items.length) break;
      marks.items.push(...next.items);
    }
    const isAll = marks.items.length >= (marks.total ?? 0);
    const traded = new Map();
    for (const one of marks.items) traded.set(one.instrument, [...(traded.get(one.instrument) ?? []), one]);
    const most = [...traded].sort((a, b) => b[1].length - a[1].length).slice(0, mostCharts);
    for (const [instrument, fills] of most) {
      const chart = new PriceChart({ instrument, signal });
      const ordered = [...fills].sort((a, b) => milliseconds(a.time) - milliseconds(b.time));
      for (const point of await pricesOf(run, instrument, ordered, signal)) chart.price(point[0], point[1]);
      for (const one of ordered) chart.fill(milliseconds(one.time), Number(one.price), one.side === "BUY");
      put(holder, section(`Price and fills: ${instrument}`, chart.element, isAll ? `${count(fills.length)} fills` : `of the first ${count(marks.items.length)} fills`));
      chart.update();
    }
  } catch (error) {
    if (!isAbort(error)) put(holder, note(`Prices and fills could not be loaded: ${error.message}`));
  }
}

const put = (holder, element) => holder.append(element);

/** Candles over the run; the fills' own prices when there are none. */
async function pricesOf(run, instrument, fills, signal) {
  try {
    const found = await candlesOf(run, instrument, signal);
    if (found.length) return found.map(({ at, close }) => [at, close]);
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  return fills.map((one) => [milliseconds(one.time), Number(one.price)]);
}

function holdings(summary, asset) {
  const list = summary.final_positions ?? [];
  if (!list.length) return h("p", { class: "dim", text: "Nothing." });
  return table("Holdings at the end", [
    { title: "Instrument", primary: true, cell: (one) => h("span", { class: "break", text: one.instrument }) }, { title: "Quantity", figure: true, cell: (one) => exact(one.quantity) },
    { title: "Mark", figure: true, cell: (one) => exact(one.mark) }, { title: `Value, ${asset ?? ""}`, figure: true, cell: (one) => money(one.value) },
  ], list, { tight: true });
}

function runFacts(run) {
  return facts([["Run id", h("code", { text: run.id })], ["State", run.status], ["Reason", run.reason], ["Strategy", run.strategy], ["Created", time(run.created)], ["Started", time(run.started)], ["Ended", time(run.finished)],
    ["Correlation id", run.correlationID && h("a", { href: `/logs?correlation_id=${encodeURIComponent(run.correlationID)}`, text: run.correlationID })]]);
}

function moreTabs(run, summary, signal) {
  const paged = (load, columns, what) => {
    const holder = h("div", {}, loading());
    const ask = async (page) => {
      try {
        const found = await load({ page, page_size: pageSize });
        fill(holder, found.items.length ? [table(what, columns, found.items, { tight: true }), pager({ page, pageSize, total: found.total, shown: found.items.length, go: ask })] : h("p", { class: "dim", text: `No ${what.toLowerCase()}.` }));
      } catch (error) {
        if (!isAbort(error)) fill(holder, failure(error, () => ask(page)));
      }
    };
    ask(1);
    return holder;
  };
  const list = [
    summary && { name: "trades", title: "Trades", make: () => paged((query) => runTrades(run.id, query, signal), tradeColumns, "Trades") },
    summary && { name: "fills", title: "Fills", make: () => paged((query) => runFills(run.id, query, signal), fillColumns(), "Fills") },
    { name: "orders", title: "Orders", make: () => paged((query) => runOrders(run.id, query, signal), orderColumns({ hasRun: false }), "Orders") },
    { name: "events", title: "Events", make: () => eventsTab(run, signal) },
    { name: "configuration", title: "Configuration", make: () => h("div", { class: "stack close" }, runFacts(run), h("pre", { class: "payload", tabindex: "0", text: JSON.stringify(run.file, null, 2) })) },
    summary && { name: "statistics", title: "All figures", make: () => allFigures(summary) },
    summary && { name: "files", title: "Files", make: () => files(run) },
  ].filter(Boolean);
  return h("section", { class: "card", "aria-label": "More of this run" }, tabs("More of this run", list));
}

const tradeColumns = [
  { title: "Entered, UTC", primary: true, cell: (one) => time(one.entered, "second", { zone: false }) }, { title: "Left, UTC", cell: (one) => time(one.exited, "second", { zone: false }) },
  { title: "Instrument", cell: (one) => one.instrument }, { title: "Side", cell: (one) => one.side }, { title: "Quantity", figure: true, cell: (one) => exact(one.quantity) },
  { title: "Entry", figure: true, cell: (one) => exact(one.entry) }, { title: "Exit", figure: true, cell: (one) => exact(one.exit) },
  { title: "Profit", figure: true, cell: (one) => h("span", { class: tone(one.profit), text: money(one.profit, { sign: true }) }) },
];

function eventsTab(run, signal) {
  const holder = h("div", {}, loading());
  latestEvents({ run: run.id, limit: 100 }, signal).then((events) => {
    const shown = events.filter((event) => event.type !== "run.Progress");
    fill(holder, shown.length ? h("ul", { class: "feed tall", tabindex: "0", "aria-label": "Events" }, shown.map((event) => eventItem(event))) : h("p", { class: "dim", text: "No events." }));
  }, (error) => { if (!isAbort(error)) fill(holder, failure(error)); });
  return holder;
}

function allFigures(summary) {
  const flat = Object.entries({ ...summary, ...(summary.statistics ?? {}) }).filter(([, value]) => value === null || typeof value !== "object");
  return table("All figures", [
    { title: "Figure", primary: true, cell: ([name]) => name.replaceAll("_", " ") },
    { title: "Value", figure: true, cell: ([, value]) => h("span", { class: "break", text: value === null ? "\u2013" : typeof value === "number" && !Number.isInteger(value) ? ratio(value, 6) : String(value) }) },
  ], flat, { tight: true, cards: false });
}

function files(run) {
  return h("ul", { class: "stack close" }, resultFiles.map(([file, title]) => h("li", { class: "actions" },
    file === "report.html" && h("a", { class: "button slim", href: reportAddress(run.id), target: "_blank", rel: "noopener", text: "Open the report" }),
    h("button", { class: "button slim", type: "button", on: { click: async () => {
      try {
        await downloadResult(run.id, file);
      } catch (error) {
        toast(`${file}: ${error.message}`, "bad");
      }
    } } }, icon("download"), `${title} (${file})`))));
}
