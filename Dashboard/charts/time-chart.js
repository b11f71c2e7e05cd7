// A chart of curves over time: panes one above the other with one axis of time, drawn on a canvas.

import { h, fill, setText } from "../elements/dom.js";
import { scrolling } from "../elements/table.js";
import { utc } from "../elements/times.js";
import { onTheme } from "../shell/theme.js";
import { Palette } from "./palette.js";
import { drawPane } from "./pane-drawing.js";
import { timeTicks } from "./ticks.js";
import { controlView, zoom } from "./view-control.js";

const axisWidth = 64;
const axisHeight = 26;
const paneGap = 14;
const tableRows = 60;

/**
 * A chart. `panes`: `[{title, height, format(value, step), read(value), series: [{name, kind, colour, points}], marks, baseline, includes}]`.
 * Kinds: "line", "area", "step". Give it new points and call `update()`; it draws at most once a frame.
 */
export class TimeChart {
  constructor({ label, panes, signal, follow = false }) {
    Object.assign(this, { label, panes, follow, view: { from: 0, to: 1 }, whole: { from: 0, to: 1 }, cursor: null });
    this.palette = new Palette();
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.tip = h("div", { class: "chart-tip", "aria-hidden": "true", hidden: true });
    this.spoken = h("div", { class: "hushed", "aria-live": "polite" });
    this.area = h("div", { class: "chart-area", tabindex: "0", role: "group", "aria-roledescription": "chart", "aria-label": label }, this.canvas, this.tip);
    this.head = h("div", { class: "chart-head" });
    this.element = h("figure", { class: "chart" }, this.head, this.area, this.spoken, this.tools());
    this.isWhole = true;
    this.frames = [];
    controlView(this);
    const resize = new ResizeObserver(() => this.draw());
    resize.observe(this.area);
    const stopTheme = onTheme(() => { this.palette.refresh(); this.draw(); });
    signal?.addEventListener("abort", () => { resize.disconnect(); stopTheme(); });
    this.update();
  }

  tools() {
    const button = (text, spoken, act) => h("button", { class: "button slim", type: "button", "aria-label": `${spoken}: ${this.label}`, text, on: { click: act } });
    const holder = h("div", { class: "chart-table" });
    const details = h("details", {}, h("summary", { text: "Values as a table" }), holder);
    details.addEventListener("toggle", () => { if (details.open) fill(holder, this.table()); });
    return h("div", { class: "chart-tools" }, details, h("div", { class: "zooms" },
      button("+", "Zoom in", () => zoom(this, 0.6)), button("\u2212", "Zoom out", () => zoom(this, 1 / 0.6)),
      button("All", "Show everything", () => this.setView(this.whole.from, this.whole.to))));
  }

  /** All curves, of all panes. */
  get curves() { return this.panes.flatMap((pane) => pane.series.map((series) => ({ pane, series }))); }

  /** Draws what the points are now. */
  update() {
    let from = Infinity;
    let to = -Infinity;
    for (const { series: { points } } of this.curves) {
      if (!points.length) continue;
      from = Math.min(from, points.xs[0]);
      to = Math.max(to, points.xs[points.length - 1]);
    }
    if (from > to) [from, to] = [0, 1];
    if (from === to) to = from + 1000;
    this.whole = { from, to };
    if (this.isWhole) this.view = { from, to };
    this.describe();
    this.draw();
  }

