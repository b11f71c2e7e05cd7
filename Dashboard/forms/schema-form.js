// A form made from a JSON Schema: one field for each property, groups inside groups, maps and lists with rows.

import { h, fill, freshId } from "../elements/dom.js";
import { choiceControl, field, textControl } from "./fields.js";
import { boundsText, kindOf } from "./schema-kinds.js";

const decimalText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
const integerText = /^[+-]?\d+$/;

/**
 * Fields for the properties of `schema`. `key` stands before the names of problems; `values` are what is filled in.
 * Gives `{element, fields, read()}`: `read` gives `{value, problems: [{key, message}]}`, numbers as decimal text.
 */
export function schemaForm(schema, { key = "", values = {}, instruments = [] } = {}) {
  const required = new Set(schema.required ?? []);
  const parts = Object.entries(schema.properties ?? {}).map(([name, inner]) => ({
    name, ...part(inner, { key: key ? `${key}.${name}` : name, name, value: values?.[name], isRequired: required.has(name), instruments }),
  }));
  return {
    element: h("div", { class: "form-grid" }, parts.map(({ element }) => element)),
    fields: parts.flatMap(({ fields }) => fields),
    read() {
      const value = {};
      const problems = [];
      for (const one of parts) {
        const found = one.read();
        problems.push(...found.problems);
        if (found.value !== undefined) value[one.name] = found.value;
      }
      return { value, problems };
    },
  };
}

/** One property. */
function part(schema, context) {
  const kind = kindOf(schema);
  const made = { group, map, list }[kind.kind] ?? scalar;
  return made(schema, kind, context);
}

const titleOf = (name) => name.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase());
const textOf = (value) => value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
const sentence = (...parts) => parts.filter(Boolean).join(" ") || undefined;

function scalar(schema, kind, { key, name, value, isRequired, instruments }) {
  const start = textOf(value ?? schema.default);
  const standard = schema.default === undefined ? "" : `Default ${textOf(schema.default)}.`;
  const bounds = boundsText(kind);
  const optional = !isRequired && schema.default === undefined ? "May be left empty." : "";
  let control;
  if (kind.kind === "choice") {
    control = choiceControl([...(isRequired || start ? [] : [["", "\u2013"]]), ...kind.choices], start);
  } else if (kind.kind === "flag") {
    control = choiceControl([...(start ? [] : [["", "\u2013"]]), ["true", "yes"], ["false", "no"]], start);
  } else if (kind.kind === "instrument" && instruments.length) {
    control = choiceControl([["", isRequired ? "Choose an instrument" : "\u2013"], ...new Set([...(start ? [start] : []), ...instruments])], start);
  } else if (kind.kind === "json") {
    control = h("textarea", { value: start, spellcheck: "false" });
  } else {
    control = textControl({ value: start, inputmode: { integer: "numeric", decimal: "decimal" }[kind.kind] });
  }
  const made = field({ key, label: titleOf(name), control, required: isRequired, wide: kind.kind === "json",
    hint: sentence(schema.description, bounds && `${bounds[0].toUpperCase()}${bounds.slice(1)}.`, standard, optional) });
  return { element: made.element, fields: [made], read: () => readScalar(kind, control.value.trim(), key, isRequired) };
}

function readScalar(kind, text, key, isRequired) {
  const wrong = (message) => ({ value: undefined, problems: [{ key, message }] });
  if (!text) return isRequired ? wrong("A value is needed.") : { value: undefined, problems: [] };
  const good = (value) => ({ value, problems: [] });
  switch (kind.kind) {
    case "integer": return integerText.test(text) ? inBounds(kind, text, key) ?? good(text) : wrong("Write a whole number.");
    case "decimal": return decimalText.test(text) ? inBounds(kind, text, key) ?? good(text) : wrong("Write a number with a point, as 0.25.");
    case "flag": return good(text === "true");
    case "json":
      try {
        return good(JSON.parse(text));
      } catch (error) {
        return wrong(`This is no JSON: ${error.message}`);
      }
    default: return good(text);
  }
}

