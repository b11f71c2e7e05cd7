// From address to page: one page at a time, whose work ends when it is left.

import { isAbort } from "../api/client.js";
import { fill, h } from "../elements/dom.js";
import { empty, failure, loading } from "../elements/messages.js";
import { match } from "../routes.js";

let leaving = null;
let shell = null;
let shownPath = null;

/** Path and query of the page that is shown. */
export const currentPath = () => location.pathname + location.search;

/** Goes to an address of the dashboard. */
export function go(target, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  show();
}

/** Changes the query of this page without showing the page anew. */
export function setQuery(query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) if (item !== undefined && item !== null && item !== "") search.append(name, String(item));
  }
  const text = search.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
}

/** Shows the page of the address, and follows links from now on. */
export function startRouter(parts) {
  shell = parts;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !match(link.pathname)) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener("popstate", () => show());
  show();
}

async function show() {
  leaving?.abort();
  const mine = leaving = new AbortController();
  const found = match(location.pathname);
  const isFirst = shownPath === null;
  shownPath = location.pathname;
  const page = h("div", { class: "page" }, loading());
  fill(shell.main, page);
  shell.arrived(found?.route.path ?? null);
  const context = {
    page, parameters: found?.parameters ?? {}, query: new URLSearchParams(location.search), signal: mine.signal,
    /** Puts the content of the page, with its heading. */
    present(title, ...content) {
      if (mine.signal.aborted) return;
      document.title = `${title} \u00b7 Tradewind`;
      fill(page, content);
      const heading = page.querySelector("h1");
      if (heading && !isFirst) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      if (!isFirst) scrollTo(0, 0);
    },
  };
  try {
    if (!found) {
      context.present("Not found", heading("Nothing is here"), empty("This address has no page", "It may have been mistyped, or what it showed is gone.",
        h("a", { class: "button", href: "/", text: "To the overview" })));
      return;
    }
    const module = await found.route.load();
    await module.show(context);
  } catch (error) {
    if (mine.signal.aborted || isAbort(error)) return;
    context.present("Failed", heading("This page could not be shown"), failure(error, () => show()));
    if (!error.code && error.name !== "ConnectionProblem") console.error(error);
  }
}

/** The heading of a page: title, what stands above and below it, and its buttons. */
export function heading(title, { eyebrow, lead, actions } = {}) {
  return h("header", { class: "page-head" },
    h("div", {}, eyebrow && h("p", { class: "eyebrow" }, eyebrow), h("h1", {}, title), lead && h("p", { class: "lead" }, lead)),
    actions && h("div", { class: "actions" }, actions));
}
