// Problems of a form: each at its field, all of them listed above with links.

import { h, fill } from "../elements/dom.js";

/** Shows problems `[{key, message, remedy}]` at `fields` and lists them in `holder`; the list gets the focus. */
export function showProblems(problems, fields, holder) {
  for (const one of fields) one.showProblem("");
  if (!problems.length) {
    fill(holder);
    return;
  }
  const items = problems.map((problem) => {
    const found = fieldOf(problem.key, fields);
    const text = [problem.message, problem.remedy].filter(Boolean).join(" \u2013 ");
    found?.showProblem(text);
    const label = problem.key ? h("code", { text: problem.key }) : null;
    return h("li", {}, found ? h("button", { class: "button quiet slim", type: "button", on: { click: () => found.focus() } }, label ?? "field") : label, " ", text);
  });
  const list = h("div", { class: "note bad", role: "alert", tabindex: "-1" },
    h("p", {}, h("strong", { text: problems.length === 1 ? "One value is not right" : `${problems.length} values are not right` })), h("ul", {}, items));
  fill(holder, list);
  list.focus();
  list.scrollIntoView({ block: "center" });
}

/** The field of a key, or of the nearest key above it. */
function fieldOf(key, fields) {
  for (let name = key.replace(/\[(\d+)\]/g, ".$1"); name; name = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "") {
    const found = fields.find((one) => one.key === name);
    if (found) return found;
  }
  return null;
}
