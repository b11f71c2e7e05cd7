// What the platform says of itself and of who asks: environment, mode, version, kill switch, role. Asked once for all
// pages.

import { poll } from "../api/polling.js";
import { onSession, roleOfSession } from "../api/session.js";
import { health, killSwitch, whoAmI } from "../api/system.js";

const interval = 15000;
const listeners = new Set();
const state = { environment: null, mode: null, version: null, status: null, killSwitch: null, role: null };
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
    const [live, kill, who] = await Promise.allSettled([health(), killSwitch(), whoAmI()]);
    const before = JSON.stringify(state);
    if (live.status === "fulfilled") {
      Object.assign(state, { environment: live.value.environment, mode: live.value.mode, version: live.value.version, status: live.value.status });
    }
    if (kill.status === "fulfilled") state.killSwitch = kill.value;
    // Buttons that need a higher role are not shown: see [data-needs] in the styles. The server decides in any case.
    if (who.status === "fulfilled") state.role = who.value.role;
    document.documentElement.dataset.role = state.role ?? "";
    if (JSON.stringify(state) !== before) for (const listener of [...listeners]) listener(state);
  });
  // Another person may do other things; what the one before could see goes at once.
  onSession((isIn) => {
    state.role = roleOfSession();
    document.documentElement.dataset.role = state.role ?? "";
    if (isIn && !state.role) askNow();
  });
}

/** The stamp of a version: `Tradewind 0.1.0 (abcdef1, 2026-11-21)`. */
export function versionText(version) {
  if (!version?.version) return "Tradewind";
  const more = [version.commit?.slice(0, 12), version.date].filter(Boolean).join(", ");
  return `Tradewind ${version.version}${more ? ` (${more})` : ""}`;
}
