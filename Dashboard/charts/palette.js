// The colours of the page for what is drawn on a canvas.

/** Reads colours by the names of the style sheet, once for each theme. */
export class Palette {
  constructor() { this.refresh(); }

  /** Forgets what was read, as after another theme was chosen. */
  refresh() {
    this.style = getComputedStyle(document.documentElement);
    this.known = new Map();
  }

  /** The colour of a name as `--accent`. */
  colour(name) {
    let value = this.known.get(name);
    if (value === undefined) {
      value = this.style.getPropertyValue(name).trim() || "#888";
      this.known.set(name, value);
    }
    return value;
  }

  /** The same with an opacity from 0 to 1. */
  faded(name, opacity) {
    const colour = this.colour(name);
    const short = /^#([0-9a-f]{3})$/i.exec(colour);
    const full = short ? `#${[...short[1]].map((c) => c + c).join("")}` : colour;
    return /^#[0-9a-f]{6}$/i.test(full) ? full + Math.round(opacity * 255).toString(16).padStart(2, "0") : full;
  }
}
