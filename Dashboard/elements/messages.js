// What a page says when there is nothing, when it waits, and when something failed.

import { h } from "./dom.js";

/** Nothing is here: why, and what to do. */
export function empty(title, text, ...actions) {
  return h("div", { class: "empty" }, h("strong", { text: title }), text && h("p", { text }),
    actions.length > 0 && h("div", { class: "actions" }, actions));
}

/** It is being asked for. */
export function loading(what = "Loading") {
  return h("p", { class: "loading", role: "status", text: `${what}\u2026` });
}

/** A failure, with what the server said, the way to its log lines, and a way to try again. */
export function failure(problem, retry) {
  const id = problem.correlationID;
  return h("div", { class: "note bad", role: "alert" },
    h("p", {}, h("strong", { text: problem.title ?? "This could not be loaded" })),
    h("p", { text: problem.message ?? String(problem) }),
    problem.code && h("p", { class: "small" }, "Code ", h("code", { text: problem.code }),
      id && [" \u00b7 ", h("a", { href: `/logs?correlation_id=${encodeURIComponent(id)}`, text: "its log lines" })]),
    retry && h("div", { class: "actions" }, h("button", { class: "button slim", type: "button", text: "Try again", on: { click: retry } })));
}

/** A message of one paragraph in a frame. `tone`: "", "bad", "good" or "plain". */
export function note(text, tone = "", ...more) {
  return h("div", { class: `note ${tone}` }, h("p", { text }), more);
}

const tones = {
  completed: "good", done: "good", filled: "good", healthy: "good", ready: "good", ok: "good", active: "good", current: "good",
  running: "busy", starting: "busy", stopping: "busy", submitting: "busy", partial: "busy", partially_filled: "busy",
  failed: "bad", error: "bad", rejected: "bad", unhealthy: "bad", not_ready: "bad", critical: "bad", expired_secret: "bad",
  rolled_back: "bad", stopped: "warn", degraded: "warn", warning: "warn", cancelled: "warn", canceled: "warn", expired: "warn", unknown: "warn",
};

/** A state in a word, with a colour that only repeats what the word says. */
export function badge(state) {
  const word = String(state ?? "unknown");
  return h("span", { class: "badge", data: { tone: tones[word.toLowerCase().replace(/[- ]/g, "_")] ?? "" }, text: word.replaceAll("_", " ") });
}
