// Log lines that the service has read back.

import { download, get, listIn } from "./client.js";

const path = "/api/v1/logs";

const lineFrom = (body) => ({
  id: body.id ?? null, time: body.time ?? body.logged_at ?? body.timestamp, level: String(body.level ?? "info").toLowerCase(), logger: body.logger ?? body.logger_name ?? "",
  event: body.event ?? "", message: body.message ?? "", run: body.run_id ?? body.payload?.run_id ?? null,
  correlationID: body.correlation_id ?? body.payload?.correlation_id ?? null, service: body.service ?? body.payload?.service ?? null,
  payload: body.payload ?? body.fields ?? null,
});

/** A page of lines, the newest first. */
export async function searchLogs(query = {}, signal) {
  const found = listIn(await get(path, { query, signal }), "logs", "lines");
  return { items: found.items.map(lineFrom), total: found.total };
}

/** How many lines of each level, who writes most, the latest of each kind. */
export async function logSummary(query = {}, signal) {
  const body = await get(`${path}/summary`, { query, signal });
  const latest = (value) => value && typeof value === "object" ? lineFrom(value) : value ? { time: value } : null;
  return {
    total: body.total ?? null, levels: body.level_counts ?? body.levels ?? {}, loggers: topOf(body.top_loggers), events: topOf(body.top_events),
    latest: latest(body.latest_entry ?? body.latest), latestError: latest(body.latest_error), latestWarning: latest(body.latest_warning),
    lag: body.ingestion_lag_seconds ?? null,
  };
}

function topOf(list) {
  if (!list) return [];
  if (!Array.isArray(list)) return Object.entries(list).map(([name, times]) => ({ name, times }));
  return list.map((item) => Array.isArray(item) ? { name: item[0], times: item[1] }
    : { name: item.name ?? item.logger ?? item.event, times: item.count ?? item.times });
}

/** Saves what the filter finds as CSV. */
export const exportLogs = (query) => download(`${path}/export`, null, query);
