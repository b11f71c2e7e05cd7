// Figures as text. Money and quantities are decimal strings and stay strings: digits are moved, never computed
// with binary floating point.

const minus = "\u2212";

/** Digits of a decimal string: sign, whole part, fraction; null when it is none. */
export function parseDecimal(text) {
  const match = /^\s*([+-]?)(\d+)(?:\.(\d*))?\s*$/.exec(String(text ?? ""));
  if (!match) return null;
  const whole = match[2].replace(/^0+(?=\d)/, "");
  return { negative: match[1] === "-", whole, fraction: match[3] ?? "" };
}

/** Rounded half to even at a number of decimals, exactly. */
function rounded(parts, decimals) {
  if (parts.fraction.length <= decimals) return parts;
  const kept = parts.whole + parts.fraction.slice(0, decimals);
  const rest = parts.fraction.slice(decimals);
  let digits = BigInt(kept);
  const first = rest.charCodeAt(0) - 48;
  const isTie = first === 5 && /^50*$/.test(rest);
  if (first > 5 || (first === 5 && !isTie) || (isTie && digits % 2n === 1n)) digits += 1n;
  const text = digits.toString().padStart(decimals + 1, "0");
  const cut = text.length - decimals;
  return { negative: parts.negative && digits !== 0n, whole: text.slice(0, cut), fraction: text.slice(cut) };
}

/**
 * A decimal string for people: groups of three, a real minus sign.
 * `decimals`: at most so many; `least`: at least so many; `sign`: a plus where it is positive.
 */
export function amount(text, { decimals = 2, least = 0, sign = false } = {}) {
  const parsed = parseDecimal(text);
  if (!parsed) return text === null || text === undefined || text === "" ? "\u2013" : String(text);
  const parts = rounded(parsed, decimals);
  let fraction = parts.fraction.replace(/0+$/, "");
  if (fraction.length < least) fraction = fraction.padEnd(least, "0");
  const whole = parts.whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const isZero = /^0*$/.test(parts.whole + fraction);
  const mark = parts.negative && !isZero ? minus : sign && !isZero ? "+" : "";
  return mark + whole + (fraction ? "." + fraction : "");
}

/** Money: two decimals, always shown. */
export const money = (text, options = {}) => amount(text, { decimals: 2, least: 2, ...options });

/** A quantity or price: as precise as it is given, up to ten decimals. */
export const exact = (text, options = {}) => amount(text, { decimals: 10, ...options });

/** -1, 0 or 1 by the sign of a decimal string or number. */
export function signOf(value) {
  if (typeof value === "number") return Math.sign(value);
  const parsed = parseDecimal(value);
  if (!parsed || /^0*$/.test(parsed.whole + parsed.fraction)) return 0;
  return parsed.negative ? -1 : 1;
}

/** The class that colours a gain or a loss. */
export function tone(value) {
  const sign = signOf(value);
  return sign > 0 ? "up" : sign < 0 ? "down" : "";
}

/** The difference of two decimal strings, exact. */
export function difference(a, b) {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  if (!x || !y) return null;
  const places = Math.max(x.fraction.length, y.fraction.length);
  const mantissa = (p) => BigInt((p.negative ? "-" : "") + p.whole + p.fraction.padEnd(places, "0"));
  const result = mantissa(x) - mantissa(y);
  const digits = (result < 0n ? -result : result).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  return (result < 0n ? "-" : "") + digits.slice(0, cut) + (places ? "." + digits.slice(cut) : "");
}

/** A statistic (a JSON number) with fixed decimals; a dash for null. */
export function ratio(value, decimals = 2) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "\u2013";
  return value.toFixed(decimals).replace("-", minus).replace(/^\u2212(0(?:\.0*)?)$/, "$1");
}

/** A fraction as percent. */
export function percent(value, decimals = 2, { sign = false } = {}) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "\u2013";
  const text = ratio(value * 100, decimals);
  return (sign && value > 0 ? "+" : "") + text + " %";
}

/** A whole number with groups. */
export function count(value) {
  if (value === null || value === undefined) return "\u2013";
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** For the axis of a chart: short, as in 104k. */
export function axisFigure(value, step, largest = Math.abs(value)) {
  const [unit, letter] = largest >= 1e9 ? [1e9, "G"] : largest >= 1e6 ? [1e6, "M"] : largest >= 1e5 ? [1e3, "k"] : [1, ""];
  const text = (value / unit).toFixed(decimalsOf((step || 1) / unit)).replace("-", minus);
  return text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",") + letter;
}

/** How many decimals a step of an axis needs, at most eight. */
export function decimalsOf(step) {
  for (let decimals = 0; decimals < 8; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 8;
}
