// Listens to the preview's events on behalf of the tabs that show its pages.
//
// It runs as a SharedWorker, so that any number of tabs hold one connection: a browser opens no more than six
// to a host, and six tabs with a stream each would leave none for pages. Where there is no SharedWorker, each
// tab runs it as a worker of its own.
//
// A tab sends {join: true, token, page}, or {join: false} when it goes. It is told of events,
// {name: "hello" | "change" | "check", token, ...data}, and {name: "lost"} when nobody answers any more.
"use strict";

const PAUSES = [1000, 2000, 4000, 5000]; // ms, before each attempt to find the preview; the last repeats
const TAG = /<script src="\/-octavo\/preview\.js" defer data-octavo-token="([^"]*)"/;

const tabs = new Map(); // port -> address of its page
let token = "";
let stream = null;
let state = null; // what the last event said; null while nothing is known
let failures = 0;
let attempts = 0;
let timer = 0;

function tell(message) {
  for (const port of tabs.keys()) port.postMessage(message);
}

function listen() {
  stream = new EventSource(`/-octavo/events?token=${encodeURIComponent(token)}`);
  stream.onerror = lose; // by itself it would try the old token again, which another run refuses
  stream.addEventListener("hello", hear);
  stream.addEventListener("change", hear);
  stream.addEventListener("check", hear);
}

function hear({ type, data }) {
  const heard = JSON.parse(data);
  failures = 0;
  const isRunning = heard.check?.state === "running";
  const check = "check" in heard ? (isRunning ? heard.check : null) : state?.check;
  state = { run: heard.run, generation: heard.generation, token, check };
  tell({ ...heard, name: type, token });
}

function stop() {
  clearTimeout(timer);
  stream?.close();
  stream = state = null;
  attempts += 1;
}

function lose() {
  stop();
  tell({ name: "lost" });
  timer = setTimeout(recover, PAUSES[Math.min(failures, PAUSES.length - 1)]);
  failures += 1;
}

// Every run of the preview has another token; any page that it serves says which.
async function recover() {
  stop();
  const attempt = attempts;
  try {
    const page = [...tabs.values()].at(-1);
    const found = TAG.exec(await (await fetch(page, { cache: "no-store" })).text());
    if (attempt !== attempts) return;
    token = found[1]; // throws where something else answers on this port
    listen();
  } catch {
    if (attempt === attempts) lose();
  }
}

function join(port, data) {
  const isFirst = tabs.size === 0;
  tabs.set(port, data.page);
  if (isFirst) {
    token = data.token;
    listen();
  } else if (state) {
    port.postMessage({ ...state, name: "hello" });
  } else if (!stream) {
    port.postMessage({ name: "lost" });
    recover(); // somebody looks at a page, so it is worth a try before the pause is over
  }
}

function leave(port) {
  tabs.delete(port);
  if (tabs.size === 0) {
    stop();
    failures = 0;
  }
}

function attend(port) {
  port.onmessage = ({ data }) => (data.join ? join(port, data) : leave(port));
}

if ("onconnect" in self) self.onconnect = ({ ports }) => attend(ports[0]);
else attend(self);
