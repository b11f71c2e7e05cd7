// Tabs, with the keys that people expect: arrows, Home, End.

import { h, fill, freshId } from "./dom.js";

/** Tabs: `[{name, title, make()}]`; content is made when it is first shown. */
export function tabs(label, list, chosen = list[0]?.name, changed = () => {}) {
  const panel = h("div", { role: "tabpanel", id: freshId("panel"), tabindex: "0" });
  const made = new Map();
  const buttons = list.map((tab) => h("button", {
    role: "tab", type: "button", id: freshId("tab"), "aria-controls": panel.id, text: tab.title, on: { click: () => show(tab.name) },
  }));
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": label, on: { keydown } }, buttons);

  function show(name) {
    list.forEach((tab, index) => {
      const isChosen = tab.name === name;
      buttons[index].setAttribute("aria-selected", String(isChosen));
      buttons[index].tabIndex = isChosen ? 0 : -1;
      if (!isChosen) return;
      panel.setAttribute("aria-labelledby", buttons[index].id);
      if (!made.has(name)) made.set(name, tab.make());
      fill(panel, made.get(name));
    });
    changed(name);
  }

  function keydown(event) {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const target = (next + buttons.length) % buttons.length;
    buttons[target].focus();
    show(list[target].name);
  }

  show(list.some((tab) => tab.name === chosen) ? chosen : list[0].name);
  return h("div", { class: "stack close" }, bar, panel);
}
