// Is the platform well, what is it, who changed what?

import { poll } from "../api/polling.js";
import { audit, components, configuration, deployments, health, lastOffset, metrics, readiness } from "../api/system.js";
import { fill, h } from "../elements/dom.js";
import { count } from "../elements/figures.js";
import { badge, empty, failure, loading } from "../elements/messages.js";
import { facts, pager, table, tiles } from "../elements/table.js";
import { duration, time, utc } from "../elements/times.js";
import { setText } from "../elements/dom.js";
import { textControl, field } from "../forms/fields.js";
import { heading } from "../shell/router.js";

export async function show({ present, signal }) {
  const part = (title, lead) => {
    const holder = h("div", {}, loading());
    return { holder, element: h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: title }), lead && h("span", { class: "note-text" }, lead)), holder) };
  };
  const updated = h("span", { class: "dim small" });
  const parts = { components: part("Components"), ready: part("Readiness checks"), metrics: part("Metrics", h("a", { href: "/metrics", text: "all of them" })), version: part("Version"),
    secrets: part("Secrets and event log"), deployments: part("Deployments"), audit: part("Audit"), configuration: part("Configuration", "secrets are hidden by the server") };
  present("System", heading("System", { lead: "Components and their checks, figures, version, audit and configuration.", actions: updated }),
    h("div", { class: "columns" }, h("div", { class: "stack" }, parts.components.element, parts.version.element),
      h("div", { class: "stack" }, parts.ready.element, parts.metrics.element, parts.secrets.element)), parts.deployments.element, parts.audit.element, parts.configuration.element);
  watch(parts, updated, signal);
  showDeployments(parts.deployments.holder, signal);
  showAudit(parts.audit.holder, signal);
  showConfiguration(parts.configuration.holder, signal);
}

