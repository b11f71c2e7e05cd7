// Where the lines of a chart's grid stand, and what is written beside them.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  second, 2 * second, 5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute,
  hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day,
];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Values between two, about `wanted` of them, at round figures; with the step. */
export function valueTicks(low, high, wanted) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return { values: [low], step: 1 };
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const values = [];
  for (let index = Math.ceil(low / step); index * step <= high && values.length < 50; index += 1) values.push(index * step);
  return { values, step };
}

/** Moments between two (milliseconds), about `wanted` of them, each with its label, in UTC. */
export function timeTicks(from, to, wanted) {
  const rough = (to - from) / Math.max(1, wanted);
  const step = timeSteps.find((candidate) => candidate >= rough);
  return step ? fixedTicks(from, to, step) : monthTicks(from, to, rough / (30.4 * day));
}

function fixedTicks(from, to, step) {
  const ticks = [];
  // Weeks begin on Mondays; the first day of 1970 was a Thursday.
  const origin = step >= 7 * day ? 4 * day : 0;
  for (let at = Math.ceil((from - origin) / step) * step + origin; at <= to && ticks.length < 50; at += step) {
    ticks.push({ at, label: label(at, step) });
  }
  return ticks;
}

function label(at, step) {
  const date = new Date(at);
  const dayText = `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  if (step >= day) return at % (365 * day) < step && date.getUTCMonth() === 0 ? `${dayText} ${date.getUTCFullYear()}` : dayText;
  if (at % day === 0) return dayText;
  return date.toISOString().slice(11, step < minute ? 19 : 16);
}

function monthTicks(from, to, rough) {
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((candidate) => candidate >= rough) ?? 240;
  const start = new Date(from);
  let index = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  const ticks = [];
  for (; ticks.length < 50; index += step) {
    const at = Date.UTC(Math.floor(index / 12), index % 12, 1);
    if (at > to) break;
    if (at < from) continue;
    const year = Math.floor(index / 12);
    ticks.push({ at, label: step >= 12 ? String(year) : index % 12 === 0 ? `Jan ${year}` : months[index % 12] });
  }
  return ticks;
}