  describe() {
    const isEmpty = !this.curves.some(({ series }) => series.points.length);
    const keys = this.curves.filter(({ series }) => series.name).map(({ series }) => series);
    const marks = this.panes.flatMap((pane) => pane.marks ?? []);
    if (this.keyed !== keys.length + marks.length) {
      this.keyed = keys.length + marks.length;
      fill(this.head, h("div", { class: "chart-keys" }, keys.map((series) => {
        const key = h("span", { class: "chart-key", text: series.name });
        key.style.setProperty("--key-colour", `var(${series.colour ?? "--accent"})`);
        return key;
      }), marks.map((mark) => h("span", { class: `chart-key ${mark.shape === "down" ? "sell" : "buy"}`, text: mark.name }))));
    }
    const ends = this.curves.map(({ pane, series: { name, points } }) => points.length
      && `${name}: from ${pane.read(points.ys[0])} to ${pane.read(points.ys[points.length - 1])}`).filter(Boolean);
    this.area.setAttribute("aria-label", isEmpty ? `${this.label}: no values yet` : `${this.label}, ${utc(this.whole.from, "minute")} to ${utc(this.whole.to, "minute")} UTC. `
      + `${ends.slice(0, 8).join("; ")}. Arrow keys read values, plus and minus zoom, 0 shows everything.`);
  }

  /** Shows the time between two moments, within the data and not shorter than they allow. */
  setView(from, to) {
    const { from: first, to: last } = this.whole;
    const span = Math.min(last - first, Math.max((last - first) / 50000, 10, to - from));
    let start = Math.max(first, Math.min(from, last - span));
    if (!Number.isFinite(start)) start = first;
    this.view = { from: start, to: start + span };
    this.isWhole = span >= (last - first) * 0.999;
    this.draw();
  }

  /** Puts the cursor at a moment, or away; `isSpoken` tells it to a screen reader. */
  setCursor(at, isSpoken = false) {
    if (at !== null) {
      at = Math.min(this.whole.to, Math.max(this.whole.from, at));
      if (isSpoken && (at < this.view.from || at > this.view.to)) {
        const half = (this.view.to - this.view.from) / 2;
        this.setView(at - half, at + half);
      }
    }
    this.cursor = at;
    this.draw();
    if (isSpoken && at !== null) setText(this.spoken, this.readings().join(", "));
  }

  /** The values at the cursor, in words. */
  readings() {
    const main = this.curves[0]?.series.points;
    const nearest = main?.nearest(this.cursor) ?? -1;
    const at = nearest < 0 ? this.cursor : main.xs[nearest];
    const values = this.curves.map(({ pane, series: { name, points, kind } }) => {
      const index = kind === "step" ? points.lastAt(at) : points.nearest(at);
      return index < 0 || !Number.isFinite(points.ys[index]) ? null : `${name} ${pane.read(points.ys[index])}`;
    }).filter(Boolean);
    return [`${utc(at, this.whole.to - this.whole.from > 86400000 * 3 ? "minute" : "second")} UTC`, ...values];
  }

  plotBox() {
    return { left: 2, width: Math.max(10, this.area.clientWidth - axisWidth - 2) };
  }

