// Draws one pane of a time chart: grid, curves, areas, steps, marks.

import { decimate } from "./decimation.js";
import { valueTicks } from "./ticks.js";

/** The range of values that a pane shows between two times, with room above and below. */
export function paneExtent(pane, view) {
  let low = Infinity;
  let high = -Infinity;
  for (const series of pane.series) {
    const { from, to } = visible(series.points, view);
    const extent = series.points.extent(from, to);
    if (!extent) continue;
    low = Math.min(low, extent[0]);
    high = Math.max(high, extent[1]);
  }
  if (low > high) return null;
  for (const value of pane.includes ?? []) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low || Math.abs(high) * 0.02 || 1;
  const room = high === low ? span / 2 : span * 0.07;
  return [pane.floor === 0 && low >= 0 ? 0 : low - room, pane.ceiling === 0 && high <= 0 ? 0 : high + room];
}

/** Indices of the points between two times, with one more at each side. */
export function visible(points, view) {
  return { from: Math.max(0, points.firstAt(view.from) - 1), to: Math.min(points.length, points.firstAt(view.to) + 1) };
}

/** Draws the pane into its box (`left, top, width, height` in pixels of the page). */
export function drawPane(context, pane, view, box, palette) {
  const extent = paneExtent(pane, view);
  if (!extent) return null;
  const [low, high] = extent;
  const toX = (x) => box.left + ((x - view.from) / (view.to - view.from)) * box.width;
  const toY = (y) => box.top + box.height - ((y - low) / (high - low)) * box.height;
  drawGrid(context, pane, { low, high, toY }, box, palette);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 1, box.width, box.height + 2);
  context.clip();
  for (const series of pane.series) drawSeries(context, series, view, { toX, toY, low, high }, box, palette);
  for (const marks of pane.marks ?? []) drawMarks(context, marks, view, { toX, toY }, palette);
  context.restore();
  return { low, high, toX, toY };
}

function drawGrid(context, pane, { low, high, toY }, box, palette) {
  const { values, step } = valueTicks(low, high, Math.max(2, Math.floor(box.height / 46)));
  context.lineWidth = 1;
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const value of values) {
    const y = Math.round(toY(value)) + 0.5;
    context.strokeStyle = palette.colour("--grid");
    line(context, box.left, y, box.left + box.width, y);
    context.fillStyle = palette.colour("--dim");
    context.fillText(pane.format(value, step, Math.max(Math.abs(low), Math.abs(high))), box.left + box.width + 8, y);
  }
  if (pane.baseline === undefined || pane.baseline < low || pane.baseline > high) return;
  context.save();
  context.strokeStyle = palette.colour("--line-strong");
  context.setLineDash(pane.baseline === 0 ? [] : [3, 4]);
  const y = Math.round(toY(pane.baseline)) + 0.5;
  line(context, box.left, y, box.left + box.width, y);
  context.restore();
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function drawSeries(context, series, view, { toX, toY, low, high }, box, palette) {
  const { from, to } = visible(series.points, view);
  if (to <= from) return;
  const colour = series.colour ?? "--accent";
  const path = new Path2D();
  let before = null;
  let startX = null;
  let lastX = 0;
  decimate(series.points, from, to, toX, toY, (x, y, isStart) => {
    if (isStart) {
      path.moveTo(x, y);
      startX ??= x;
    } else {
      if (series.kind === "step" && before !== null) path.lineTo(x, before);
      path.lineTo(x, y);
    }
    before = y;
    lastX = x;
  });
  if (series.kind === "area" || series.kind === "step") {
    const area = new Path2D(path);
    const ground = toY(Math.min(high, Math.max(low, series.ground ?? low)));
    area.lineTo(lastX, ground);
    area.lineTo(startX ?? box.left, ground);
    area.closePath();
    context.fillStyle = series.ground === undefined ? gradient(context, box, palette, colour) : palette.faded(colour, 0.2);
    context.fill(area);
  }
  context.strokeStyle = palette.colour(colour);
  // Where every column of pixels holds many points, joins cannot be seen, and round ones are dear.
  const isDense = to - from > box.width * 3;
  context.lineWidth = isDense ? 1 : series.width ?? 1.6;
  context.lineJoin = isDense ? "bevel" : "round";
  context.stroke(path);
}

function gradient(context, box, palette, colour) {
  const made = context.createLinearGradient(0, box.top, 0, box.top + box.height);
  made.addColorStop(0, palette.faded(colour, 0.24));
  made.addColorStop(1, palette.faded(colour, 0.02));
  return made;
}

/** Triangles whose tips are at the points; beyond some hundreds in view only the ones that can be told apart. */
function drawMarks(context, marks, view, { toX, toY }, palette) {
  const { from, to } = visible(marks.points, view);
  const direction = marks.shape === "down" ? -1 : 1;
  context.fillStyle = palette.colour(marks.colour);
  context.strokeStyle = palette.colour("--card");
  context.lineWidth = 0.75;
  let [lastX, lastY] = [-100, -100];
  for (let index = from; index < to; index += 1) {
    const x = toX(marks.points.xs[index]);
    const y = toY(marks.points.ys[index]) + 2 * direction;
    if (Math.abs(x - lastX) < 1.5 && Math.abs(y - lastY) < 3) continue;
    [lastX, lastY] = [x, y];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 5, y + 9 * direction);
    context.lineTo(x - 5, y + 9 * direction);
    context.closePath();
    context.fill();
    context.stroke();
  }
}
