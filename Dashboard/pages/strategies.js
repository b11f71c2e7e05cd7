// The strategies that can be run.

import { listStrategies } from "../api/strategies.js";
import { h } from "../elements/dom.js";
import { empty } from "../elements/messages.js";
import { heading } from "../shell/router.js";

export async function show({ present, signal }) {
  const strategies = await listStrategies(signal);
  present("Strategies", heading("Strategies", { lead: "What can be run, and with which parameters." }),
    strategies.length ? h("ul", { class: "strategy-list" }, strategies.map((strategy) => h("li", { class: "card" },
      h("h2", {}, h("a", { href: `/strategies/${encodeURIComponent(strategy.name)}`, text: strategy.name })),
      strategy.exposure && h("p", { class: "eyebrow", text: strategy.exposure }), h("p", { class: "dim", text: strategy.summary }),
      h("div", { class: "actions" }, h("a", { class: "button slim", href: `/strategies/${encodeURIComponent(strategy.name)}`, text: "Parameters", "aria-label": `Parameters of ${strategy.name}` }),
        h("a", { class: "button slim", "data-needs": "trader", href: `/runs/new?strategy=${encodeURIComponent(strategy.name)}`, text: "New run", "aria-label": `New run of ${strategy.name}` })))))
      : empty("No strategies", "This server was started without any."));
}
