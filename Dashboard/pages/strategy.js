// One strategy: what it does, its parameters with their defaults and limits, its schema.

import { getStrategy } from "../api/strategies.js";
import { h } from "../elements/dom.js";
import { boundsText, kindOf } from "../forms/schema-kinds.js";
import { table } from "../elements/table.js";
import { heading } from "../shell/router.js";

const words = { integer: "whole number", decimal: "number", choice: "one of", flag: "yes or no", instrument: "instrument", map: "names with numbers", list: "list", group: "group", json: "JSON", text: "text" };

export async function show({ present, parameters, signal }) {
  const strategy = await getStrategy(parameters.name, signal);
  const required = new Set(strategy.schema?.required ?? []);
  const rows = Object.entries(strategy.schema?.properties ?? {}).map(([name, schema]) => ({ name, schema, kind: kindOf(schema), isRequired: required.has(name) }));
  present(strategy.name,
    heading(strategy.name, { eyebrow: [h("a", { href: "/strategies", text: "Strategies" }), strategy.exposure && ` \u00b7 ${strategy.exposure}`, strategy.needs.length > 0 && ` \u00b7 needs ${strategy.needs.join(", ")}`], lead: strategy.summary,
      actions: h("a", { class: "button primary", "data-needs": "trader", href: `/runs/new?strategy=${encodeURIComponent(strategy.name)}`, text: "New run" }) }),
    h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: "Parameters" })),
      strategy.aliases.length > 0 && h("p", { class: "dim small", text: `Known in earlier systems as ${strategy.aliases.join(", ")}.` }),
      rows.length ? table(`Parameters of ${strategy.name}`, [
        { title: "Name", primary: true, cell: (row) => h("code", { text: row.name }) },
        { title: "Kind", cell: (row) => [words[row.kind.kind] ?? row.kind.kind, row.kind.choices && ` ${row.kind.choices.join(", ")}`, boundsText(row.kind) && `, ${boundsText(row.kind)}`] },
        { title: "Default", cell: (row) => row.schema.default === undefined ? (row.isRequired ? "required" : "\u2013")
          : h("code", { class: "break", text: typeof row.schema.default === "object" ? JSON.stringify(row.schema.default) : String(row.schema.default) }) },
        { title: "Meaning", whole: true, cell: (row) => h("span", { class: "dim", text: row.schema.description ?? "" }) },
      ], rows) : h("p", { class: "dim", text: "It has no parameters." })),
    strategy.schema && h("details", {}, h("summary", { text: "JSON Schema" }), h("pre", { class: "payload", tabindex: "0", text: JSON.stringify(strategy.schema, null, 2) })));
}
