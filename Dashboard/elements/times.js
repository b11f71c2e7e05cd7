// Times: shown in UTC, in local time on hover and to screen readers by the element's title.

import { h } from "./dom.js";

/** Milliseconds since 1970 of an ISO 8601 text (or a number that already is one); NaN when it is none. */
export function milliseconds(value) {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return NaN;
  // More than three decimals of a second are cut: the browser keeps milliseconds.
  return Date.parse(value.replace(/(\.\d{3})\d+/, "$1"));
}

/** `2024-01-31 13:45:10`, in UTC. `part`: "date", "minute", "second", "clock" or "millisecond". */
export function utc(value, part = "second") {
  const at = milliseconds(value);
  if (!Number.isFinite(at)) return "\u2013";
  const text = new Date(at).toISOString().replace("T", " ");
  switch (part) {
    case "date": return text.slice(0, 10);
    case "minute": return text.slice(0, 16);
    case "clock": return text.slice(11, 19);
    case "millisecond": return text.slice(0, 23);
    default: return text.slice(0, 19);
  }
}

/** The same moment on this machine's clock, with its zone. */
export function local(value) {
  const at = milliseconds(value);
  if (!Number.isFinite(at)) return "";
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

/** A `time` element. */
export function time(value, part = "second", { zone = true } = {}) {
  const at = milliseconds(value);
  if (!Number.isFinite(at)) return h("span", { class: "dim", text: "\u2013" });
  const suffix = !zone || part === "clock" || part === "date" ? "" : " UTC";
  return h("time", {
    datetime: new Date(at).toISOString(), title: `${local(at)} (local time)`, class: "nowrap", text: utc(at, part) + suffix,
  });
}

/** A length of time: `3 d 4 h`, `12 min 5 s`, `840 ms`. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return "\u2013";
  const seconds = Math.floor(Math.abs(ms) / 1000);
  if (seconds < 1) return `${Math.round(Math.abs(ms))} ms`;
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  const [name, size] = units[first];
  const whole = Math.floor(seconds / size);
  const rest = units[first + 1] ? Math.floor((seconds % size) / units[first + 1][1]) : 0;
  return rest ? `${whole} ${name} ${rest} ${units[first + 1][0]}` : `${whole} ${name}`;
}

/** How long ago. */
export function ago(value) {
  const at = milliseconds(value);
  return Number.isFinite(at) ? `${duration(Math.max(0, Date.now() - at))} ago` : "never";
}

/** What a text of a form means as an ISO 8601 instant: a date alone is its first moment, in UTC. Null: not one. */
export function instant(text) {
  const trimmed = String(text ?? "").trim();
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?\s*(Z|UTC)?$/i.exec(trimmed);
  if (!match) return null;
  const iso = `${match[1]}T${match[2] ?? "00:00"}${match[3] ?? ":00"}Z`;
  return Number.isFinite(milliseconds(iso)) ? iso : null;
}
