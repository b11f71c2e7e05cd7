// Runs: what the API calls their fields is known here and nowhere else.

import { download, get, listIn, post, remove } from "./client.js";
import { orderFrom } from "./orders.js";
import { follow } from "./stream.js";
import { milliseconds } from "../elements/times.js";

const base = "/api/v1/runs";
const pathOf = (id, rest = "") => `${base}/${encodeURIComponent(id)}${rest}`;

/** States in which nothing happens any more. */
const ended = new Set(["completed", "failed", "stopped"]);

/** A run as the pages know it. */
export function runFrom(run) {
  const file = run.config ?? {};
  const progress = run.progress ?? {};
  return {
    id: run.id, name: run.name, strategy: run.strategy, mode: run.mode, status: run.status, hasEnded: ended.has(run.status),
    created: run.created_at, started: run.started_at ?? null, finished: run.ended_at ?? null, by: run.created_by ?? null, queuePosition: run.queue_position ?? null,
    correlationID: run.correlation_id ?? null, reason: run.reason ?? null, error: run.error ?? null, file,
    asset: run.share_class ?? file.capital?.asset ?? null, capital: run.initial_equity ?? file.capital?.amount ?? null,
    start: run.start ?? null, end: run.end ?? null, percent: progress.percent ?? null, at: progress.time ?? null, equity: progress.equity ?? null,
    drawdown: progress.drawdown ?? null, orders: progress.orders ?? null, fills: progress.fills ?? null, summary: run.summary ?? null,
  };
}

/** A page of runs. */
export async function listRuns(query = {}, signal) {
  const found = listIn(await get(base, { query, signal }), "runs");
  return { items: found.items.map(runFrom), total: found.total };
}

export const getRun = async (id, signal) => runFrom(await get(pathOf(id), { signal }));
export const stopRun = async (id) => runFrom(await post(pathOf(id, "/stop")));
export const deleteRun = (id) => remove(pathOf(id));

/** Creates a backtest from a run file's content, and starts it: at once, or when its turn comes. */
export const createBacktest = async (run) => runFrom(await post(base, { mode: "backtest", run, start: true }));

/** The summary of a finished run, as `backtest --json` prints it. */
export const runResults = async (id, signal) => {
  const body = await get(pathOf(id, "/results"), { signal });
  return body?.summary ?? body;
};

/** The equity curve: times in milliseconds, values for pixels, drawdown as a positive share. */
export async function runEquity(id, signal, points = 20000) {
  const body = await get(pathOf(id, "/equity"), { query: { points }, signal });
  const list = listIn(body, "equity", "points", "curve").items;
  const times = [], values = [], drawdowns = [], cash = [];
  for (const point of list) {
    const [time, equity, drawdown, money] = Array.isArray(point) ? [point[0], point[1], point[3], point[2]]
      : [point.time ?? point.timestamp, point.equity, point.drawdown, point.cash];
    times.push(instantOf(time));
    values.push(Number(equity));
    drawdowns.push(drawdown === undefined || drawdown === null ? NaN : Number(drawdown));
    cash.push(money === undefined || money === null ? NaN : Number(money));
  }
  return { times, values, drawdowns, cash };
}

/** A moment in milliseconds from a text, or from a number of milliseconds or nanoseconds. */
export function instantOf(value) {
  if (typeof value === "number") return Math.abs(value) > 1e16 ? value / 1e6 : value;
  return milliseconds(value);
}

const fillFrom = (fill) => ({
  time: fill.time ?? fill.timestamp, instrument: fill.instrument, side: String(fill.side ?? "").toUpperCase(), quantity: fill.quantity,
  price: fill.price, fee: fill.fee, feeAsset: fill.fee_asset ?? "", order: fill.order_id ?? fill.order, cause: fill.cause ?? "",
});

/** A page of fills. */
export async function runFills(id, query = {}, signal) {
  const found = listIn(await get(pathOf(id, "/fills"), { query, signal }), "fills");
  return { items: found.items.map(fillFrom), total: found.total };
}

/** A page of closed round trips; null when the server has none to give. */
export async function runTrades(id, query = {}, signal) {
  const found = listIn(await get(pathOf(id, "/trades"), { query, signal }), "trades");
  return {
    total: found.total,
    items: found.items.map((trade) => ({
      entered: trade.entry_time, exited: trade.exit_time, instrument: trade.instrument, side: trade.side, quantity: trade.quantity,
      entry: trade.entry_price, exit: trade.exit_price, profit: trade.profit, fees: trade.fees, account: trade.account,
    })),
  };
}

/** A page of the orders of a run. */
export async function runOrders(id, query = {}, signal) {
  const found = listIn(await get(pathOf(id, "/orders"), { query, signal }), "orders");
  return { items: found.items.map(orderFrom), total: found.total };
}

/** The files of a result, with what they hold. */
export const resultFiles = [
  ["report.html", "Report"], ["summary.json", "Summary"], ["equity.csv", "Equity"], ["fills.csv", "Fills"], ["trades.csv", "Trades"],
  ["ledger.csv", "Ledger"], ["returns.csv", "Returns"], ["risk.csv", "Exposure and risk"], ["rebalances.csv", "Rebalances"],
];

export const reportAddress = (id) => pathOf(id, "/report.html");
export const downloadResult = (id, file) => download(pathOf(id, `/files/${file}`), `${id}-${file}`);

/** What a progress event tells: how far, equity, counts, and what is new since the one before. */
export function progressFrom(payload) {
  const body = payload?.progress ?? payload ?? {};
  const at = body.time ?? null;
  const positions = (body.positions ?? []).map((one) => ({ instrument: one.instrument, quantity: one.quantity, mark: one.mark }));
  const held = positions.filter(({ instrument }) => !String(instrument).includes(":base:"));
  return {
    percent: body.percent ?? null, at, equity: body.equity ?? null, drawdown: body.drawdown ?? null, orders: body.orders ?? null,
    fills: typeof body.fills === "number" ? body.fills : null, positions,
    curve: (body.curve ?? []).map(([time, equity]) => [instantOf(time), Number(equity)]),
    newFills: (body.recent_fills ?? []).map(fillFrom), attribution: body.attribution ?? null,
    // Shares of equity, for a figure that only says about how much: what is held for and against, and both.
    net: shareOf(held, body.equity, (value) => value), gross: shareOf(held, body.equity, Math.abs),
  };
}

function shareOf(positions, equity, of) {
  if (!Number(equity)) return null;
  return positions.reduce((sum, one) => sum + of(Number(one.quantity) * Number(one.mark)), 0) / Number(equity);
}

/** What an event of the log is to a page. */
export function eventFrom({ id, type, data }) {
  const payload = data?.payload ?? {};
  return {
    offset: id === null || id === undefined ? null : Number(id), type, time: data?.time ?? null, run: data?.run_id ?? null,
    correlationID: data?.correlation_id ?? null, payload,
  };
}

/** Follows the events of one run, or of all. */
export function followEvents({ run, after = null, signal, onEvent, onState }) {
  return follow("/api/v1/events/stream", { query: { run_id: run }, after, signal, onState, onEvent: (event) => onEvent(eventFrom(event)) });
}

/** The latest events, newest first. */
export async function latestEvents({ run, limit = 5 } = {}, signal) {
  const found = listIn(await get("/api/v1/events", { query: { run_id: run, limit, order: "desc" }, signal }), "events");
  return found.items.map((event) => eventFrom({ id: event.offset, type: event.type, data: event }));
}
