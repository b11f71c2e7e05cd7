// Makes elements. Text only ever becomes text: nothing here, and nothing in the dashboard, parses HTML.

const svgNames = new Set(["svg", "path", "rect", "line", "circle", "g", "title", "text"]);
const svgSpace = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `text`, `on`, `data`, else attributes) and children. */
export function h(name, properties = {}, ...children) {
  const element = svgNames.has(name) ? document.createElementNS(svgSpace, name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) set(element, key, value);
  put(element, children);
  return element;
}

function set(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key === "text") element.textContent = String(value);
  else if (key === "class") element.setAttribute("class", value);
  else if (key === "on") for (const [name, act] of Object.entries(value)) element.addEventListener(name, act);
  else if (key === "data") for (const [name, item] of Object.entries(value)) element.dataset[name] = item;
  else if (key === "value") element.value = value;
  else if (key === "checked" || key === "selected" || key === "disabled") element[key] = Boolean(value);
  else if (key === "href") element.setAttribute("href", safeAddress(String(value)));
  else if (/^on/i.test(key) || key === "style" || key === "srcdoc") throw new Error(`attribute ${key} is not made`);
  else element.setAttribute(key, value === true ? "" : String(value));
}

/** Addresses of this site, or those of the web: never a script. */
function safeAddress(text) {
  return /^(\/(?!\/)|#|\?|https?:\/\/|blob:)/.test(text) ? text : "#";
}

/** Adds children: elements, texts, lists of them; nothing for null. */
export function put(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Replaces everything inside an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, children);
}

/** Replaces what is inside only when its text differs, so that a focus or selection there stays. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
  return element;
}

let lastIdentifier = 0;

/** An id that no other element has. */
export function freshId(prefix = "e") {
  lastIdentifier += 1;
  return `${prefix}-${lastIdentifier}`;
}
