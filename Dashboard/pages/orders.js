// Orders of all runs.

import { listOrders } from "../api/orders.js";
import { poll } from "../api/polling.js";
import { fill, h } from "../elements/dom.js";
import { exact } from "../elements/figures.js";
import { badge, empty, failure, loading } from "../elements/messages.js";
import { pager, table } from "../elements/table.js";
import { time } from "../elements/times.js";
import { choiceControl, field, textControl } from "../forms/fields.js";
import { heading, setQuery } from "../shell/router.js";

const pageSize = 50;
const statuses = ["pending", "submitting", "submitted", "accepted", "partial", "filled", "cancelled", "rejected", "expired"];

/** Columns of orders, also on the page of a run. */
export const orderColumns = ({ hasRun = true } = {}) => [
  { title: "Order", primary: true, cell: (order) => h("a", { href: `/orders/${encodeURIComponent(order.id)}`, class: "break mono", text: order.id }) },
  { title: "State", cell: (order) => badge(order.status) },
  { title: "Reason", cell: (order) => order.reason && h("span", { text: order.reason.replaceAll("-", " ") }) },
  { title: "Instrument", cell: (order) => order.instrument },
  { title: "Side", cell: (order) => h("span", { class: order.side === "BUY" ? "up" : "down", text: order.side }) },
  { title: "Kind", cell: (order) => order.type },
  { title: "Quantity", figure: true, cell: (order) => exact(order.quantity) },
  { title: "Filled", figure: true, cell: (order) => exact(order.filled) },
  { title: "Price", figure: true, cell: (order) => exact(order.average ?? order.limit ?? order.stop) },
  { title: "Created, UTC", cell: (order) => time(order.created, "second", { zone: false }) },
  { title: "Run", hidden: !hasRun, cell: (order) => order.run && h("a", { href: `/runs/${encodeURIComponent(order.run)}`, text: "run", "aria-label": `Run of order ${order.id}` }) },
];

export async function show({ present, query, signal }) {
  const filter = { run_id: query.get("run_id") ?? "", status: query.get("status") ?? "", page: Number(query.get("page")) || 1 };
  const list = h("div", {}, loading());
  const fields = {
    run_id: field({ key: "run_id", label: "Run id", control: textControl({ value: filter.run_id }) }),
    status: field({ key: "status", label: "State", control: choiceControl([["", "All"], ...statuses], filter.status) }),
  };
  const ask = poll(10000, signal, async () => {
    const found = await listOrders({ ...filter, page_size: pageSize }, signal);
    fill(list, found.items.length ? [table("Orders", orderColumns(), found.items),
      pager({ page: filter.page, pageSize, total: found.total, shown: found.items.length, go(page) { filter.page = page; change(); } })]
      : filter.run_id || filter.status ? empty("No order is like that", "Loosen the filter to see more.")
        : empty("No orders yet", "The orders of every run stand here, whatever became of them.", h("a", { class: "button", href: "/runs", text: "Runs" })));
  }, (error) => fill(list, failure(error, () => ask())));
  const change = () => { setQuery(filter); ask(); };
  for (const [name, one] of Object.entries(fields)) {
    one.control.addEventListener("change", () => { filter[name] = one.control.value.trim(); filter.page = 1; change(); });
  }
  present("Orders", heading("Orders", { lead: "Every order with its state; one of them leads to everything that belongs to it." }),
    h("section", { class: "card stack close", "aria-label": "Orders" }, h("div", { class: "filters", role: "search" }, Object.values(fields).map(({ element }) => element)), list));
}
