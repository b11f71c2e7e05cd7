// Events of the log as lines that a person can read.

import { h } from "../elements/dom.js";
import { count, exact, money, percent } from "../elements/figures.js";
import { time } from "../elements/times.js";

const longest = 160;

/** What an event says, in words. */
export function eventText({ type, payload }) {
  const p = payload ?? {};
  const asset = p.share_class ?? p.asset ?? "";
  switch (type) {
    case "run.Progress": return `${Math.round(p.percent ?? 0)} %, equity ${money(p.equity)} ${asset}`;
    case "orders.Filled": case "orders.PartiallyFilled":
      return `${String(p.side ?? "").toUpperCase()} ${exact(p.fill_qty ?? p.quantity)} ${p.instrument ?? p.symbol ?? ""} at ${exact(p.fill_price ?? p.price)}`;
    case "orders.Created": case "orders.Placed": case "orders.Ack": return `${p.side ?? ""} ${exact(p.quantity)} ${p.instrument ?? ""} ${p.order_type ?? p.type ?? ""}`;
    case "orders.Recorded": return p.orders ? `${count(p.orders.length)} orders as they stand` : "orders as they stand";
    case "killswitch.Engaged": case "killswitch.Released": return `${p.reason ?? ""} ${p.by ? `(${p.by})` : ""}`;
    case "run.Created": return `${p.name ?? ""} (${p.strategy ?? ""}) by ${p.created_by ?? ""}`;
    case "run.Completed": return `equity ${money(p.final_equity)}, return ${percent(p.total_return, 2, { sign: true })}, ${count(p.fills)} fills`;
    case "run.Failed": case "run.Stopped": return [p.reason, p.remedy].filter(Boolean).join(" \u2013 ");
    default: {
      const parts = Object.entries(p).filter(([, value]) => value !== null && typeof value !== "object").map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
      const text = parts.join(", ");
      return text.length > longest ? `${text.slice(0, longest)}\u2026` : text;
    }
  }
}

/** One line of a feed. */
export function eventItem(event, { hasRun = false } = {}) {
  const type = event.type ?? "event";
  return h("li", {}, time(event.time, "clock"),
    h("span", { class: "break" }, h("span", { class: "feed-type", text: type }), eventText(event),
      hasRun && event.run && [" \u00b7 ", h("a", { href: `/runs/${encodeURIComponent(event.run)}`, text: "run" })],
      event.correlationID && type !== "run.Progress" && [" \u00b7 ", h("a", { href: `/logs?correlation_id=${encodeURIComponent(event.correlationID)}`, text: "log lines", "aria-label": `Log lines of ${type}` })]));
}
