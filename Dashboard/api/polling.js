// Asks again and again while a page is shown: not while its tab is hidden, and never twice at a time.

import { isAbort } from "./client.js";

/**
 * Calls `ask()` now and every `interval` milliseconds until `signal` ends it. `failed(error)` gets what it throws.
 * Returns a function that asks at once.
 */
export function poll(interval, signal, ask, failed = () => {}) {
  let timer = null;
  let isAsking = false;
  let isAgain = false;
  const turn = async () => {
    clearTimeout(timer);
    if (signal.aborted) return;
    if (isAsking) { isAgain = true; return; }
    isAsking = true;
    try {
      if (!document.hidden) await ask();
    } catch (error) {
      if (!isAbort(error)) failed(error);
    }
    isAsking = false;
    if (signal.aborted) return;
    if (isAgain) { isAgain = false; turn(); return; }
    timer = setTimeout(turn, interval);
  };
  const shown = () => { if (!document.hidden) turn(); };
  document.addEventListener("visibilitychange", shown);
  signal.addEventListener("abort", () => { clearTimeout(timer); document.removeEventListener("visibilitychange", shown); });
  turn();
  return turn;
}
