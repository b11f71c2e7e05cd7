// Every run: find one, compare some, delete one.

import { poll } from "../api/polling.js";
import { deleteRun, listRuns } from "../api/runs.js";
import { listStrategies } from "../api/strategies.js";
import { confirm } from "../elements/dialog.js";
import { fill, h } from "../elements/dom.js";
import { money } from "../elements/figures.js";
import { icon } from "../elements/icons.js";
import { badge, empty, failure, loading } from "../elements/messages.js";
import { pager, table } from "../elements/table.js";
import { time } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { choiceControl, field, textControl } from "../forms/fields.js";
import { heading, setQuery } from "../shell/router.js";
import { elapsed, outcome } from "./run-cards.js";

const pageSize = 20;
const mostSearched = 500;
const statuses = ["pending", "running", "completed", "failed", "stopped"];

export async function show({ present, query, signal }) {
  const filter = { status: query.get("status") ?? "", strategy: query.get("strategy") ?? "", search: query.get("search") ?? "", page: Number(query.get("page")) || 1 };
  const chosen = new Set();
  const list = h("div", {}, loading());
  const compare = h("a", { class: "button", href: "/compare", text: "Compare" });
  const status = field({ key: "status", label: "State", control: choiceControl([["", "All"], ...statuses], filter.status) });
  const strategy = field({ key: "strategy", label: "Strategy", control: choiceControl([["", "All"], ...(await listStrategies(signal)).map(({ name }) => name)], filter.strategy) });
  const search = field({ key: "search", label: "Name contains", control: textControl({ value: filter.search, type: "search" }) });

  const showCompare = () => {
    compare.textContent = chosen.size ? `Compare ${chosen.size}` : "Compare";
    compare.href = chosen.size ? `/compare?${[...chosen].map((id) => `run=${encodeURIComponent(id)}`).join("&")}` : "/compare";
  };
  const ask = poll(5000, signal, async () => {
    // The server finds by state and strategy; by name this page does, among the latest runs.
    const wanted = filter.search ? { page: 1, page_size: mostSearched } : { page: filter.page, page_size: pageSize };
    const found = await listRuns({ status: filter.status, strategy: filter.strategy, ...wanted }, signal);
    const items = found.items.filter((run) => matches(run, filter));
    const holdsFocus = list.contains(document.activeElement) && document.activeElement.dataset.key;
    fill(list, items.length ? [runTable(items, chosen, showCompare, () => ask()),
      !filter.search && pager({ page: filter.page, pageSize, total: found.total, shown: found.items.length, go(page) { filter.page = page; change(); } })] : nothing(filter));
    if (holdsFocus) list.querySelector(`[data-key="${CSS.escape(holdsFocus)}"]`)?.focus();
  }, (error) => fill(list, failure(error, () => ask())));
  const change = () => { setQuery(filter); ask(); };
  const changed = () => {
    Object.assign(filter, { status: status.control.value, strategy: strategy.control.value.trim(), search: search.control.value.trim(), page: 1 });
    change();
  };
  for (const one of [status, strategy, search]) one.control.addEventListener(one === search ? "input" : "change", changed);

  present("Runs",
    heading("Runs", { lead: "Backtests and what came of them. Tick two to eight to see them side by side.",
      actions: [compare, h("a", { class: "button primary", "data-needs": "trader", href: "/runs/new" }, icon("plus"), "New run")] }),
    h("section", { class: "card stack close", "aria-label": "Runs" }, h("div", { class: "filters", role: "search" }, search.element, strategy.element, status.element), list));
}

const matches = (run, { search }) => !search || `${run.name} ${run.id}`.toLowerCase().includes(search.toLowerCase());

const nothing = (filter) => filter.status || filter.strategy || filter.search
  ? empty("No run is like that", "Loosen the filter to see more.")
  : empty("No runs yet", "A run is a strategy over market data with a capital. The first takes a minute to set up.", h("a", { class: "button primary", "data-needs": "trader", href: "/runs/new", text: "New run" }));

function runTable(runs, chosen, showCompare, refresh) {
  return table("Runs", [
    { title: "", spoken: "Choose to compare", cell: (run) => h("input", { type: "checkbox", "aria-label": `Compare ${run.name}`, data: { key: `pick-${run.id}` }, checked: chosen.has(run.id),
      disabled: run.status !== "completed", on: { change: (event) => {
        if (event.target.checked) chosen.add(run.id); else chosen.delete(run.id);
        if (chosen.size > 8) { chosen.delete(run.id); event.target.checked = false; toast("Eight runs can be compared at most"); }
        showCompare();
      } } }) },
    { title: "Run", primary: true, cell: (run) => h("a", { href: `/runs/${encodeURIComponent(run.id)}`, class: "break", text: run.name, data: { key: `run-${run.id}` } }) },
    { title: "State", cell: (run) => h("span", { class: "nowrap" }, badge(run.status), run.status === "running" && run.percent !== null && ` ${Math.round(run.percent)} %`) },
    { title: "Strategy", cell: (run) => h("span", { class: "nowrap", text: run.strategy }) },
    { title: "Capital", figure: true, cell: (run) => run.capital ? `${money(run.capital)} ${run.asset ?? ""}` : "\u2013" },
    { title: "Return", figure: true, cell: outcome },
    { title: "Created, UTC", cell: (run) => time(run.created, "minute", { zone: false }) },
    { title: "Took", figure: true, cell: elapsed },
    { title: "", cell: (run) => run.hasEnded && h("button", { class: "button slim quiet", type: "button", "data-needs": "trader", text: "Delete", "aria-label": `Delete ${run.name}`, data: { key: `delete-${run.id}` }, on: { click: () => confirm({
      title: "Delete this run?", danger: true, action: "Delete", text: `${run.name} and its results are removed from this server. Its events stay in the log.`,
      act: async () => { await deleteRun(run.id); chosen.delete(run.id); showCompare(); toast(`${run.name} is deleted`, "good"); refresh(); },
    }) } }) },
  ], runs);
}
