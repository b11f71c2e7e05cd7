// What the platform says of itself: environment, mode, version, kill switch. Asked once for all pages.

import { poll } from "../api/polling.js";
import { health, killSwitch } from "../api/system.js";

const interval = 15000;
const listeners = new Set();
const state = { environment: null, mode: null, version: null, status: null, killSwitch: null };
let askNow = () => {};

/** Calls back at once and whenever something changed; returns how to stop. */
export function onPlatform(listener) {
  listeners.add(listener);
  listener(state);
  return () => listeners.delete(listener);
}

/** Asks again at once, as after the kill switch was used. */
export const askPlatform = () => askNow();

/** Begins to ask. */
export function startPlatform() {
  askNow = poll(interval, new AbortController().signal, async () => {
    const [live, kill] = await Promise.allSettled([health(), killSwitch()]);
    const before = JSON.stringify(state);
    if (live.status === "fulfilled") {
      Object.assign(state, { environment: live.value.environment, mode: live.value.mode, version: live.value.version, status: live.value.status });
    }
    if (kill.status === "fulfilled") state.killSwitch = kill.value;
    if (JSON.stringify(state) !== before) for (const listener of [...listeners]) listener(state);
  });
}

/** The stamp of a version: `Tradewind 0.1.0 (abcdef1, 2026-11-21)`. */
export function versionText(version) {
  if (!version?.version) return "Tradewind";
  const more = [version.commit?.slice(0, 12), version.date].filter(Boolean).join(", ");
  return `Tradewind ${version.version}${more ? ` (${more})` : ""}`;
}
