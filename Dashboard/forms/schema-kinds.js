// What kind of field a JSON Schema asks for.

/** The kind of a schema, with what the field needs to know. */
export function kindOf(schema) {
  const options = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const types = options.flatMap((option) => [option.type].flat()).filter(Boolean);
  const choices = schema.enum ?? schema.oneOf?.flatMap((option) => option.const === undefined ? [] : [option.const]);
  if (choices?.length) {
    const words = choices.filter((choice) => typeof choice === "string");
    if (choices.includes(true) && choices.includes(false)) return { kind: "flag" };
    if (words.length === choices.length) return { kind: "choice", choices: words };
    return { kind: "choice", choices: [...new Set(choices.map(String))] };
  }
  const numeric = options.find((option) => option.type === "integer" || option.type === "number");
  if (numeric && !types.includes("object") && !types.includes("array") && !types.includes("boolean")) {
    return {
      kind: numeric.type === "integer" ? "integer" : "decimal", minimum: numeric.minimum, maximum: numeric.maximum,
      above: numeric.exclusiveMinimum, below: numeric.exclusiveMaximum,
    };
  }
  if (types.includes("array")) return { kind: "list", items: options.find((option) => option.items)?.items ?? {} };
  const object = options.find((option) => option.properties);
  if (object) return { kind: "group", schema: object };
  const map = options.find((option) => typeof option.additionalProperties === "object");
  if (map) return { kind: "map", values: map.additionalProperties };
  if (types.includes("object")) return { kind: "json" };
  if (types.length === 1 && types[0] === "boolean") return { kind: "flag" };
  if (/spot\|perp|:\(.*spot/.test(schema.pattern ?? "")) return { kind: "instrument", pattern: schema.pattern };
  return { kind: "text", pattern: schema.pattern };
}

/** What is allowed, in words, from the bounds of a number. */
export function boundsText({ minimum, maximum, above, below }) {
  const parts = [
    above !== undefined ? `above ${above}` : minimum !== undefined ? `from ${minimum}` : "",
    below !== undefined ? `below ${below}` : maximum !== undefined ? `to ${maximum}` : "",
  ].filter(Boolean);
  return parts.join(" ");
}
