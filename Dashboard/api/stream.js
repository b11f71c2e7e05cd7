// Server-sent events over fetch, as EventSource cannot send a token. Resumes with Last-Event-ID after every
// loss: what arrives has no gap and, by the offsets, nothing twice.

import { open, isAbort } from "./client.js";

const silence = 40000;
// A tab that nobody sees gives its connection back after a while: a browser has six for one host.
const restAfter = 20000;
const slowest = 15000;

/**
 * Follows a stream until `signal` ends it.
 * `onEvent({id, type, data})` for each event, `onState("connected" | "reconnecting")`, `query` as for requests.
 */
export async function follow(path, { query, signal, after = null, onEvent, onState = () => {} }) {
  let last = after;
  let pause = 1000;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop);
    let watch = null;
    const hide = () => { if (document.hidden) away = setTimeout(stop, restAfter); else clearTimeout(away); };
    let away = null;
    document.addEventListener("visibilitychange", hide);
    try {
      const response = await open("GET", path, {
        query, signal: attempt.signal, accept: "text/event-stream", limit: 0,
        headers: last === null ? {} : { "Last-Event-ID": String(last) },
      });
      onState("connected");
      const beat = () => { clearTimeout(watch); watch = setTimeout(stop, silence); };
      beat();
      await read(response.body, beat, (event) => {
        pause = 1000;
        const offset = Number(event.id);
        if (event.id !== null && Number.isFinite(offset)) {
          if (last !== null && offset <= last) return;
          last = offset;
        }
        onEvent(event);
      }, (milliseconds) => { pause = Math.max(1000, Math.min(slowest, milliseconds)); });
    } catch (error) {
      if (signal.aborted) return;
      if (!isAbort(error) && error.status && error.status < 500 && error.status !== 429) throw error;
    } finally {
      clearTimeout(watch);
      clearTimeout(away);
      document.removeEventListener("visibilitychange", hide);
      signal.removeEventListener("abort", stop);
    }
    if (document.hidden) await shown(signal);
    if (signal.aborted) return;
    onState("reconnecting");
    await wait(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(slowest, pause * 2);
  }
}

/** Reads a body as the standard of server-sent events says. */
async function read(body, beat, emit, retry) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = { id: null, type: "message", data: [] };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    beat();
    rest += value;
    let end;
    while ((end = rest.search(/\r\n|\n|\r(?!$)/)) >= 0) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + (rest.startsWith("\r\n", end) ? 2 : 1));
      if (line === "") {
        if (event.data.length) emit({ ...event, data: parse(event.data.join("\n")) });
        event = { id: null, type: "message", data: [] };
      } else if (!line.startsWith(":")) {
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "data") event.data.push(text);
        else if (name === "event") event.type = text;
        else if (name === "id") event.id = text;
        else if (name === "retry" && /^\d+$/.test(text)) retry(Number(text));
      }
    }
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Until the tab is seen again. */
function shown(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
  });
}

function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
