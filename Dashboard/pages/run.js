// One run: while it goes on, live; once it has ended, its results.

import { isAbort } from "../api/client.js";
import { poll } from "../api/polling.js";
import { deleteRun, followEvents, getRun, reportAddress, stopRun } from "../api/runs.js";
import { confirm } from "../elements/dialog.js";
import { fill, h } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { badge, note } from "../elements/messages.js";
import { time } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { go, heading } from "../shell/router.js";
import { liveRun } from "./run-live.js";
import { finishedRun } from "./run-results.js";

export async function show({ present, parameters, signal }) {
  let run = await getRun(parameters.id, signal);
  const head = h("div");
  const body = h("div", { class: "stack" });
  present(run.name, head, body);
  let live = null;
  const show = async () => {
    fill(head, runHead(run, () => ask()));
    if (run.hasEnded) {
      live?.end();
      live = null;
      fill(body, await finishedRun(run, signal));
    } else if (!live) {
      live = liveRun(run, signal);
      fill(body, live.element);
    } else live.update(run);
  };
  let ask = () => {};
  const renew = async () => {
    const before = run.status;
    run = await getRun(parameters.id, signal);
    if (before !== run.status || !run.hasEnded) await show();
  };
  await show();
  if (run.hasEnded) return;
  const watching = new AbortController();
  signal.addEventListener("abort", () => watching.abort());
  ask = poll(3000, watching.signal, async () => {
    await renew();
    if (run.hasEnded) watching.abort();
  });
  try {
    await followEvents({ run: run.id, after: 0, signal: watching.signal, onState: (state) => live?.connection(state), onEvent: (event) => {
      // Events of no run come too: of these the kill switch alone matters here, from now on.
      if (event.run !== run.id && !(event.type.startsWith("killswitch.") && event.time > run.created) && event.type !== "stream.Skipped") return;
      if (event.type === "stream.Skipped") { ask(); return; }
      live?.event(event);
      if (/^run\.(Started|Stopped|Completed|Failed|Error)$/.test(event.type)) ask();
    } });
  } catch (error) {
    if (!isAbort(error)) live?.connection("offline");
  }
}

function runHead(run, refresh) {
  const stop = () => confirm({ title: "Stop this run?", danger: true, action: "Stop", text: `${run.name} ends at once. What it has computed so far is lost.`, act: async () => {
    await stopRun(run.id);
    toast(`${run.name} is being stopped`);
    refresh();
  } });
  const erase = () => confirm({ title: "Delete this run?", danger: true, action: "Delete", text: `${run.name} and its results are removed from this server. Its events stay in the log.`, act: async () => {
    await deleteRun(run.id);
    toast(`${run.name} is deleted`, "good");
    go("/runs");
  } });
  return [
    heading(run.name, {
      eyebrow: [h("a", { href: "/runs", text: "Runs" }), ` \u00b7 ${run.mode} \u00b7 ${run.strategy}`],
      lead: [badge(run.status), " created ", time(run.created, "second"), run.by && ` by ${run.by}`],
      actions: [
        !run.hasEnded && h("button", { class: "button danger", type: "button", "data-needs": "trader", on: { click: stop } }, icon("stop"), "Stop"),
        run.status === "completed" && h("a", { class: "button", href: reportAddress(run.id), target: "_blank", rel: "noopener", text: "Report" }),
        h("a", { class: "button", href: `/logs?run_id=${encodeURIComponent(run.id)}`, text: "Its log lines" }),
        h("a", { class: "button", "data-needs": "trader", href: `/runs/new?from=${encodeURIComponent(run.id)}`, text: "Run again\u2026" }),
        run.hasEnded && h("button", { class: "button quiet", type: "button", "data-needs": "trader", text: "Delete", on: { click: erase } }),
      ],
    }),
    run.status === "failed" && run.error && note(run.error.message ?? String(run.error), "bad", run.error.remedy && h("p", { text: run.error.remedy }),
      Array.isArray(run.error.problems) && run.error.problems.length > 0 && h("ul", {}, run.error.problems.slice(0, 20).map((one) => h("li", { text: [one.key, one.message, one.remedy].filter(Boolean).join(": ") })))),
  ];
}
