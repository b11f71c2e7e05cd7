// Log lines that the service has read back.

import { download, get, listIn } from "./client.js";

const path = "/api/v1/logs";

const lineFrom = (body) => ({
  id: body.id ?? null, time: body.logged_at, level: body.level ?? "info", logger: body.logger ?? "", event: body.event ?? "", message: body.message ?? "",
  run: body.run_id ?? null, correlationID: body.correlation_id ?? null, service: body.service ?? null, raw: body,
});

/** A page of lines, the newest first. */
export async function searchLogs(query = {}, signal) {
  const found = listIn(await get(path, { query, signal }), "logs", "lines");
  return { items: found.items.map(lineFrom), total: found.total };
}

/** How many lines of each level, who writes most, the latest of each kind. */
export async function logSummary(query = {}, signal) {
  const body = await get(`${path}/summary`, { query, signal });
  const latest = (value) => value ? lineFrom(value) : null;
  return {
    total: body.total ?? null, levels: body.level_counts ?? {}, loggers: topOf(body.top_loggers), events: topOf(body.top_events),
    latest: latest(body.latest_entry), latestError: latest(body.latest_error), latestWarning: latest(body.latest_warning),
    isRead: body.ingestion_enabled ?? true, lag: body.ingestion_lag_seconds ?? null,
  };
}

const topOf = (list) => (list ?? []).map((item) => ({ name: item.logger ?? item.event, times: item.count }));

/** Saves what the filter finds as CSV. */
export const exportLogs = (query) => download(`${path}/export`, null, query);
