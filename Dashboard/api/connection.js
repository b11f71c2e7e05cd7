// Whether the server answers: "connected", "reconnecting" or "offline". One place that all requests tell.

const listeners = new Set();
let state = "connected";
let failures = 0;

/** The state now. */
export const connectionState = () => state;

/** Calls back at once and whenever the state changes; returns how to stop. */
export function onConnection(listener) {
  listeners.add(listener);
  listener(state);
  return () => listeners.delete(listener);
}

/** The server answered. */
export function answered() {
  failures = 0;
  change("connected");
}

/** The server did not answer. */
export function unanswered() {
  failures += 1;
  change(failures < 3 ? "reconnecting" : "offline");
}

function change(next) {
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener(state);
}
