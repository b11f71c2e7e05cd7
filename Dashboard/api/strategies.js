// Strategies and the catalogue of market data.

import { get, listIn } from "./client.js";

const strategyFrom = (body) => ({
  name: body.name ?? body.id, title: body.title ?? body.display_name ?? body.name ?? body.id, summary: body.summary ?? body.description ?? "",
  kind: body.kind ?? body.nature ?? null, modes: body.modes ?? [], version: body.version ?? null,
  schema: body.schema ?? body.parameters_schema ?? body.config_schema ?? body.parameter_schema ?? null, aliases: body.aliases ?? [],
});

/** Every strategy that can be run. */
export async function listStrategies(signal) {
  const found = listIn(await get("/api/v1/strategies", { signal }), "strategies");
  return found.items.map((item) => strategyFrom(typeof item === "string" ? { name: item } : item));
}

/** One strategy with the JSON Schema of its parameters. */
export async function getStrategy(name, signal) {
  const body = await get(`/api/v1/strategies/${encodeURIComponent(name)}`, { signal });
  return strategyFrom(body.strategy && typeof body.strategy === "object" ? body.strategy : body);
}

/** The series of the catalogue: what there are market data of, and from when to when. */
export async function listSeries(signal) {
  const found = listIn(await get("/api/v1/catalogue", { signal }), "series", "catalogue");
  return found.items.map((item) => ({
    instrument: item.instrument, kind: item.kind, timeframe: item.timeframe ?? null, variant: item.variant ?? null,
    first: item.first ?? item.start ?? null, last: item.last ?? item.end ?? null, rows: item.rows ?? null,
  })).sort((a, b) => a.instrument.localeCompare(b.instrument) || String(a.kind).localeCompare(String(b.kind)) || String(a.timeframe).localeCompare(String(b.timeframe)));
}

/** Prices of an instrument: `{times, closes}` for pixels. */
export async function candles(query, signal) {
  const found = listIn(await get("/api/v1/candles", { query, signal }), "candles", "bars");
  return found.items.map((item) => Array.isArray(item) ? { time: item[0], close: Number(item[4]) }
    : { time: item.time ?? item.timestamp ?? item.open_time, close: Number(item.close) });
}
