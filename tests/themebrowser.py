"""Octavo's own site in a real browser: a server on a loopback port, and what the tests of the theme ask of a page."""

import functools
import http.server
import os
import threading
from pathlib import Path
from typing import Any, Self

from waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("", "flask/", "flask/foundations/", "handbook/kit/", "404.html")
"""Home, a section, a chapter, all parts on one page, and the page for addresses that do not exist."""
HEIGHTS = {320: 640, 360: 740, 768: 1024, 1280: 800, 1920: 1080}

# Set before any script of the page runs: violations of the policy and shifts of the layout.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event =>
  violations.push(event.effectiveDirective + " " + event.blockedURI));
window.shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


def find_tool(*names: str) -> str:
    """Find a file of an npm package, in `node_modules` of the checkout or of the folder that OCTAVO_NODE names."""
    for folder in (os.environ.get("OCTAVO_NODE", ""), str(ROOT)):
        path = os.path.join(folder, "node_modules", *names)
        if folder and os.path.exists(path):
            return path
    return ""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Keep silent."""


class Served:
    """A folder on a loopback port."""

    def __init__(self, folder: str) -> None:
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)
        )
        # It is told of its end by looking for it, so often.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Reader:
    """Opens pages of one site in tabs of their own."""

    def __init__(self, browser: Any, url: str, folder: Path) -> None:
        self._browser = browser
        self.url = url
        self.folder = folder
        self._open: list[Any] = []

    def open(self, path: str, *, width: int = 1280, scheme: str = "light", **options: Any) -> Any:
        """Open a page and wait until its scripts and fonts are there."""
        size = {"width": width, "height": HEIGHTS[width]}
        context = self._browser.new_context(viewport=size, color_scheme=scheme, **options)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(WATCH)
        self._open.append(context)
        page = context.new_page()
        page.goto(path if ":" in path else self.url + path)
        if options.get("java_script_enabled", True):
            page.evaluate("document.fonts.ready")
        return page

    def close(self) -> None:
        """Close all tabs."""
        while self._open:
            self._open.pop().close()
