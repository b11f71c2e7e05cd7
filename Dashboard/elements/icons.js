// The few pictures of the dashboard, drawn as lines.

import { h } from "./dom.js";

const shapes = {
  overview: "M3 11.5 12 4l9 7.500M5.500 10v9.500h13V10M10 19.500v-5h4v5",
  runs: "M3 17c3.500 0 4.500-9 8.500-9 3 0 3.500 5 6 5 1.500 0 2.500-1 3.500-3M3 21h18",
  compare: "M4 20V10m5.300 10V4m5.400 16v-7M20 20V7",
  strategies: "M12 3v4m0 10v4M3 12h4m10 0h4M6 6l2.500 2.500m7 7L18 18M18 6l-2.500 2.500m-7 7L6 18M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  orders: "M7 4v16m0 0-3-3m3 3 3-3M17 20V4m0 0-3 3m3-3 3 3",
  logs: "M4 6h16M4 10.500h16M4 15h11M4 19.500h7",
  system: "M4 5h16v6H4zM4 14h16v5H4zM7.500 8h.01M7.500 16.500h.01",
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  stop: "M7 7h10v10H7z",
  power: "M12 4v8M7 6.500a7.500 7.500 0 1 0 10 0",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11m0 0-4-4m4 4 4-4M5 20h14",
};

/** A picture; hidden from screen readers, as a word stands beside it. */
export function icon(name) {
  return h("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, h("path", { d: shapes[name] ?? "" }));
}
