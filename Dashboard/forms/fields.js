// Fields of forms: each has a label, a hint, and room for its problem, joined for screen readers.

import { h, freshId, fill } from "../elements/dom.js";

/** Wraps a control. Gives `{element, control, showProblem(text), key}`. */
export function field({ key, label, hint, control, required = false, wide = false, unit }) {
  const id = freshId("field");
  const hintId = `${id}-hint`;
  const problemId = `${id}-problem`;
  control.id = id;
  const problem = h("div", { class: "problem", id: problemId });
  problem.hidden = true;
  const described = () => [hint && hintId, !problem.hidden && problemId].filter(Boolean).join(" ");
  const describe = () => described() ? control.setAttribute("aria-describedby", described()) : control.removeAttribute("aria-describedby");
  if (required) control.setAttribute("aria-required", "true");
  const element = h("div", { class: wide ? "field wide" : "field" },
    h("label", { for: id }, label, required && h("span", { class: "dim", text: " (required)" })),
    unit ? h("div", { class: "with-unit" }, control, h("span", { class: "unit", text: unit })) : control,
    hint && h("div", { class: "hint", id: hintId, text: hint }), problem);
  describe();
  return {
    key, element, control,
    showProblem(text) {
      problem.hidden = !text;
      fill(problem, text);
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      describe();
    },
    focus() { control.focus(); },
  };
}

/** A field of text. */
export const textControl = (properties = {}) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });

/** A choice. Options: texts or `[value, text]`. */
export function choiceControl(options, chosen, properties = {}) {
  return h("select", properties, options.map((option) => {
    const [value, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value, text, selected: String(value) === String(chosen ?? "") });
  }));
}
