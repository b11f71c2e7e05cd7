// The kill switch, on every page: engage it with a reason, see that it is engaged, release it.

import { engageKillSwitch, releaseKillSwitch } from "../api/system.js";
import { confirm } from "../elements/dialog.js";
import { fill, h } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { time } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { askPlatform, onPlatform } from "./platform.js";

/** Asks, and engages. */
export function askToEngage() {
  confirm({
    title: "Engage the kill switch?", danger: true, action: "Engage", reason: "Reason, for the audit",
    text: "No order leaves any more, open orders are cancelled, and it stays so over restarts until somebody releases it.",
    act: async (reason) => {
      await engageKillSwitch(reason);
      toast("The kill switch is engaged");
      await askPlatform();
    },
  });
}

/** Asks, and releases. */
export function askToRelease() {
  confirm({
    title: "Release the kill switch?", action: "Release", reason: "Reason, for the audit",
    text: "Orders may leave again. Look first whether what made it necessary is mended.",
    act: async (reason) => {
      await releaseKillSwitch(reason);
      toast("The kill switch is released", "good");
      await askPlatform();
    },
  });
}

/** The button of the frame. */
export function killButton() {
  const button = h("button", { class: "button slim danger", type: "button" }, icon("power"), "Kill switch");
  let isEngaged = false;
  button.addEventListener("click", () => isEngaged ? askToRelease() : askToEngage());
  onPlatform(({ killSwitch }) => {
    isEngaged = killSwitch?.isEngaged ?? false;
    button.dataset.needs = isEngaged ? "admin" : "trader";
    fill(button, icon("power"), isEngaged ? "Release kill switch" : "Kill switch");
  });
  return button;
}

/** Says on every page that it is engaged. */
export function killBanner() {
  const banner = h("div", { class: "kill-banner", role: "alert", hidden: true });
  onPlatform(({ killSwitch }) => {
    const isEngaged = killSwitch?.isEngaged ?? false;
    banner.hidden = !isEngaged;
    fill(banner, isEngaged && [
      h("span", {}, "Kill switch engaged", killSwitch.since && [" since ", time(killSwitch.since)], killSwitch.by && ` by ${killSwitch.by}`,
        killSwitch.reason && `: ${killSwitch.reason}`),
      h("button", { class: "button slim", type: "button", "data-needs": "admin", text: "Release", on: { click: askToRelease } }),
    ]);
  });
  return banner;
}
