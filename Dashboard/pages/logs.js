// Log lines: find them by what they say, by run, by correlation id, by time.

import { exportLogs, logSummary, searchLogs } from "../api/logs.js";
import { poll } from "../api/polling.js";
import { fill, h } from "../elements/dom.js";
import { count } from "../elements/figures.js";
import { icon } from "../elements/icons.js";
import { badge, empty, failure, loading } from "../elements/messages.js";
import { pager, scrolling, tiles } from "../elements/table.js";
import { ago, instant, time, utc } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { choiceControl, field, textControl } from "../forms/fields.js";
import { go, heading, setQuery } from "../shell/router.js";

const pageSize = 50;
const refresh = 5000;
const levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"];
const ranges = [["15m", "15 min", 15], ["1h", "1 h", 60], ["24h", "24 h", 1440], ["", "All", null]];
const texts = { search: "Text", event: "Event", logger: "Logger", run_id: "Run id", correlation_id: "Correlation id" };

export async function show({ present, query, signal }) {
  const filter = Object.fromEntries([...Object.keys(texts), "level", "start", "end", "range"].map((name) => [name, query.get(name) ?? ""]));
  filter.page = Number(query.get("page")) || 1;
  const state = { isPaused: false, open: new Set() };
  const parts = { summary: h("div", {}, loading()), list: h("div", {}, loading()), freshness: h("span", { class: "dim small" }) };
  let ask = () => {};
  const change = (names) => { Object.assign(filter, { page: 1 }, names); setQuery(filter); ask(); };
  const controls = filters(filter, change);
  const pause = h("button", { class: "button", type: "button", "aria-pressed": "false", text: "Pause", on: { click: () => {
    state.isPaused = !state.isPaused;
    pause.textContent = state.isPaused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(state.isPaused));
    if (!state.isPaused) ask();
  } } });
  const save = h("button", { class: "button", type: "button", on: { click: async () => {
    try {
      await exportLogs(wire(filter));
    } catch (error) {
      toast(`The export failed: ${error.message}`, "bad");
    }
  } } }, icon("download"), "CSV");
  present("Logs", heading("Logs", { lead: filter.correlation_id ? `Everything with the correlation id ${filter.correlation_id}.` : "What the services wrote, newest first.", actions: [parts.freshness, pause, save] }),
    parts.summary, h("section", { class: "card stack close", "aria-label": "Log lines" }, controls, parts.list));

  let shown = "";
  ask = poll(refresh, signal, async () => {
    if (state.isPaused && shown) return;
    const [found, summary] = await Promise.all([searchLogs({ ...wire(filter), page: filter.page, page_size: pageSize }, signal), logSummary({ start: wire(filter).start, end: wire(filter).end }, signal).catch(() => null)]);
    if (summary) fill(parts.summary, summaryTiles(summary));
    else fill(parts.summary);
    parts.freshness.textContent = `As of ${utc(Date.now(), "clock")} UTC`;
    const now = JSON.stringify([filter, found.items.map((line) => line.id ?? [line.time, line.message])]);
    if (now === shown) return;
    shown = now;
    fill(parts.list, found.items.length ? [lines(found.items, state),
      pager({ page: filter.page, pageSize, total: found.total, shown: found.items.length, go: (page) => change({ page }) })]
      : empty("No lines are like that", "Widen the time range or loosen the filter. Lines take a moment from the file to this page.",
        h("button", { class: "button", type: "button", text: "Clear the filter", on: { click: () => { go("/logs"); } } })));
  }, (error) => { shown = ""; fill(parts.list, failure(error, () => ask())); });
}

/** The filter in the words of the API. */
function wire(filter) {
  const minutes = ranges.find(([name]) => name === filter.range)?.[2];
  return {
    minimum_level: filter.level, event: filter.event, logger: filter.logger, run_id: filter.run_id, correlation_id: filter.correlation_id, search: filter.search,
    start: minutes ? new Date(Date.now() - minutes * 60000).toISOString() : instant(filter.start) ?? "", end: minutes ? "" : instant(filter.end) ?? "",
  };
}

