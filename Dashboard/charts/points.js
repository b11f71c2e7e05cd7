// Points of a curve in two growing arrays of numbers. For pixels only: amounts shown as text stay strings.

/** A curve's points, ordered by time. */
export class Points {
  constructor(capacity = 256) {
    this.xs = new Float64Array(capacity);
    this.ys = new Float64Array(capacity);
    this.length = 0;
  }

  /** From two arrays of equal length. */
  static of(xs, ys) {
    const points = new Points(Math.max(1, xs.length));
    for (let index = 0; index < xs.length; index += 1) points.push(xs[index], ys[index]);
    return points;
  }

  /** Adds a point; one that is not later than the last replaces it or is left out. NaN in y is a hole. */
  push(x, y) {
    if (!Number.isFinite(x)) return;
    if (this.length && x <= this.xs[this.length - 1]) {
      if (x === this.xs[this.length - 1]) this.ys[this.length - 1] = y;
      return;
    }
    if (this.length === this.xs.length) this.grow();
    this.xs[this.length] = x;
    this.ys[this.length] = y;
    this.length += 1;
  }

  grow() {
    const [xs, ys] = [new Float64Array(this.xs.length * 2), new Float64Array(this.ys.length * 2)];
    xs.set(this.xs);
    ys.set(this.ys);
    Object.assign(this, { xs, ys });
  }

  /** Index of the first point at or after x; `length` when there is none. */
  firstAt(x) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.xs[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the nearest point to x; -1 when there is none. */
  nearest(x) {
    if (!this.length) return -1;
    const at = this.firstAt(x);
    if (at === 0) return 0;
    if (at === this.length) return at - 1;
    return x - this.xs[at - 1] <= this.xs[at] - x ? at - 1 : at;
  }

  /** Index of the last point at or before x; -1 when there is none. */
  lastAt(x) {
    const at = this.firstAt(x);
    return at < this.length && this.xs[at] === x ? at : at - 1;
  }

  /** Lowest and highest y between two indices (the second excluded); null when there is none. */
  extent(from, to) {
    let low = Infinity;
    let high = -Infinity;
    for (let index = from; index < to; index += 1) {
      const y = this.ys[index];
      if (y < low) low = y;
      if (y > high) high = y;
    }
    return low <= high ? [low, high] : null;
  }
}
