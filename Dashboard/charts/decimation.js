// Many points on few pixels: of the points in a pixel's column the first, lowest, highest and last are drawn,
// in their order. The picture is the same as with all of them.

/**
 * Calls `draw(x, y, isStart)` in pixels for the points from index `from` to `to` (excluded).
 * `toX` and `toY` scale; a hole starts a new line.
 */
export function decimate(points, from, to, toX, toY, draw) {
  const { xs, ys } = points;
  if (to <= from) return;
  const columns = Math.abs(toX(xs[to - 1]) - toX(xs[from])) + 1;
  if (to - from <= columns * 3) {
    plain(points, from, to, toX, toY, draw);
    return;
  }
  let isStart = true;
  let index = from;
  while (index < to) {
    const column = Math.floor(toX(xs[index]));
    let low = -1;
    let high = -1;
    let last = index;
    const first = index;
    while (index < to && Math.floor(toX(xs[index])) === column) {
      const y = ys[index];
      if (y === y) {
        if (low < 0 || y < ys[low]) low = index;
        if (high < 0 || y > ys[high]) high = index;
      }
      last = index;
      index += 1;
    }
    if (low < 0) { isStart = true; continue; }
    const [earlier, later] = low < high ? [low, high] : [high, low];
    let before = -1;
    for (const at of [first, earlier, later, last]) {
      if (at === before || ys[at] !== ys[at]) continue;
      draw(toX(xs[at]), toY(ys[at]), isStart);
      isStart = false;
      before = at;
    }
  }
}

function plain({ xs, ys }, from, to, toX, toY, draw) {
  let isStart = true;
  for (let index = from; index < to; index += 1) {
    const y = ys[index];
    if (y !== y) { isStart = true; continue; }
    draw(toX(xs[index]), toY(y), isStart);
    isStart = false;
  }
}
