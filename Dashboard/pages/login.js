// Who asks? Name and password, or a token.

import { send } from "../api/client.js";
import { logIn, useToken } from "../api/session.js";
import { h, fill } from "../elements/dom.js";
import { field, textControl } from "../forms/fields.js";
import { go, heading } from "../shell/router.js";

export function show({ page, query, present }) {
  const name = field({ key: "username", label: "Name", control: textControl({ autocomplete: "username", autocapitalize: "none" }), required: true });
  const password = field({ key: "password", label: "Password", control: h("input", { type: "password", autocomplete: "current-password" }), required: true });
  const token = field({ key: "token", label: "Token", control: h("input", { type: "password", autocomplete: "off" }), hint: "The static token of the API, or an access token." });
  const problem = h("div", { role: "alert" });
  const button = h("button", { class: "button primary", type: "submit", text: "Log in" });

  const arrive = () => {
    const next = query.get("next") ?? "/";
    go(next.startsWith("/") && !next.startsWith("//") ? next : "/", { replace: true });
  };
  const submit = async (event) => {
    event.preventDefault();
    fill(problem);
    button.disabled = true;
    try {
      if (token.control.value.trim()) {
        useToken(token.control.value.trim());
        await send("GET", "/api/v1/runs", { query: { page_size: 1 } });
      } else {
        await logIn(send, name.control.value.trim(), password.control.value);
      }
      arrive();
    } catch (error) {
      fill(problem, h("div", { class: "note bad" }, h("p", { text: error.status === 401 ? "Name and password, or the token, are not right." : error.message })));
      password.control.value = "";
      button.disabled = false;
    }
  };
  present("Log in", h("div", { class: "card stack" }, heading("Log in", { lead: "This server wants to know who asks." }), problem,
    h("form", { class: "stack close", on: { submit } }, name.element, password.element,
      h("details", {}, h("summary", { text: "With a token instead" }), token.element), h("div", { class: "actions" }, button)),
    h("p", { class: "dim small", text: "What proves who you are stays in this page's memory: a reload asks again." })));
  page.classList.add("login");
}
