// How the platform is: health, versions, kill switch, audit, configuration, events.

import { get, listIn, post } from "./client.js";

/** `/health`: environment, mode, version; needs no login. */
export async function health(signal) {
  const body = await get("/health", { signal, isPublic: true });
  return {
    status: body.status, environment: body.environment, mode: body.execution_mode, uptime: body.uptime_seconds,
    system: body.system ?? {}, version: versionOf(body.version ?? body),
  };
}

const versionOf = (body) => typeof body === "string" ? { version: body }
  : { version: body?.version ?? null, commit: body?.git_sha ?? null, date: body?.build_date ?? null };

/** Who asks: name and role. */
export async function whoAmI() {
  const body = await get("/api/v1/auth/me");
  return { name: body.name ?? body.id ?? "", role: body.role ?? null };
}

/** Every component with its checks. */
export async function components(signal) {
  const body = await get("/health/detailed", { signal, isPublic: true });
  return {
    status: body.status, summary: body.summary ?? {}, uptime: body.uptime_seconds,
    components: Object.entries(body.components ?? {}).map(([name, part]) => ({
      name: name.replaceAll("_", " "), status: part.status, error: part.error_code ?? null,
      checks: Object.entries(part.readiness_checks ?? {}).map(([check, isDone]) => ({ name: check.replaceAll("_", " "), isDone })),
    })),
  };
}

/** Whether it can do its work, and why not; the answer is the same with status 503. */
export async function readiness(signal) {
  let body;
  try {
    body = await get("/ready", { signal, isPublic: true });
  } catch (error) {
    if (error.status !== 503) throw error;
    const response = await fetch("/ready", { cache: "no-store", signal });
    body = await response.json();
  }
  return {
    isReady: body.status === "ready",
    checks: Object.entries(body.checks ?? {}).map(([name, check]) => ({
      name, isReady: check.status === "ready", reason: check.reason ?? "", judgedBy: check.judged_by ?? "", remedy: check.remedy ?? "",
    })),
  };
}

/** What Prometheus reads, as samples `{name, labels, value}`. */
export async function metrics(signal) {
  const text = await get("/metrics", { signal, isPublic: true });
  return String(text ?? "").split("\n").filter((line) => line && !line.startsWith("#")).map((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)/.exec(line);
    return found && { name: found[1], labels: found[2] ?? "", value: Number(found[3]) };
  }).filter(Boolean);
}

/** The offset of the last event of the log. */
export const lastOffset = async (signal) => (await get("/api/v1/events", { query: { limit: 1, order: "desc" }, signal })).last ?? null;

/** The kill switch. */
export async function killSwitch(signal) {
  return killSwitchFrom(await get("/api/v1/kill-switch", { signal }));
}

const killSwitchFrom = (body) => ({ isEngaged: body.engaged === true, reason: body.reason ?? null, by: body.by ?? null, since: body.since ?? null });

export const engageKillSwitch = async (reason) => killSwitchFrom(await post("/api/v1/kill-switch/engage", { reason }));
export const releaseKillSwitch = async (reason) => killSwitchFrom(await post("/api/v1/kill-switch/release", { reason }));

/** The audit: who changed what. */
export async function audit({ page = 1, pageSize = 20 } = {}, signal) {
  const found = listIn(await get("/api/v1/audit", { query: { page, page_size: pageSize }, signal }), "records");
  return {
    total: found.total,
    items: found.items.map((item) => ({
      time: item.time, actor: item.actor_name || item.actor, action: item.action, subject: [item.entity_type, item.entity_id].filter(Boolean).join(" "),
      outcome: item.outcome, correlationID: item.correlation_id ?? null, changes: item.diff_summary ?? {},
    })),
  };
}

/** What was deployed, the latest first. */
export async function deployments({ page = 1, pageSize = 10 } = {}, signal) {
  const found = listIn(await get("/api/v1/deployments", { query: { page, page_size: pageSize }, signal }), "deployments");
  return {
    total: found.total,
    items: found.items.map((item) => ({
      time: item.started_at, action: item.action, from: item.from, to: item.to, actor: item.actor, result: item.result, reason: item.reason, took: item.milliseconds,
    })),
  };
}

/** The configuration in effect, secrets hidden by the server. */
export async function configuration(signal) {
  const body = await get("/api/v1/configuration", { signal });
  const found = listIn(body, "settings", "configuration");
  if (found.items.length) {
    return found.items.map((item) => ({ key: item.key ?? item.name, value: item.value, origin: item.origin ?? item.source ?? "" }));
  }
  const flat = [];
  const walk = (value, key) => {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, key ? `${key}.${name}` : name);
    } else flat.push({ key, value: Array.isArray(value) ? value.join(", ") : value, origin: "" });
  };
  walk(body?.settings ?? body?.configuration ?? body, "");
  return flat;
}
