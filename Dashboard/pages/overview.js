// How are things? Health, runs, the latest events, the kill switch.

import { isAbort } from "../api/client.js";
import { poll } from "../api/polling.js";
import { followEvents, latestEvents, listRuns } from "../api/runs.js";
import { components, health, readiness } from "../api/system.js";
import { fill, h } from "../elements/dom.js";
import { badge, empty, failure, loading } from "../elements/messages.js";
import { tiles } from "../elements/table.js";
import { duration } from "../elements/times.js";
import { icon } from "../elements/icons.js";
import { askToEngage, askToRelease } from "../shell/kill-switch.js";
import { onPlatform } from "../shell/platform.js";
import { heading } from "../shell/router.js";
import { eventItem } from "./event-feed.js";
import { runItem } from "./run-cards.js";

const mostEvents = 5;

export async function show({ present, signal }) {
  const parts = { tiles: h("div", {}, loading("Asking the server")), active: h("div", {}, loading()), past: h("div", {}, loading()), events: h("ul", { class: "feed" }), health: h("div", {}, loading()) };
  const newRun = h("a", { class: "button primary", "data-needs": "trader", href: "/runs/new" }, icon("plus"), "New run");
  present("Overview",
    heading("Overview", { lead: "What runs, how it goes, and whether the platform is well.", actions: newRun }),
    parts.tiles,
    h("div", { class: "columns" },
      h("div", { class: "stack" }, card("Active runs", parts.active), card("Latest events", parts.events), killCard(signal)),
      h("div", { class: "stack" }, card("Latest results", parts.past, h("a", { href: "/runs", text: "All runs" })), card("Health", parts.health, h("a", { href: "/system", text: "System" })))));
  watchRuns(parts, signal);
  watchHealth(parts, signal);
  watchEvents(parts, signal);
}

const card = (title, content, more) => h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: title }), more), content);

function watchRuns(parts, signal) {
  poll(5000, signal, async () => {
    const [all, live] = await Promise.all([listRuns({ page_size: 20 }, signal), health(signal)]);
    const active = all.items.filter((run) => !run.hasEnded);
    const past = all.items.filter((run) => run.hasEnded).slice(0, 5);
    fill(parts.tiles, tiles([
      ["Server", badge(live.status), `up ${duration((live.uptime ?? 0) * 1000)}`],
      ["Runs going on", String(active.length), active.length ? active[0].name : "none at the moment"],
      ["Runs in all", String(all.total ?? all.items.length)],
      ["Processor", live.system.cpu_percent === null || live.system.cpu_percent === undefined ? null : `${Math.round(live.system.cpu_percent)} %`,
        live.system.memory_available_gb ? `${live.system.memory_available_gb.toFixed(1)} GiB of memory free` : ""],
    ]));
    fill(parts.active, active.length ? h("ul", { class: "run-list" }, active.slice(0, 5).map(runItem))
      : empty("Nothing runs", "Start a backtest: choose a strategy, market data and capital.", h("a", { class: "button", "data-needs": "trader", href: "/runs/new", text: "New run" })));
    fill(parts.past, past.length ? h("ul", { class: "run-list" }, past.map(runItem)) : empty("No results yet", "A run that has ended stands here."));
  }, (error) => {
    fill(parts.tiles, failure(error));
    fill(parts.active);
    fill(parts.past);
  });
}

function watchHealth(parts, signal) {
  poll(15000, signal, async () => {
    const [detail, ready] = await Promise.all([components(signal), readiness(signal)]);
    const worse = detail.components.filter((part) => !["healthy", "not_configured"].includes(part.status));
    const open = ready.checks.filter((check) => !check.isReady);
    fill(parts.health,
      h("p", {}, badge(ready.isReady ? "ready" : "not_ready"), ` ${detail.summary.healthy_components ?? "\u2013"} of ${detail.summary.total_components ?? "\u2013"} components are healthy`),
      (worse.length > 0 || open.length > 0) && h("ul", { class: "feed" },
        worse.map((part) => h("li", {}, h("span", { text: part.status }), h("span", { text: `${part.name}${part.error ? `: ${part.error}` : ""}` }))),
        open.map((check) => h("li", {}, h("span", { class: "down", text: "check" }), h("span", { text: `${check.name}: ${check.reason}` })))));
  }, (error) => fill(parts.health, failure(error)));
}

/** What is worth a line: not how far a run is. */
const isNews = ({ type }) => !["run.Progress", "run.Heartbeat", "stream.Skipped"].includes(type);

async function watchEvents(parts, signal) {
  let events = [];
  const draw = () => fill(parts.events, events.length ? events.slice(0, mostEvents).map((event) => eventItem(event, { hasRun: true })) : h("li", { class: "feed-nothing", text: "No events yet." }));
  let after = null;
  const read = async () => {
    try {
      const latest = await latestEvents({ limit: 100 }, signal);
      after = latest[0]?.offset ?? null;
      events = latest.filter(isNews).slice(0, mostEvents);
    } catch (error) {
      if (isAbort(error)) return;
    }
    draw();
  };
  await read();
  if (signal.aborted) return;
  try {
    await followEvents({ signal, after, onEvent: (event) => {
      // Some went by that were not sent: what is shown is read anew.
      if (event.type === "stream.Skipped") { read(); return; }
      if (!isNews(event)) return;
      events = [event, ...events].slice(0, mostEvents);
      draw();
    } });
  } catch (error) {
    if (!isAbort(error) && !events.length) fill(parts.events, h("li", {}, failure(error)));
  }
}

function killCard(signal) {
  const holder = h("div", { class: "stack close" });
  const stop = onPlatform(({ killSwitch }) => fill(holder, killSwitch
    ? [h("p", {}, badge(killSwitch.isEngaged ? "critical" : "ready"), killSwitch.isEngaged ? " Engaged: no order leaves." : " Released: orders may leave, within their limits."),
      h("div", { class: "actions" }, killSwitch.isEngaged
        ? h("button", { class: "button", type: "button", "data-needs": "admin", text: "Release\u2026", on: { click: askToRelease } })
        : h("button", { class: "button danger", type: "button", "data-needs": "trader", text: "Engage\u2026", on: { click: askToEngage } }))]
    : h("p", { class: "dim", text: "The server did not say how the kill switch is." })));
  signal.addEventListener("abort", stop);
  return card("Kill switch", holder);
}