/** Only what is far outside is told here; the server decides exactly. */
function inBounds(kind, text, key) {
  const value = Number(text);
  const isOutside = value < kind.minimum || value > kind.maximum || value <= kind.above || value >= kind.below;
  return isOutside ? { value: undefined, problems: [{ key, message: `It must be ${boundsText(kind)}.` }] } : null;
}

function group(schema, kind, { key, name, value, instruments }) {
  const inner = schemaForm(kind.schema, { key, values: value ?? schema.default ?? {}, instruments });
  const element = h("fieldset", { class: "wide stack close" }, h("legend", { class: "legend", text: titleOf(name) }),
    schema.description && h("p", { class: "dim small", text: schema.description }), inner.element);
  return { element, fields: inner.fields, read: inner.read };
}

/** Names with values, as weights of venues. */
function map(schema, kind, { key, name, value, isRequired }) {
  const start = Object.entries(value ?? schema.default ?? {});
  return rows({
    schema, key, name, isRequired, start, add: "Add a row",
    make([rowName = "", rowValue = ""] = []) {
      const [nameControl, valueControl] = [textControl({ value: rowName, "aria-label": `${titleOf(name)}: name` }),
        textControl({ value: textOf(rowValue), inputmode: "decimal", "aria-label": `${titleOf(name)}: value` })];
      return { controls: [nameControl, valueControl], read: () => {
        const [inside, text] = [nameControl.value.trim(), valueControl.value.trim()];
        if (!inside && !text) return null;
        return { name: inside, ...readScalar(kindOf(kind.values), text, `${key}.${inside}`, true) };
      } };
    },
    collect: (found) => Object.fromEntries(found.map(({ name: inside, value: amount }) => [inside, amount])),
  });
}

function list(schema, kind, { key, name, value, isRequired }) {
  const inner = kindOf(kind.items);
  return rows({
    schema, key, name, isRequired, start: value ?? schema.default ?? [], add: "Add an item",
    make(item = "") {
      const control = inner.kind === "choice" ? choiceControl(["", ...inner.choices], textOf(item)) : textControl({ value: textOf(item) });
      control.setAttribute("aria-label", `${titleOf(name)}: item`);
      return { controls: [control], read: () => control.value.trim() ? { ...readScalar(inner.kind === "group" ? { kind: "json" } : inner, control.value.trim(), key, true) } : null };
    },
    collect: (found) => found.map(({ value: item }) => item),
  });
}

function rows({ schema, key, name, isRequired, start, add, make, collect }) {
  const holder = h("div", { class: "rows-of-map" });
  const problem = h("div", { class: "problem", id: freshId("problem") });
  problem.hidden = true;
  const entries = new Set();
  const append = (item) => {
    const row = make(item);
    const line = h("div", {}, row.controls, h("button", { class: "button slim quiet", type: "button", text: "Remove", "aria-label": `Remove this row of ${titleOf(name)}`, on: { click: () => {
      entries.delete(row);
      line.remove();
    } } }));
    entries.add(row);
    holder.append(line);
    return row;
  };
  start.forEach((item) => append(item));
  const button = h("button", { class: "button slim", type: "button", text: add, on: { click: () => append().controls[0].focus() } });
  const element = h("fieldset", { class: "field wide", "aria-describedby": problem.id },
    h("legend", { class: "legend" }, titleOf(name), isRequired && h("span", { class: "dim", text: " (required)" })),
    schema.description && h("div", { class: "hint", text: schema.description }), holder, h("div", {}, button), problem);
  const own = { key, element, showProblem(text) { problem.hidden = !text; fill(problem, text); }, focus: () => (element.querySelector("input, select") ?? button).focus() };
  return {
    element, fields: [own],
    read() {
      const found = [...entries].map((row) => row.read()).filter(Boolean);
      const problems = found.flatMap((one) => one.problems ?? []);
      if (!found.length) return { value: undefined, problems: isRequired ? [{ key, message: "A row is needed." }] : [] };
      return { value: collect(found), problems };
    },
  };
}