function watch(parts, updated, signal) {
  let asked = null;
  poll(10000, signal, async () => {
    const [detail, ready, live, samples, last] = await Promise.all([components(signal), readiness(signal), health(signal), metrics(signal).catch(() => null), lastOffset(signal).catch(() => null)]);
    asked = Date.now();
    fill(parts.components.holder, detail.components.map(component));
    fill(parts.ready.holder, ready.checks.length ? ready.checks.map(check) : h("p", { class: "dim", text: "No checks are registered." }));
    fill(parts.version.holder, facts([["Version", live.version.version], ["Git commit", live.version.commit && h("code", { text: live.version.commit })],
      ["Built", live.version.date], ["Environment", live.environment], ["Mode", live.mode], ["Up", duration((live.uptime ?? 0) * 1000)]]));
    if (samples) {
      fill(parts.metrics.holder, figures(samples));
      fill(parts.secrets.holder, secretsAndLog(samples, ready, last));
    } else {
      fill(parts.metrics.holder, h("p", { class: "dim", text: "Metrics are served on another port." }));
      fill(parts.secrets.holder, secretsAndLog([], ready, last));
    }
  }, (error) => { for (const one of [parts.components, parts.ready, parts.metrics, parts.version, parts.secrets]) if (!asked) fill(one.holder, failure(error)); });
  const timer = setInterval(() => {
    const isStale = asked !== null && Date.now() - asked > 30000;
    updated.classList.toggle("stale", isStale);
    setText(updated, asked === null ? "" : isStale ? `Stale: of ${utc(asked, "clock")} UTC` : `As of ${utc(asked, "clock")} UTC`);
  }, 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function component(item) {
  return h("div", { class: "component" }, h("div", { class: "component-head" }, h("h3", { text: item.name }), badge(item.status)),
    item.error && h("p", { class: "down small", text: item.error }),
    item.checks.length > 0 && h("div", { class: "checks" }, item.checks.map((one) => h("span", { class: one.isDone ? "check-done" : "check-open" }, one.name, h("span", { class: "hushed", text: one.isDone ? " done" : " not done" })))));
}

function check(item) {
  return h("div", { class: "component" }, h("div", { class: "component-head" }, h("h3", { text: item.name }), badge(item.isReady ? "ready" : "not_ready")),
    h("p", { class: "dim small", text: item.isReady ? item.judgedBy : item.reason }), !item.isReady && item.remedy && h("p", { class: "small", text: item.remedy }));
}

const sum = (samples, name, filter = () => true) => {
  const found = samples.filter((sample) => sample.name === name && filter(sample));
  return found.length ? found.reduce((total, sample) => total + sample.value, 0) : null;
};

function figures(samples) {
  const requests = sum(samples, "tradewind_http_requests_total");
  const failed = sum(samples, "tradewind_http_requests_total", ({ labels }) => /status="5/.test(labels));
  const took = sum(samples, "tradewind_http_request_duration_seconds_sum");
  const memory = sum(samples, "tradewind_process_resident_memory_bytes");
  const cpu = sum(samples, "tradewind_process_cpu_seconds");
  const descriptors = sum(samples, "tradewind_process_open_files");
  return tiles([
    ["Requests", count(requests), failed === null ? "" : `${count(failed)} failed`],
    ["Mean time", requests ? `${((took ?? 0) / requests * 1000).toFixed(1)} ms` : null],
    ["Memory", memory === null ? null : `${(memory / 1048576).toFixed(0)} MiB`],
    ["Processor time", cpu === null ? null : duration(cpu * 1000), descriptors === null ? "" : `${count(descriptors)} open files`],
  ]);
}

function secretsAndLog(samples, ready, last) {
  const lags = samples.filter(({ name }) => /tradewind_event.*lag/.test(name) && !/bucket|seconds_(sum|count)/.test(name));
  const secrets = samples.filter(({ name }) => /tradewind_secret/.test(name));
  const check = ready.checks.find(({ name }) => name.includes("secret"));
  return facts([
    ["Last event", last === null ? null : count(last)],
    ...lags.map(({ labels, value }) => [`Lag ${/consumer="([^"]*)"/.exec(labels)?.[1] ?? ""}`, `${count(value)} events`]),
    ["Log lines", `${count(sum(samples, "tradewind_log_lines_total"))} written, ${count(sum(samples, "tradewind_log_lines_dropped_total") ?? 0)} dropped`],
    ["Secrets", check ? [badge(check.isReady ? "ready" : "not_ready"), ` ${check.reason || check.judgedBy}`] : "no secret needs to be fetched"],
    ...secrets.slice(0, 8).map(({ name, labels, value }) => [name.replace("tradewind_", "").replaceAll("_", " ") + (labels ? ` ${labels}` : ""), count(value)]),
  ]);
}

function showDeployments(holder, signal) {
  const pageSize = 10;
  let at = 1;
  const commit = (text) => text ? h("code", { text: text.slice(0, 12), title: text }) : "\u2013";
  const ask = poll(30000, signal, async () => {
    const found = await deployments({ page: at, pageSize }, signal);
    fill(holder, found.items.length ? [table("Deployments", [
      { title: "Time, UTC", primary: true, cell: (item) => time(item.time, "second", { zone: false }) }, { title: "What", cell: (item) => item.action },
      { title: "From", cell: (item) => commit(item.from) }, { title: "To", cell: (item) => commit(item.to) }, { title: "Who", cell: (item) => item.actor },
      { title: "Took", cell: (item) => duration(item.took) }, { title: "Result", cell: (item) => badge(item.result) },
      { title: "Why", whole: true, cell: (item) => h("span", { class: "break dim", text: item.reason || "\u2013" }) },
    ], found.items), pager({ page: at, pageSize, total: found.total, shown: found.items.length, go(next) { at = next; ask(); } })]
      : empty("Nothing was deployed yet", "What tradewind deploy brings into service on this host is listed here."));
  }, (error) => fill(holder, failure(error, () => ask())));
}

function showAudit(holder, signal, page = 1) {
  const pageSize = 20;
  let at = page;
  const ask = poll(30000, signal, async () => {
    const found = await audit({ page: at, pageSize }, signal);
    fill(holder, found.items.length ? [table("Audit", [
      { title: "Time, UTC", primary: true, cell: (item) => time(item.time, "second", { zone: false }) }, { title: "Who", cell: (item) => item.actor }, { title: "What", cell: (item) => item.action },
      { title: "Of what", cell: (item) => h("span", { class: "break", text: item.subject || "\u2013" }) },
      { title: "Change", whole: true, cell: (item) => h("span", { class: "break dim", text: Object.entries(item.changes).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ") || "\u2013" }) },
      { title: "Outcome", cell: (item) => item.outcome ?? "\u2013" },
      { title: "", spoken: "Log lines", cell: (item) => item.correlationID && h("a", { href: `/logs?correlation_id=${encodeURIComponent(item.correlationID)}`, text: "log lines", "aria-label": `Log lines of ${item.action}` }) },
    ], found.items), pager({ page: at, pageSize, total: found.total, shown: found.items.length, go(next) { at = next; ask(); } })]
      : empty("Nothing was changed yet", "Who starts, stops, engages or configures something is noted here."));
  }, (error) => fill(holder, error.status === 403 ? h("p", { class: "dim", text: "Only an administrator sees the audit." }) : failure(error, () => ask())));
}

async function showConfiguration(holder, signal) {
  try {
    const settings = await configuration(signal);
    const body = h("div");
    const draw = (text) => {
      const shown = settings.filter(({ key, value }) => !text || `${key} ${value}`.toLowerCase().includes(text.toLowerCase()));
      fill(body, table("Configuration", [
        { title: "Key", primary: true, cell: (item) => h("code", { class: "break", text: item.key }) },
        { title: "Value", cell: (item) => h("span", { class: "break", text: item.value === null || item.value === undefined ? "\u2013" : String(item.value) }) },
        { title: "From", cell: (item) => h("span", { class: "dim", text: originText(item.origin) }) },
      ], shown, { tight: true }));
    };
    const filter = field({ key: "filter", label: "Key contains", control: textControl({ type: "search", on: { input: () => draw(filter.control.value) } }) });
    fill(holder, h("div", { class: "filters" }, filter.element), body);
    draw("");
  } catch (error) {
    if (!signal.aborted) fill(holder, error.status === 403 ? h("p", { class: "dim", text: "Your role does not see the configuration." }) : failure(error, () => showConfiguration(holder, signal)));
  }
}

const originText = (origin) => typeof origin === "string" ? origin : origin?.text ?? origin?.kind ?? "";
