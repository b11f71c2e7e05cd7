// Tables: one column description for headings, cells, alignment, and the cards that rows become on a phone.

import { h } from "./dom.js";

/**
 * A table in a frame that scrolls.
 * Columns: `{title, cell(row), figure, primary, whole, hidden}`. `figure` aligns at the right.
 */
export function table(caption, columns, rows, { cards = true, rowClass, tight = false } = {}) {
  const shown = columns.filter((column) => !column.hidden);
  const body = h("tbody", {}, rows.map((row) => tableRow(shown, row, rowClass)));
  const element = h("table", { class: `${cards ? "cards" : ""} ${tight ? "tight" : ""}`.trim() || null },
    h("caption", { text: caption }),
    h("thead", {}, h("tr", {}, shown.map((column) => h("th", { scope: "col", class: column.figure ? "n" : null },
      column.title === "" ? h("span", { class: "hushed", text: column.spoken ?? "Actions" }) : column.title)))),
    body);
  return scrolling(caption, element);
}

/** A row of a table. */
export function tableRow(columns, row, rowClass) {
  return h("tr", { class: rowClass?.(row) ?? null }, columns.map((column) => {
    const content = column.cell(row);
    const classes = [column.figure && "n", column.primary && "primary-cell", column.whole && "whole"].filter(Boolean).join(" ");
    const name = column.primary ? "th" : "td";
    return h(name, {
      scope: column.primary ? "row" : null, class: classes || null, data: column.primary || column.title === "" ? {} : { label: column.title },
    }, content ?? "\u2013");
  }));
}

/** A frame that scrolls sideways, and can be reached by keyboard when it does. */
export function scrolling(label, element) {
  const frame = h("div", { class: "scroll" }, element);
  const watch = new ResizeObserver(() => {
    if (!frame.isConnected) return;
    if (frame.scrollWidth > frame.clientWidth + 1) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", label);
    } else {
      frame.removeAttribute("tabindex");
      frame.removeAttribute("role");
      frame.removeAttribute("aria-label");
    }
  });
  watch.observe(frame);
  return frame;
}

/** Names with their values. */
export function facts(entries) {
  return h("dl", { class: "facts" }, entries.filter(([, value]) => value !== undefined).map(([name, value]) => [
    h("dt", { text: name }), h("dd", {}, value === null || value === "" ? "\u2013" : value),
  ]));
}

/** Figures in tiles. Entries: `[name, value, under, class]`. */
export function tiles(entries) {
  return h("dl", { class: "tiles" }, entries.filter(Boolean).map(([name, value, under, look]) => h("div", {},
    h("dt", { text: name }), h("dd", { class: look || null }, value ?? "\u2013", under && h("span", { class: "under" }, under)))));
}

/** Pages of a list: where one is, backwards and forwards. */
export function pager({ page, pageSize, total, shown, go }) {
  const first = shown === 0 ? 0 : (page - 1) * pageSize + 1;
  const last = (page - 1) * pageSize + shown;
  const hasNext = total === null || total === undefined ? shown === pageSize : last < total;
  return h("nav", { class: "pager", "aria-label": "Pages" },
    h("span", { class: "dim small", text: `${first} to ${last}${total === null || total === undefined ? "" : ` of ${total}`}` }),
    h("span", { class: "actions" },
      h("button", { class: "button slim", type: "button", text: "Previous", disabled: page <= 1, on: { click: () => go(page - 1) } }),
      h("button", { class: "button slim", type: "button", text: "Next", disabled: !hasNext, on: { click: () => go(page + 1) } })));
}
