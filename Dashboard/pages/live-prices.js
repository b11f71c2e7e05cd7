// Prices of the instruments that a run trades, while it goes on: candles up to where the run is, with its fills.

import { isAbort } from "../api/client.js";
import { candles, mostCandles } from "../api/strategies.js";
import { PriceChart } from "../charts/price.js";
import { h } from "../elements/dom.js";
import { milliseconds } from "../elements/times.js";

const mostCharts = 4;

/** Candles of an instrument over the window of a run: of the catalogue, or those that the run itself has kept. */
export async function candlesOf(run, instrument, signal) {
  try {
    const found = await candlesOfCatalogue(run, instrument, signal);
    if (found.length) return found;
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  // A run of quotes or trades, or one whose data are gone.
  return candles({ instrument, run_id: run.id, limit: mostCandles }, signal);
}

/** Of the bars that the run used, or of hours where those are too many. */
async function candlesOfCatalogue(run, instrument, signal) {
  const list = Array.isArray(run.file?.data) ? run.file.data : run.file?.data?.series ?? [];
  const used = list.find?.((one) => one.instrument === instrument && one.timeframe)?.timeframe ?? "1h";
  const window = { instrument, start: run.start ?? run.summary?.start, end: run.end ?? run.summary?.end };
  const span = milliseconds(window.end) - milliseconds(window.start);
  const isFine = /^\d+(s|m)$/.test(used);
  if (isFine && !(span / 60000 <= mostCandles)) {
    try {
      return await candles({ ...window, timeframe: "1h", limit: mostCandles }, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
    }
  }
  return candles({ ...window, timeframe: used, limit: mostCandles }, signal);
}

/** Charts of prices that grow with the run. */
export class LivePrices {
  constructor(run, signal) {
    Object.assign(this, { run, signal, charts: new Map(), element: h("div", { class: "stack" }) });
    this.element.hidden = true;
  }

  of(instrument) {
    const known = this.charts.get(instrument);
    if (known || this.charts.size >= mostCharts) return known ?? null;
    const made = { chart: new PriceChart({ instrument, signal: this.signal }), ahead: [], hasCandles: false };
    this.charts.set(instrument, made);
    this.element.hidden = false;
    this.element.append(h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", { text: `Price and fills: ${instrument}` })), made.chart.element));
    this.load(instrument, made);
    return made;
  }

  async load(instrument, made) {
    try {
      const found = await candlesOf(this.run, instrument, this.signal);
      made.ahead = found.map(({ at, close }) => [at, close]).filter(([at, close]) => Number.isFinite(at) && Number.isFinite(close));
      made.hasCandles = made.ahead.length > 0;
      if (made.hasCandles) made.chart.prices.length = 0;
      this.advance(this.at);
    } catch (error) {
      // Without candles the marks of the holdings are the prices.
      if (!isAbort(error)) made.hasCandles = false;
    }
  }

  /** The price at which a holding is counted now. */
  mark(instrument, at, price) {
    const made = this.of(instrument);
    if (made && !made.hasCandles) made.chart.price(at, price);
  }

  /** A fill. */
  fill(one) {
    const made = this.of(one.instrument);
    if (!made) return;
    if (!made.hasCandles) made.chart.price(milliseconds(one.time), Number(one.price));
    made.chart.fill(milliseconds(one.time), Number(one.price), one.side === "BUY");
  }

  /** The run is at this moment: nothing after it is shown. */
  advance(at) {
    this.at = at ?? this.at;
    for (const made of this.charts.values()) {
      let taken = 0;
      while (taken < made.ahead.length && made.ahead[taken][0] <= this.at) {
        made.chart.price(made.ahead[taken][0], made.ahead[taken][1]);
        taken += 1;
      }
      made.ahead.splice(0, taken);
      made.chart.update();
    }
  }
}
