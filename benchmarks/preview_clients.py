"""Who waits for a save in `preview.py`: a page in Chromium, and for Octavo a second listener without a browser.

The page stamps by its own clock, `performance.timeOrigin + performance.now()`; the write is stamped by `time.time_ns()`.
Both are the machine's wall clock, and `clock_offset` measures how far apart they can be.
"""

import asyncio
import contextlib
import http.client
import json
import random
import re
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, async_playwright
from preview_tools import Server, Tool, save, with_marker

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-proxy-server",
    # Nothing but this machine: fonts from elsewhere fail at once instead of keeping a page waiting.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip

RECONNECT_S = 1.2
"""What a page that was loaded anew is given before the next save: until it listens again it is told of nothing, and a
save in that time would count as lost by the tool. (Hugo, 60 saves: 5 so without it, none with it.)"""

INIT_SCRIPT = r"""
(() => {
  if (window !== window.top) return;
  const tell = (kind, text) => {
    const at = performance.timeOrigin + performance.now();
    benchTell(JSON.stringify({ kind, at, text: String(text).slice(0, 4000) }));
  };
  const said = (data) => (typeof data === "string" ? data : JSON.stringify(data));
  const hear = (target, kind, names) => {
    for (const name of names) target.addEventListener(name, (event) => tell(kind, said(event.data)));
  };
  // Our listener is the first of each of these, so it stamps before the tool's own begins to work.
  window.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); hear(this, "websocket", ["message"]); }
  };
  window.EventSource = class extends EventSource {
    constructor(...given) { super(...given); hear(this, "eventsource", ["message", "hello", "change"]); }
  };
  if (window.SharedWorker) window.SharedWorker = class extends SharedWorker {
    constructor(...given) { super(...given); hear(this.port, "sharedworker", ["message"]); }
  };
  window.XMLHttpRequest = class extends XMLHttpRequest {
    constructor() {
      super();
      this.addEventListener("load", () => {
        const asked = /\/livereload\/([\d.]+)\//.exec(this.responseURL);
        if (asked && parseFloat(this.responseText) > parseFloat(asked[1])) tell("xhr", "livereload " + asked[1]);
      });
    }
  };
  let last = "", holder = null;
  const look = () => {
    if (!document.body) return;
    const within = holder && holder.isConnected ? holder : document.body;
    const found = /mark\d{8}/.exec(within.textContent);
    if (!found) { holder = null; return; }
    if (found[0] === last) return;
    last = found[0];
    tell("dom", last);
    for (holder = document.body; ;) {
      const inner = [...holder.children].find((child) => child.textContent.includes(last));
      if (!inner) break;
      holder = inner;
    }
  };
  new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
})();
"""


@dataclass
class Heard:
    """What the clients have been told in one session."""

    messages: list[tuple[float, str, str]] = field(default_factory=list)
    """Moment, kind and text of each message that reached the page."""
    listened: list[tuple[float, str]] = field(default_factory=list)
    """Moment and text of each event that reached the listener without a browser."""
    seen: dict[str, float] = field(default_factory=dict)
    """When each marker was in the document."""
    navigations: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """How many saves, how long to wait."""

    saves: int
    seconds: float
    """Waiting time after which no further save begins."""
    lost_after: float
    """Seconds after which a save counts as lost; once three have arrived, also ten, or thrice the slowest of them."""
    pauses: random.Random
    next_marker: Callable[[], str]


def measure_saves(tool: Tool, server: Server, chromium: str, plan: Plan) -> dict[str, Any]:
    """Save the page that Chromium shows, again and again; gives the saves and the error of the clock."""
    heard, ended = Heard(), threading.Event()
    listener = None
    if tool.name == "octavo":
        listener = threading.Thread(target=_listen, args=(server, heard, ended), daemon=True)
        listener.start()
    try:
        return asyncio.run(_in_chromium(tool, server, chromium, plan, heard))
    finally:
        ended.set()
        if listener is not None:
            listener.join(5)


async def _in_chromium(tool: Tool, server: Server, chromium: str, plan: Plan, heard: Heard) -> dict[str, Any]:
    project = server.project
    async with _open_page(chromium, heard) as (page, arrived):
        if not await _come_back(page, server.url(project.address)):
            return {"saves": [], "clock_ms": [0, 0], "kinds": [], "notes": ["the page could not be opened"]}
        clock = [await clock_offset(page)]
        saves: list[dict[str, Any]] = []
        arrivals: list[float] = []
        notes: list[str] = []
        lost_in_a_row = 0
        while len(saves) < plan.saves and sum(arrivals) < plan.seconds:
            marker = plan.next_marker()
            text = with_marker(project.page.read_text(encoding="utf-8"), marker)
            arrived.clear()
            written = save(project.page, text)
            saves.append({"marker": marker, "at": written})
            limit = min(plan.lost_after, max(10, 3 * max(arrivals))) if len(arrivals) > 2 else plan.lost_after
            if await _wait_for(marker, heard, arrived, limit):
                arrivals.append((heard.seen[marker] - written) / 1000)
                lost_in_a_row = 0
            else:
                lost_in_a_row += 1
                if lost_in_a_row == 3:
                    notes.append("stopped after three lost saves in a row")
                    break
                if not await _come_back(page, server.url(project.address)):
                    notes.append("stopped: the page could not be opened again")
                    break
            await asyncio.sleep(plan.pauses.uniform(0.3, 1.2))
            if any(moment > written for moment in heard.navigations):
                await asyncio.sleep(RECONNECT_S)
        clock.append(await clock_offset(page))
    low, high = min(low for low, _ in clock), max(high for _, high in clock)
    return {"saves": _times(tool, project.address, saves, heard), "clock_ms": [low, high], "notes": notes,
            "kinds": sorted({kind for _, kind, text in heard.messages if tool.is_reload(text, project.address)})}  # fmt: skip


