// Strategies and the catalogue of market data.

import { get, listIn } from "./client.js";
import { milliseconds } from "../elements/times.js";

const strategyFrom = (body) => ({
  name: body.name, summary: body.summary ?? "", exposure: body.exposure ?? null, needs: body.needs ?? [], modes: body.modes ?? [],
  schema: body.schema ?? null, defaults: body.defaults ?? {}, aliases: body.aliases ?? [],
});

/** Every strategy that can be run. */
export async function listStrategies(signal) {
  const found = listIn(await get("/api/v1/strategies", { signal }), "strategies");
  return found.items.map(strategyFrom);
}

/** One strategy with the JSON Schema of its parameters. */
export async function getStrategy(name, signal) {
  const body = await get(`/api/v1/strategies/${encodeURIComponent(name)}`, { signal });
  return strategyFrom(body);
}

/** The series of the catalogue: what there are market data of, and from when to when. */
export async function listSeries(signal) {
  const found = listIn(await get("/api/v1/catalogue", { signal }), "series", "catalogue");
  return found.items.map((item) => ({
    instrument: item.instrument, kind: item.kind, timeframe: item.timeframe ?? null, variant: item.variant ?? null,
    first: item.first ?? item.start ?? null, last: item.last ?? item.end ?? null, rows: item.rows ?? null,
  })).sort((a, b) => a.instrument.localeCompare(b.instrument) || String(a.kind).localeCompare(String(b.kind)) || String(a.timeframe).localeCompare(String(b.timeframe)));
}

/** Most candles of one request. */
export const mostCandles = 10000;

/** Closes of an instrument, for pixels: `[{at, close}]`, `at` in milliseconds. */
export async function candles(query, signal) {
  const found = listIn(await get("/api/v1/candles", { query, signal }), "candles", "bars");
  return found.items.map(({ time, close }) => ({ at: milliseconds(time), close: Number(close) }));
}
