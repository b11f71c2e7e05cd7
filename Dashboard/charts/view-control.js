// Pointer, touch, wheel and keys of a time chart: they change what part of the time is in view.

/**
 * Attaches them. `chart` has: area, view, whole, plotBox(), setView(from, to), setCursor(x or null), cursor.
 */
export function controlView(chart) {
  const { area } = chart;
  const pointers = new Map();
  let grip = null;

  const timeAt = (clientX) => {
    const box = chart.plotBox();
    const share = (clientX - area.getBoundingClientRect().left - box.left) / box.width;
    return chart.view.from + Math.min(1, Math.max(0, share)) * (chart.view.to - chart.view.from);
  };

  area.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event.clientX);
    area.setPointerCapture(event.pointerId);
    grip = gripOf(pointers, chart.view);
  });
  area.addEventListener("pointermove", (event) => {
    if (pointers.has(event.pointerId)) {
      pointers.set(event.pointerId, event.clientX);
      drag(chart, pointers, grip);
    }
    chart.setCursor(timeAt(event.clientX));
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    grip = pointers.size ? gripOf(pointers, chart.view) : null;
    area.classList.remove("dragging");
  };
  area.addEventListener("pointerup", release);
  area.addEventListener("pointercancel", release);
  area.addEventListener("pointerleave", (event) => { if (!pointers.size && event.pointerType !== "touch") chart.setCursor(null); });
  area.addEventListener("dblclick", () => chart.setView(chart.whole.from, chart.whole.to));
  // The wheel scrolls the page; with Ctrl or Shift, or while the chart has the focus, it zooms.
  area.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey && document.activeElement !== area) return;
    event.preventDefault();
    const amount = event.deltaY || event.deltaX;
    zoom(chart, Math.exp(Math.max(-1, Math.min(1, amount / 300))), timeAt(event.clientX));
  }, { passive: false });
  area.addEventListener("keydown", (event) => key(chart, event));
  area.addEventListener("blur", () => chart.setCursor(null));
}

const gripOf = (pointers, view) => ({ at: [...pointers.values()], view: { ...view } });

function drag(chart, pointers, grip) {
  if (!grip) return;
  const { width } = chart.plotBox();
  const span = grip.view.to - grip.view.from;
  const now = [...pointers.values()];
  if (now.length === 1) {
    const moved = now[0] - grip.at[0];
    if (Math.abs(moved) > 2) chart.area.classList.add("dragging");
    const shift = (-moved / width) * span;
    chart.setView(grip.view.from + shift, grip.view.to + shift);
  } else if (now.length === 2 && grip.at.length === 2) {
    const before = Math.abs(grip.at[0] - grip.at[1]) || 1;
    const factor = before / Math.max(10, Math.abs(now[0] - now[1]));
    const box = chart.plotBox();
    const left = chart.area.getBoundingClientRect().left + box.left;
    const middle = grip.view.from + (((grip.at[0] + grip.at[1]) / 2 - left) / width) * span;
    chart.setView(middle - (middle - grip.view.from) * factor, middle + (grip.view.to - middle) * factor);
  }
}

/** Shows more (factor above 1) or less around a time. */
export function zoom(chart, factor, around = (chart.view.from + chart.view.to) / 2) {
  chart.setView(around - (around - chart.view.from) * factor, around + (chart.view.to - around) * factor);
}

function key(chart, event) {
  const { from, to } = chart.view;
  const span = to - from;
  const step = span / (event.shiftKey ? 12 : 120);
  const at = chart.cursor ?? (from + to) / 2;
  const acts = {
    ArrowLeft: () => chart.setCursor(at - step, true), ArrowRight: () => chart.setCursor(at + step, true),
    PageUp: () => chart.setView(from - span / 2, to - span / 2), PageDown: () => chart.setView(from + span / 2, to + span / 2),
    Home: () => chart.setCursor(chart.whole.from, true), End: () => chart.setCursor(chart.whole.to, true),
    "+": () => zoom(chart, 0.7, at), "=": () => zoom(chart, 0.7, at), "-": () => zoom(chart, 1 / 0.7, at),
    0: () => chart.setView(chart.whole.from, chart.whole.to), Escape: () => chart.setCursor(null),
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  acts[event.key]();
}