  /** Draws with the next frame; many calls before it are one. */
  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      const began = performance.now();
      this.paint();
      this.frames.push(performance.now() - began);
      if (this.frames.length > 600) this.frames.shift();
    });
  }

  paint() {
    const width = this.area.clientWidth;
    if (!width) return;
    const height = this.panes.reduce((sum, pane) => sum + pane.height + (pane.title ? 22 : 0) + paneGap, 0) + axisHeight - paneGap + 8;
    const scale = Math.min(3, devicePixelRatio || 1);
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.canvas.style.height = `${height}px`;
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const plot = this.plotBox();
    const ticks = timeTicks(this.view.from, this.view.to, Math.max(2, Math.floor(plot.width / 110)));
    let top = 4;
    const drawn = [];
    for (const pane of this.panes) {
      if (pane.title) {
        context.font = "600 13px system-ui, sans-serif";
        context.textBaseline = "top";
        context.textAlign = "left";
        context.fillStyle = this.palette.colour("--ink");
        context.fillText(pane.title, plot.left, top);
        top += 22;
      }
      const box = { left: plot.left, top, width: plot.width, height: pane.height };
      this.drawTimes(context, ticks, box);
      drawn.push({ pane, box, scales: drawPane(context, pane, this.view, box, this.palette) });
      top += pane.height + paneGap;
    }
    this.drawTimeLabels(context, ticks, plot, top - paneGap);
    this.drawCursor(context, drawn, plot);
  }

  drawTimes(context, ticks, box) {
    context.strokeStyle = this.palette.colour("--grid");
    context.lineWidth = 1;
    for (const { at } of ticks) {
      const x = Math.round(box.left + ((at - this.view.from) / (this.view.to - this.view.from)) * box.width) + 0.5;
      context.beginPath();
      context.moveTo(x, box.top);
      context.lineTo(x, box.top + box.height);
      context.stroke();
    }
  }

  drawTimeLabels(context, ticks, plot, top) {
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = this.palette.colour("--dim");
    context.textBaseline = "top";
    context.textAlign = "center";
    if (this.whole.to <= 1001) return;
    for (const { at, label } of ticks) {
      const x = plot.left + ((at - this.view.from) / (this.view.to - this.view.from)) * plot.width;
      if (x > plot.left + 22 && x < plot.left + plot.width + 10) context.fillText(label, x, top + 8);
    }
  }

  drawCursor(context, drawn, plot) {
    const main = this.curves[0]?.series.points;
    if (this.cursor === null || !main?.length) { this.tip.hidden = true; return; }
    const at = main.xs[main.nearest(this.cursor)];
    const x = plot.left + ((at - this.view.from) / (this.view.to - this.view.from)) * plot.width;
    if (x < plot.left - 1 || x > plot.left + plot.width + 1) { this.tip.hidden = true; return; }
    context.strokeStyle = this.palette.colour("--line-strong");
    context.lineWidth = 1;
    for (const { pane, box, scales } of drawn) {
      context.beginPath();
      context.moveTo(Math.round(x) + 0.5, box.top);
      context.lineTo(Math.round(x) + 0.5, box.top + box.height);
      context.stroke();
      if (!scales) continue;
      for (const series of pane.series) {
        const index = series.kind === "step" ? series.points.lastAt(at) : series.points.nearest(at);
        if (index < 0 || !Number.isFinite(series.points.ys[index])) continue;
        context.beginPath();
        context.arc(scales.toX(series.points.xs[index]), scales.toY(series.points.ys[index]), 3.5, 0, 2 * Math.PI);
        context.fillStyle = this.palette.colour(series.colour ?? "--accent");
        context.fill();
        context.stroke();
      }
    }
    this.tip.hidden = false;
    fill(this.tip, this.readings().map((text) => h("div", { text })));
    this.tip.style.left = `${Math.max(0, Math.min(x + 12 + this.tip.offsetWidth > plot.width ? x - this.tip.offsetWidth - 12 : x + 12, this.area.clientWidth - this.tip.offsetWidth))}px`;
  }

  /** Evenly taken values, for those who do not see the curves. */
  table() {
    const main = this.curves[0]?.series.points;
    if (!main?.length) return h("p", { class: "dim", text: "No values yet." });
    const wanted = Math.min(tableRows, main.length);
    const rows = Array.from({ length: wanted }, (_, row) => main.xs[Math.round((row * (main.length - 1)) / Math.max(1, wanted - 1))]);
    return scrolling(`${this.label}, values`, h("table", { class: "tight" }, h("caption", { text: `${this.label}: ${wanted} of ${main.length} values` }),
      h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "Time, UTC" }), this.curves.map(({ series }) => h("th", { scope: "col", class: "n", text: series.name })))),
      h("tbody", {}, rows.map((at) => h("tr", {}, h("th", { scope: "row", class: "nowrap", text: utc(at) }), this.curves.map(({ pane, series: { points, kind } }) => {
        const index = kind === "step" ? points.lastAt(at) : points.nearest(at);
        return h("td", { class: "n", text: index < 0 || !Number.isFinite(points.ys[index]) ? "\u2013" : pane.read(points.ys[index]) });
      }))))));
  }
}
