// Runs as they stand in lists and on the overview.

import { h } from "../elements/dom.js";
import { money, percent, tone } from "../elements/figures.js";
import { badge } from "../elements/messages.js";
import { ago, duration, milliseconds, time } from "../elements/times.js";

/** A bar of progress with its figure for screen readers. */
export function progressBar(share, label) {
  const isKnown = typeof share === "number" && Number.isFinite(share);
  const inside = h("div");
  const bar = h("div", {
    class: isKnown ? "progress" : "progress unknown", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100",
    "aria-valuenow": isKnown ? String(Math.round(share)) : null,
  }, inside);
  if (isKnown) inside.style.width = `${Math.max(0, Math.min(100, share))}%`;
  return bar;
}

/** What came out of a run, in one figure. */
export function outcome(run) {
  const total = run.summary?.total_return ?? (run.status === "completed" ? changeOf(run) : null);
  if (typeof total === "number") return h("span", { class: tone(total), text: percent(total, 2, { sign: true }) });
  if (run.equity && !run.hasEnded) return h("span", { text: `${money(run.equity)} ${run.asset ?? ""}` });
  return "\u2013";
}

/** The change of equity as a share, for a figure in a list; flows are not taken out of it. */
function changeOf(run) {
  const [first, last] = [Number(run.capital), Number(run.equity)];
  return first > 0 && run.equity !== null ? last / first - 1 : null;
}

/** How long a run took, or takes by now. */
export function elapsed(run) {
  if (!run.started) return "\u2013";
  const end = run.finished ? milliseconds(run.finished) : Date.now();
  return duration(end - milliseconds(run.started));
}

/** A run in a list of a few. */
export function runItem(run) {
  return h("li", { class: "run-item" },
    h("a", { class: "run-name", href: `/runs/${encodeURIComponent(run.id)}`, text: run.name }),
    badge(run.status),
    h("span", { class: "under" }, `${run.strategy} \u00b7 `, run.hasEnded ? [time(run.finished ?? run.created, "minute")] : `created ${ago(run.created)}`),
    h("span", {}, outcome(run)),
    run.status === "running" && progressBar(run.percent, `Progress of ${run.name}`));
}