async def _come_back(page: Page, url: str) -> bool:
    """Open the page and give its own listener time to connect; False where the server is gone."""
    try:
        await page.goto(url, wait_until="load")
    except PlaywrightError:
        return False
    await asyncio.sleep(2)
    return True


async def _wait_for(marker: str, heard: Heard, arrived: asyncio.Event, seconds: float) -> bool:
    """Wait until the marker has been seen in the document; False after the limit."""
    try:
        async with asyncio.timeout(seconds):
            while marker not in heard.seen:
                await arrived.wait()
                arrived.clear()
    except TimeoutError:
        return False
    return True


def _times(tool: Tool, address: str, saves: list[dict[str, Any]], heard: Heard) -> list[dict[str, Any]]:
    """Turn moments into milliseconds since the write.

    A save's event is the last one that names the page before the document changed: a tool that reloads twice for
    one save is not credited with the first.
    """
    events = [at for at, _, text in heard.messages if tool.is_reload(text, address)]
    listened = [at for at, text in heard.listened if tool.is_reload(text, address)]
    rows = []
    for place, one in enumerate(saves):
        begin = one["at"]
        end = saves[place + 1]["at"] if place + 1 < len(saves) else float("inf")
        dom = heard.seen.get(one["marker"])
        dom = dom if dom is not None and dom < end else None
        until = end if dom is None else dom
        within = [at - begin for at in events if begin <= at <= until]
        # The listener without a browser hears an event a little before or after the page does.
        outside = [at - begin for at in listened if begin <= at <= min(until + 50, end)]
        rows.append({
            "dom_ms": None if dom is None else round(dom - begin, 3),
            "event_ms": round(within[-1], 3) if within else None,
            "listener_ms": round(outside[-1], 3) if outside else None,
            "events": sum(begin <= at < end for at in events),
            "navigations": sum(begin <= at < end for at in heard.navigations),
        })  # fmt: skip
    return rows


@contextlib.asynccontextmanager
async def _open_page(chromium: str, heard: Heard) -> AsyncIterator[tuple[Page, asyncio.Event]]:
    """Open a page whose init script reports to *heard*; the event is set when a marker has been seen."""
    arrived = asyncio.Event()

    def on_told(call: dict[str, str]) -> None:
        told = json.loads(call["payload"])
        if told["kind"] == "dom":
            heard.seen.setdefault(told["text"], told["at"])
            arrived.set()
        else:
            heard.messages.append((told["at"], told["kind"], told["text"]))

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        try:
            context = await browser.new_context(viewport={"width": 1200, "height": 900})
            page = await context.new_page()
            session = await context.new_cdp_session(page)
            session.on("Runtime.bindingCalled", on_told)
            await session.send("Runtime.enable")
            await session.send("Runtime.addBinding", {"name": "benchTell"})
            await page.add_init_script(INIT_SCRIPT)
            page.on("framenavigated", lambda frame: _note_navigation(frame, page, heard))
            yield page, arrived
        finally:
            await browser.close()


def _note_navigation(frame: Any, page: Page, heard: Heard) -> None:
    if frame == page.main_frame:
        heard.navigations.append(time.time_ns() / 1e6)


async def clock_offset(page: Page) -> tuple[float, float]:
    """Give the narrowest bounds in milliseconds for how far the page's clock is ahead of ours."""
    bounds = []
    for _ in range(40):
        before = time.time_ns() / 1e6
        there = await page.evaluate("performance.timeOrigin + performance.now()")
        after = time.time_ns() / 1e6
        bounds.append((there - after, there - before))
    return min(bounds, key=lambda pair: pair[1] - pair[0])


def _listen(server: Server, heard: Heard, ended: threading.Event) -> None:
    """Follow Octavo's events over a plain connection, in a thread of its own, until the session has ended."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("GET", server.project.address)
        found = re.search(rb'data-octavo-token="([^"]+)"', connection.getresponse().read())
        if found is None:
            return
        connection.request(
            "GET", f"/-octavo/events?token={found[1].decode()}", headers={"Accept": "text/event-stream"}
        )
        stream = connection.getresponse()
        while not ended.is_set():
            line = stream.readline()
            at = time.time_ns() / 1e6
            if not line:
                return
            if line.startswith(b"data:"):
                heard.listened.append((at, line[5:].decode().strip()))
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def chromium_version(path: str) -> str:
    """Ask Chromium for its version."""
    return asyncio.run(_chromium_version(path))


async def _chromium_version(path: str) -> str:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        try:
            return browser.version
        finally:
            await browser.close()
