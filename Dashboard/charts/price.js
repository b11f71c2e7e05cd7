// Prices of one instrument with the fills on them.

import { axisFigure } from "../elements/figures.js";
import { Points } from "./points.js";
import { TimeChart } from "./time-chart.js";

/** Prices and fills; feed it with `price(time, value)` and `fill(time, price, isBuy)`, then `update()`. */
export class PriceChart {
  constructor({ instrument, signal }) {
    this.prices = new Points();
    this.buys = new Points();
    this.sells = new Points();
    const read = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 8 });
    this.chart = new TimeChart({
      label: `Price of ${instrument}, with fills`, signal,
      panes: [{
        height: 240, format: axisFigure, read,
        series: [{ name: "Price", kind: "line", colour: "--dim", points: this.prices, width: 1.3 }],
        marks: [
          { name: "Buy", shape: "up", colour: "--gain", points: this.buys },
          { name: "Sell", shape: "down", colour: "--loss", points: this.sells },
        ],
      }],
    });
  }

  get element() { return this.chart.element; }
  price(time, value) { this.prices.push(time, value); }

  /** Adds a fill; more of one side at one moment are drawn as one. */
  fill(time, price, isBuy) { (isBuy ? this.buys : this.sells).push(time, price); }

  update() { this.chart.update(); }
}
