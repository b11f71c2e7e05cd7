// One order: all that is known of it, its fills, and the way to everything with its correlation id.

import { getOrder } from "../api/orders.js";
import { h } from "../elements/dom.js";
import { exact } from "../elements/figures.js";
import { badge } from "../elements/messages.js";
import { facts, table } from "../elements/table.js";
import { time } from "../elements/times.js";
import { heading } from "../shell/router.js";

export async function show({ present, parameters, signal }) {
  const order = await getOrder(parameters.id, signal);
  const jump = order.correlationID ?? order.id;
  present(`Order ${order.id}`,
    heading(h("span", { class: "mono", text: order.id }), { eyebrow: h("a", { href: "/orders", text: "Orders" }), lead: `${order.side} ${exact(order.quantity)} ${order.instrument}`,
      actions: [badge(order.status), h("a", { class: "button", href: `/logs?correlation_id=${encodeURIComponent(jump)}`, text: "Everything with its correlation id" })] }),
    h("section", { class: "card" }, facts([
      ["State", [badge(order.status), order.reason && ` ${order.reason}`]], ["Instrument", order.instrument], ["Side", order.side], ["Kind", order.type],
      ["Quantity", exact(order.quantity)], ["Filled", exact(order.filled)], ["Limit", order.limit && exact(order.limit)], ["Stop", order.stop && exact(order.stop)],
      ["Average price", order.average && exact(order.average)], ["Time in force", order.timeInForce], ["Created", time(order.created)], ["Updated", time(order.updated)],
      ["Run", order.run && h("a", { href: `/runs/${encodeURIComponent(order.run)}`, text: order.run })], ["Venue's id", order.venueID],
      ["Correlation id", order.correlationID && h("code", { text: order.correlationID })],
    ])),
    order.fills.length > 0 && h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: "Fills" })), table("Fills", [
      { title: "Time, UTC", primary: true, cell: (fill) => time(fill.time, "second", { zone: false }) }, { title: "Quantity", figure: true, cell: (fill) => exact(fill.quantity) },
      { title: "Price", figure: true, cell: (fill) => exact(fill.price) }, { title: "Fee", figure: true, cell: (fill) => `${exact(fill.fee)} ${fill.fee_asset ?? ""}` },
    ], order.fills)),
    h("details", {}, h("summary", { text: "As the API gives it" }), h("pre", { class: "payload", tabindex: "0", text: JSON.stringify(order.raw, null, 2) })));
}
