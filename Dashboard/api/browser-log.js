// Sends what goes wrong in this page to the server's log: in batches, bounded, and without repeating itself.

import { accessToken } from "./session.js";

const path = "/api/v1/logs/batch";
const batch = 25;
const flushAfter = 2000;
const mostWaiting = 250;
const duplicateWindow = 1000;
const duplicateThreshold = 5;
const longest = 1000;

const waiting = [];
const seen = new Map();
let timer = null;
let dropped = 0;
let isRefused = false;

/** Notes errors that nobody catches from now on. */
export function startBrowserLog() {
  addEventListener("error", (event) => note("error", "page_error", event.message, { source: event.filename, line: event.lineno }));
  addEventListener("unhandledrejection", (event) => note("error", "unhandled_rejection", String(event.reason?.message ?? event.reason), {}));
  addEventListener("pagehide", () => flush(true));
}

/** Notes a line. Levels as the server has them; beyond five equal lines within a second the rest only counts. */
export function note(level, event, message, fields = {}) {
  if (isRefused) return;
  const text = String(message ?? "").slice(0, longest);
  const now = Date.now();
  const key = `${level}|${event}|${text}`;
  const past = seen.get(key);
  if (past && now - past.since < duplicateWindow) {
    past.times += 1;
    if (past.times > duplicateThreshold) return;
  } else {
    seen.set(key, { since: now, times: 1 });
    if (seen.size > mostWaiting) seen.delete(seen.keys().next().value);
  }
  if (waiting.length >= mostWaiting) {
    waiting.shift();
    dropped += 1;
  }
  waiting.push({ time: new Date(now).toISOString(), level, event, message: text, page: location.pathname, context: fields });
  if (waiting.length >= batch) flush();
  else timer ??= setTimeout(flush, flushAfter);
}

async function flush(isLast = false) {
  clearTimeout(timer);
  timer = null;
  if (!waiting.length || isRefused) return;
  const entries = waiting.splice(0, batch);
  if (dropped) entries[0].context = { ...entries[0].context, dropped_before: dropped };
  dropped = 0;
  const token = accessToken();
  try {
    const response = await fetch(path, {
      method: "POST", keepalive: isLast === true, body: JSON.stringify({ logs: entries }),
      headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    });
    // The server may have this switched off: then nothing more is sent.
    if (response.status === 404 || response.status === 403 || response.status === 405) isRefused = true;
  } catch {
    // No connection: these lines are lost, and counted.
    dropped += entries.length;
  }
  if (waiting.length && !isRefused) timer ??= setTimeout(flush, flushAfter);
}