function filters(filter, change) {
  const level = field({ key: "level", label: "Level, at least", control: choiceControl([["", "All"], ...levels], filter.level, { on: { change: (event) => change({ level: event.target.value }) } }) });
  let waiting = null;
  const fields = Object.entries(texts).map(([name, label]) => field({ key: name, label, control: textControl({ type: "search", value: filter[name], on: { input: (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ [name]: event.target.value.trim() }), 250);
  } } }) }));
  const moment = (name, label) => field({ key: name, label, control: h("input", { type: "datetime-local", value: filter[name], on: { change: (event) => { choose(""); change({ [name]: event.target.value, range: "" }); } } }) });
  const [start, end] = [moment("start", "From, UTC"), moment("end", "To, UTC")];
  const buttons = ranges.map(([name, text]) => h("button", { type: "button", text, "aria-pressed": String(filter.range === name && (name !== "" || !filter.start)), on: { click: () => {
    start.control.value = "";
    end.control.value = "";
    choose(name);
    change({ range: name, start: "", end: "" });
  } } }));
  const choose = (name) => buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(ranges[index][0] === name)));
  return h("div", { class: "stack close", role: "search" }, h("div", { class: "filters" }, fields.map(({ element }) => element), level.element, start.element, end.element),
    h("div", { class: "segments", role: "group", "aria-label": "Time range" }, buttons));
}

function summaryTiles(summary) {
  const of = (...names) => names.reduce((sum, name) => sum + (summary.levels[name] ?? summary.levels[name.toUpperCase()] ?? 0), 0);
  const latest = summary.latestError ?? null;
  return tiles([
    ["Lines", count(summary.total), summary.latest?.time ? `latest ${ago(summary.latest.time)}` : ""],
    ["Errors", count(of("error", "critical")), latest?.time ? `latest ${ago(latest.time)}` : "none", of("error", "critical") ? "down" : ""],
    ["Warnings", count(of("warning", "warn")), summary.latestWarning?.time ? `latest ${ago(summary.latestWarning.time)}` : ""],
    ["Writes most", summary.loggers[0]?.name ?? null, summary.loggers[0] ? `${count(summary.loggers[0].times)} lines` : ""],
    ["Most frequent event", summary.events[0]?.name ?? null, summary.events[0] ? `${count(summary.events[0].times)} times` : ""],
    ["Behind the file", !summary.isRead ? "not read" : summary.lag === null ? null : `${Number(summary.lag).toFixed(1)} s`],
  ]);
}

function lines(items, state) {
  const rows = items.map((line) => {
    const key = String(line.id ?? `${line.time}${line.message}`);
    const detail = h("tr", { class: "log-detail", hidden: !state.open.has(key) }, h("td", { colspan: "5" }, lineDetail(line)));
    const toggle = h("button", { class: "button quiet slim", type: "button", "aria-expanded": String(state.open.has(key)), text: state.open.has(key) ? "Less" : "More", "aria-label": `More of: ${line.message.slice(0, 60)}`, on: { click: () => {
      detail.hidden = !detail.hidden;
      if (detail.hidden) state.open.delete(key); else state.open.add(key);
      toggle.setAttribute("aria-expanded", String(!detail.hidden));
      toggle.textContent = detail.hidden ? "More" : "Less";
    } } });
    const look = ["error", "critical"].includes(line.level) ? "is-error" : line.level.startsWith("warn") ? "is-warning" : "";
    return [h("tr", { class: `log-line ${look}` }, h("td", { class: "whole", data: { label: "Time, UTC" } }, time(line.time, "millisecond", { zone: false })), h("td", { data: { label: "Level" } }, badge(line.level)),
      h("td", { class: "break", data: { label: "Event" } }, line.event || "\u2013"), h("td", { class: "break whole", data: { label: "Message" }, text: line.message }), h("td", { class: "n" }, toggle)), detail];
  });
  return scrolling("Log lines", h("table", { class: "cards log-lines" }, h("caption", { text: "Log lines" }),
    h("thead", {}, h("tr", {}, ["Time, UTC", "Level", "Event", "Message"].map((text) => h("th", { scope: "col", text })), h("th", { scope: "col" }, h("span", { class: "hushed", text: "More" })))),
    h("tbody", {}, rows)));
}

function lineDetail(line) {
  const jump = (name, value) => value && h("button", { class: "button slim", type: "button", text: `${texts[name]} ${value}`, on: { click: () => { go(`/logs?${name}=${encodeURIComponent(value)}`); } } });
  return h("div", { class: "stack close" }, h("div", { class: "actions" }, jump("correlation_id", line.correlationID), jump("run_id", line.run), jump("logger", line.logger),
    line.run && h("a", { class: "button slim", href: `/runs/${encodeURIComponent(line.run)}`, text: "To the run" })),
    h("pre", { class: "payload", tabindex: "0", "aria-label": "Payload", text: JSON.stringify(line.raw, null, 2) }));
}
