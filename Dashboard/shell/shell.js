// The frame of every page: banner of environment and mode, navigation, kill switch, connection, footer.

import { onConnection } from "../api/connection.js";
import { send } from "../api/client.js";
import { isLoggedIn, logOut, onSession, whoIsLoggedIn } from "../api/session.js";
import { fill, h, setText } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { utc } from "../elements/times.js";
import { routes } from "../routes.js";
import { killBanner, killButton } from "./kill-switch.js";
import { onPlatform, startPlatform, versionText } from "./platform.js";
import { go } from "./router.js";
import { chooseTheme, theme } from "./theme.js";

/** Makes the frame; gives where pages go and what to call when one is shown. */
export function makeShell(root) {
  const main = h("main", { class: "shell-main", id: "main" });
  const links = new Map();
  const nav = h("nav", { class: "nav", "aria-label": "Main" }, routes.filter((route) => route.nav).map((route) => {
    const link = h("a", { href: route.path }, icon(route.icon), h("span", { text: route.nav }));
    links.set(route.path, link);
    return link;
  }));
  const sidebar = h("aside", { class: "sidebar", id: "sidebar", "aria-label": "Sidebar" },
    h("div", { class: "sidebar-inside" }, brand(), nav, h("div", { class: "sidebar-foot" }, connection(), clock(), themeChoice(), session(), killButton())));
  const menu = h("button", { class: "button slim", type: "button", "aria-expanded": "false", "aria-controls": "sidebar" }, icon("menu"), "Menu");
  const setMenu = (isOpen) => {
    sidebar.toggleAttribute("data-open", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  };
  menu.addEventListener("click", () => setMenu(!sidebar.hasAttribute("data-open")));
  sidebar.addEventListener("keydown", (event) => { if (event.key === "Escape") { setMenu(false); menu.focus(); } });

  root.className = "shell";
  fill(root, h("div", { class: "hushed" }), modeBanner(), killBanner(), h("header", { class: "menu-bar" }, brand(), menu), sidebar, main, footer());
  root.firstElementChild.remove();
  startPlatform();
  return {
    main,
    arrived(path) {
      setMenu(false);
      for (const [target, link] of links) {
        const isHere = path === target || (target !== "/" && path?.startsWith(target + "/"));
        if (isHere) link.setAttribute("aria-current", path === target ? "page" : "true");
        else link.removeAttribute("aria-current");
      }
    },
  };
}

const brand = () => h("a", { class: "brand", href: "/" }, h("img", { src: "/dashboard/pictures/mark.svg", alt: "", width: "26", height: "26" }), "Tradewind");

function modeBanner() {
  const banner = h("div", { class: "mode-banner", role: "region", "aria-label": "Environment and mode" });
  onPlatform(({ environment, mode }) => {
    banner.dataset.mode = mode ?? "";
    document.documentElement.dataset.mode = mode ?? "";
    const means = { backtest: "past data, no orders leave this machine", paper: "live data, simulated orders", live: "real orders with real money" };
    fill(banner, mode
      ? [h("span", {}, h("b", { text: mode }), ` \u00b7 ${environment ?? ""}`), h("span", { text: means[mode] ?? "" })]
      : h("span", { text: "Asking the server what it is\u2026" }));
  });
  return banner;
}

function connection() {
  const element = h("span", { class: "link-state", role: "status" });
  const words = { connected: "Connected", reconnecting: "Reconnecting\u2026", offline: "No connection" };
  onConnection((state) => {
    element.dataset.state = state;
    setText(element, words[state]);
    document.documentElement.dataset.connection = state;
  });
  return element;
}

function clock() {
  const element = h("time", { class: "clock" });
  const tick = () => {
    setText(element, `${utc(Date.now(), "second")} UTC`);
    element.title = `${new Date().toLocaleString()} (local time)`;
  };
  tick();
  setInterval(tick, 1000);
  return element;
}

function themeChoice() {
  const select = h("select", { "aria-label": "Colours", on: { change: () => chooseTheme(select.value) } },
    [["system", "System colours"], ["light", "Light"], ["dark", "Dark"]].map(([value, text]) =>
      h("option", { value, text, selected: theme() === value })));
  return select;
}

function session() {
  const button = h("button", { class: "button slim", type: "button", text: "Log out", hidden: !isLoggedIn(), on: { click: async () => {
    try {
      await logOut(send);
    } finally {
      go("/login");
    }
  } } });
  const who = h("span", { class: "break", hidden: true });
  onSession((isIn) => {
    button.hidden = !isIn;
    setText(who, isIn ? whoIsLoggedIn() : "");
    who.hidden = !who.textContent;
  });
  return [who, button];
}

function footer() {
  const version = h("span", { class: "version", text: "Tradewind" });
  onPlatform((platform) => setText(version, versionText(platform.version)));
  return h("footer", { class: "page-foot" }, version,
    h("span", {}, h("a", { href: "/docs", text: "API" }), " \u00b7 ", h("a", { href: "/health", text: "Health" }), " \u00b7 times are UTC, local time on hover"));
}
