// Equity above, drawdown from the preceding peak below it.

import { axisFigure, decimalsOf, ratio } from "../elements/figures.js";
import { Points } from "./points.js";
import { TimeChart } from "./time-chart.js";

/** Equity and drawdown of one run; feed it with `push(time, equity, drawdown)`, then `update()`. */
export class EquityChart {
  constructor({ asset, initial, signal, exposure = false }) {
    this.equity = new Points();
    this.drawdown = new Points();
    this.exposure = new Points();
    this.peak = -Infinity;
    const decimals = 2;
    const read = (value) => `${value.toLocaleString("en-US", { maximumFractionDigits: decimals, minimumFractionDigits: decimals })}`;
    const percentRead = (value) => `${ratio(value * 100, 2)} %`;
    const percentAxis = (value, step) => `${ratio(value * 100, decimalsOf(step * 100))} %`;
    const start = initial === null || initial === undefined ? NaN : Number(initial);
    this.chart = new TimeChart({
      label: `Equity${asset ? ` in ${asset}` : ""}, and drawdown`, signal,
      panes: [
        { title: `Equity${asset ? `, ${asset}` : ""}`, height: 220, format: axisFigure, read, baseline: Number.isFinite(start) ? start : undefined,
          series: [{ name: "Equity", kind: "area", colour: "--accent", points: this.equity }] },
        { title: "Drawdown", height: 90, format: percentAxis, read: percentRead, ceiling: 0, includes: [0],
          series: [{ name: "Drawdown", kind: "area", ground: 0, colour: "--loss", points: this.drawdown, width: 1.2 }] },
        ...(exposure ? [{ title: "Exposure, share of equity", height: 80, format: percentAxis, read: percentRead, baseline: 0, includes: [0],
          series: [{ name: "Exposure", kind: "step", ground: 0, colour: "--accent", points: this.exposure, width: 1 }] }] : []),
      ],
    });
  }

  get element() { return this.chart.element; }

  /** Adds a moment. `drawdown` is a positive share of the peak; it is taken from the curve when it is not given. */
  push(time, equity, drawdown) {
    this.peak = Math.max(this.peak, equity);
    this.equity.push(time, equity);
    this.drawdown.push(time, -(Number.isFinite(drawdown) ? drawdown : this.peak > 0 ? 1 - equity / this.peak : 0));
  }

  update() { this.chart.update(); }
}
