// Every request of the dashboard goes through here: tokens, ids, errors, time limits.

import { answered, unanswered } from "./connection.js";
import { APIProblem, ConnectionProblem } from "./problem.js";
import { accessToken, refresh } from "./session.js";

const timeLimit = 20000;
let loginWanted = () => {};

/** What to do when the server wants to know who asks. */
export function onLoginWanted(act) {
  loginWanted = act;
}

/** 32 hexadecimal digits. */
export function randomID() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The address of a path with a query; empty values are left out, lists repeat the name. */
export function address(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) if (item !== undefined && item !== null && item !== "") search.append(name, String(item));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Sends a request and gives the answer's JSON (null without a body).
 * Throws APIProblem, ConnectionProblem, or an AbortError when `signal` ends it.
 */
export async function send(method, path, options = {}) {
  const response = await open(method, path, options);
  if (response.status === 204 || response.status === 205) return null;
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sends a request and gives the response once its status is one of success. */
export async function open(method, path, { query, body, signal, headers = {}, isPublic = false, accept = "application/json", limit = timeLimit } = {}) {
  const correlationID = randomID();
  // Logging in takes no key: nothing of it is kept.
  const key = method === "GET" || path.startsWith("/api/v1/auth/") ? null : randomID();
  const attempt = () => exchange(method, address(path, query), { body, signal, isPublic, limit, headers: {
    Accept: accept, "X-Correlation-ID": correlationID, ...(key ? { "Idempotency-Key": key } : {}), ...headers,
  } });
  let response = await attempt();
  if (response.status === 401 && !isPublic && await refresh(send)) response = await attempt();
  if (response.ok) return response;
  const problem = new APIProblem(response.status, await bodyOf(response), response.headers.get("X-Correlation-ID") ?? correlationID);
  if (response.status === 401 && !isPublic) loginWanted();
  throw problem;
}

async function exchange(method, target, { body, signal, isPublic, limit, headers }) {
  const own = new AbortController();
  const stop = () => own.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const timer = limit ? setTimeout(() => own.abort("too slow"), limit) : null;
  const token = isPublic ? null : accessToken();
  try {
    const response = await fetch(target, {
      method, cache: "no-store", credentials: "same-origin", redirect: "error", signal: own.signal,
      headers: { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    answered();
    return response;
  } catch (error) {
    if (signal?.aborted) throw new DOMException("no longer wanted", "AbortError");
    unanswered();
    throw new ConnectionProblem();
  } finally {
    clearTimeout(timer);
    if (!signal) own.signal.removeEventListener?.("abort", stop);
  }
}

async function bodyOf(response) {
  try {
    return JSON.parse(await response.text());
  } catch {
    return null;
  }
}

export const get = (path, options) => send("GET", path, options);
export const post = (path, body, options) => send("POST", path, { ...options, body: body ?? {} });
export const remove = (path, options) => send("DELETE", path, options);

/** The list in an answer, whatever it is called there, with how many there are in all. */
export function listIn(body, ...names) {
  if (Array.isArray(body)) return { items: body, total: body.length };
  for (const name of [...names, "items", "data", "results", "entries"]) {
    if (Array.isArray(body?.[name])) {
      return { items: body[name], total: body.total ?? body.pagination?.total ?? body.meta?.total ?? null };
    }
  }
  return { items: [], total: 0 };
}

/** Whether an error only says that the page was left. */
export const isAbort = (error) => error?.name === "AbortError";

/** Saves an answer as a file, with the token that a plain link would not carry. */
export async function download(path, name, query) {
  const response = await open("GET", path, { query, accept: "*/*", limit: 0 });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ?? /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "download";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
