// A run while it goes on: progress, equity, prices with fills, orders, events, as they arrive.

import { progressFrom } from "../api/runs.js";
import { EquityChart } from "../charts/equity.js";
import { fill, h, setText } from "../elements/dom.js";
import { count, difference, exact, money, percent, tone } from "../elements/figures.js";
import { milliseconds, time, utc } from "../elements/times.js";
import { table, tiles } from "../elements/table.js";
import { attributionTable } from "./attribution.js";
import { LivePrices } from "./live-prices.js";
import { eventItem } from "./event-feed.js";
import { elapsed, progressBar } from "./run-cards.js";

const mostFills = 50;
const mostEvents = 200;
const staleAfter = 10000;

/** Shows a run; gives `{element, update(run), event(event), connection(state), end()}`. */
export function liveRun(first, signal) {
  const state = { run: first, progress: { percent: first.percent, at: first.at, equity: first.equity, drawdown: first.drawdown, orders: first.orders, fills: first.fills, net: null, gross: null }, fills: [], events: [], heard: Date.now() };
  const ending = new AbortController();
  signal.addEventListener("abort", () => ending.abort());
  const equity = new EquityChart({ asset: first.asset, initial: first.capital, signal: ending.signal, exposure: true });
  const prices = new LivePrices(first, ending.signal);
  const parts = { bar: h("div"), tiles: h("div"), freshness: h("span", { class: "dim small", role: "status" }), fills: h("div"), holdings: h("div"), feed: h("ul", { class: "feed tall", tabindex: "0", "aria-label": "Events" }), attribution: h("div") };
  const attribution = section("Attribution so far", parts.attribution);
  attribution.hidden = true;
  const holdings = section("Holdings now", parts.holdings);
  holdings.hidden = true;
  const element = h("div", { class: "stack" },
    h("section", { class: "card stack close", "aria-label": "Progress" }, parts.bar, h("div", { class: "card-head" }, h("span", { class: "dim small", text: first.status !== "pending" ? "" : first.queuePosition ? `Waits for its turn: place ${first.queuePosition}` : "Not started yet" }), parts.freshness)),
    parts.tiles, section("Equity, drawdown, exposure", equity.element), prices.element,
    h("div", { class: "columns" }, attribution, holdings), h("div", { class: "columns" }, section("Fills", parts.fills), section("Events", parts.feed)));

  const drawProgress = () => {
    const { run, progress } = state;
    fill(parts.bar, progressBar(run.status === "pending" ? 0 : progress.percent, "Progress of the run"));
    const gain = progress.equity && run.capital ? difference(String(progress.equity), String(run.capital)) : null;
    fill(parts.tiles, tiles([
      ["Progress", progress.percent === null ? null : `${Math.floor(progress.percent)} %`, progress.at ? time(progress.at, "minute") : run.status],
      ["Equity", progress.equity ? money(String(progress.equity)) : null, run.asset ?? ""],
      ["Profit", gain === null ? null : money(gain, { sign: true }), run.asset ?? "", gain === null ? "" : tone(gain)],
      ["Drawdown", progress.drawdown === null ? null : percent(Number(progress.drawdown))],
      ["Orders", progress.orders === null ? null : count(progress.orders)], ["Fills", count(progress.fills ?? (state.fills.length || null))],
      ["Exposure", percent(progress.net, 1), progress.gross === null ? "" : `gross ${percent(progress.gross, 1)}`],
      ["Running for", elapsed(run)],
    ]));
  };
  const drawFills = () => fill(parts.fills, state.fills.length ? table("Latest fills", fillColumns(), state.fills.slice(0, mostFills), { tight: true }) : h("p", { class: "dim", text: "No fills yet." }));
  const drawFeed = () => fill(parts.feed, state.events.length ? state.events.map((event) => eventItem(event)) : h("li", { class: "feed-nothing", text: "Nothing has happened yet." }));
  const takeProgress = (payload) => {
    const next = progressFrom(payload);
    for (const name of ["percent", "at", "equity", "drawdown", "orders", "fills", "net", "gross"]) if (next[name] !== null) state.progress[name] = next[name];
    if (next.curve.length) for (const [at, value] of next.curve) equity.push(at, value);
    else if (next.at && next.equity !== null) equity.push(milliseconds(next.at), Number(next.equity), next.drawdown === null ? undefined : Number(next.drawdown));
    if (next.net !== null && next.at) equity.exposure.push(milliseconds(next.at), next.net);
    equity.update();
    for (const one of next.newFills) takeFill(one);
    for (const { instrument, mark } of next.positions) if (!instrument.includes(":base:")) prices.mark(instrument, milliseconds(next.at), Number(mark));
    prices.advance(next.at ? milliseconds(next.at) : null);
    if (next.attribution && Object.keys(next.attribution).length) {
      attribution.hidden = false;
      fill(parts.attribution, attributionTable(next.attribution, state.run.asset));
    }
    if (next.positions.length) {
      holdings.hidden = false;
      fill(parts.holdings, holdingsTable(next.positions));
    }
    drawProgress();
    if (next.newFills.length) drawFills();
  };
  const takeFill = (one) => {
    state.fills.unshift(one);
    state.fills.length = Math.min(state.fills.length, mostFills);
    prices.fill(one);
  };
  const timer = setInterval(() => {
    const quiet = Date.now() - state.heard;
    const isStale = state.run.status === "running" && quiet > staleAfter;
    parts.freshness.classList.toggle("stale", isStale || state.connection === "reconnecting");
    setText(parts.freshness, state.connection === "reconnecting" ? "Connection lost, reconnecting\u2026 what is shown may be old"
      : isStale ? `No news since ${utc(state.heard, "clock")} UTC` : state.run.status === "running" ? `Live, ${utc(state.heard, "clock")} UTC` : "");
  }, 1000);
  ending.signal.addEventListener("abort", () => clearInterval(timer));

  drawProgress();
  drawFills();
  drawFeed();
  return {
    element,
    update(run) {
      state.run = run;
      if (run.percent !== null && !state.progress.percent) Object.assign(state.progress, { percent: run.percent, at: run.at, equity: run.equity });
      drawProgress();
    },
    event(event) {
      state.heard = Date.now();
      if (event.type === "run.Progress") { takeProgress(event.payload); return; }
      state.events.unshift(event);
      state.events.length = Math.min(state.events.length, mostEvents);
      drawFeed();
    },
    connection(next) { state.connection = next; if (next === "connected") state.heard = Date.now(); },
    end() { ending.abort(); },
  };
}

const section = (title, content) => h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: title })), content);

const holdingsTable = (positions) => table("Holdings now", [
  { title: "Instrument", primary: true, cell: (one) => h("span", { class: "break", text: one.instrument }) },
  { title: "Quantity", figure: true, cell: (one) => exact(one.quantity) }, { title: "Mark", figure: true, cell: (one) => exact(one.mark) },
], positions, { tight: true });

/** Columns of fills, also of a finished run. */
export const fillColumns = () => [
  { title: "Time, UTC", primary: true, cell: (one) => time(one.time, "second", { zone: false }) },
  { title: "Instrument", cell: (one) => one.instrument },
  { title: "Side", cell: (one) => h("span", { class: one.side === "BUY" ? "up" : "down", text: one.side }) },
  { title: "Quantity", figure: true, cell: (one) => exact(one.quantity) },
  { title: "Price", figure: true, cell: (one) => exact(one.price) },
  { title: "Fee", figure: true, cell: (one) => one.fee === undefined || one.fee === null ? "\u2013" : `${exact(one.fee)} ${one.feeAsset ?? ""}` },
];
