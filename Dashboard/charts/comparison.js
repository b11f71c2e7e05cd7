// Curves of several runs, each as a multiple of where it began.

import { decimalsOf, ratio } from "../elements/figures.js";
import { Points } from "./points.js";
import { TimeChart } from "./time-chart.js";

/** `runs`: `[{name, times, values}]`, at most eight. */
export function comparisonChart(runs, signal) {
  const read = (value) => `${value > 0 ? "+" : ""}${ratio(value * 100, 2)} %`;
  const chart = new TimeChart({
    label: "Equity of the runs, as change since each began", signal,
    panes: [{
      height: 300, baseline: 0, includes: [0], read,
      format: (value, step) => `${ratio(value * 100, decimalsOf(step * 100))} %`,
      series: runs.slice(0, 8).map(({ name, times, values }, index) => ({
        name, kind: "line", colour: `--curve-${index + 1}`, points: rebased(times, values),
      })),
    }],
  });
  return chart;
}

function rebased(times, values) {
  const first = values.find((value) => Number.isFinite(value) && value !== 0);
  return Points.of(times, values.map((value) => value / first - 1));
}
