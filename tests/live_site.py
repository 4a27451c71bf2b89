"""A site in memory under preview in a real browser: pages that a test sets, and changes that it publishes.

site = LiveSite()
site.write("guide/", document("<p>old</p>"))
with Running(site, scripts=browser_scripts()) as running: ...
site.write("guide/", document("<p>new</p>"))
site.publish("guide/")
"""

import msgspec

from octavo.digest import digest_bytes
from octavo.preview.events import EventHub
from octavo.preview.inject import inject, script_tag
from octavo.preview.values import Answer
from octavo.urls import encode_path
from preview_site import TOKEN, TableSite

_TYPES = {
    "css": "text/css", "js": "text/javascript", "json": "application/json", "png": "image/png", "svg": "image/svg+xml",
}  # fmt: skip


def document(body="", *, head="", title="A page", html='lang="en"', doctype="<!doctype html>"):
    """Write a page as a template does."""
    return (
        f'{doctype}\n<html {html}>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<link rel="icon" href="data:,">\n{head}</head>\n<body>\n{body}</body>\n</html>\n'
    )


def problem(severity="error", **fields):
    """Make a problem of a page as the preview tells it."""
    return {
        "code": "broken-link",
        "severity": severity,
        "message": "no page at `rooting.md`",
        "file": "content/guide.md",
        "line": 3,
        "column": 9,
        "excerpt": "See the [guide](rooting.md).",
        "hint": "did you mean `routing.md`?",
    } | fields


def change(live, tab, url, text):
    """Change a page, and wait until a tab shows the generation."""
    live.write(url, text)
    live.publish(url)
    wait_for(live, tab)


def wait_for(live, tab):
    """Wait until a tab shows the present generation."""
    tab.wait_for_function(
        "generation => document.querySelector('script[data-octavo-page]')?.dataset.octavoGeneration == generation",
        arg=live.generation,
    )


class LiveSite(TableSite):
    """Pages get the script's tag when they are asked for; what was asked is noted."""

    def __init__(self, base="/", *, run="R", token=TOKEN):
        super().__init__(base)
        self.answers.clear()
        self.token = token
        self.run = run
        self.generation = 1
        self.hub = EventHub({"run": run, "generation": 1})
        self.pages = {}
        self.failing = set()
        self.shown_problems = {}
        self.asked_problems = []
        self.write("404.html", document("<h1>No such page</h1>"))

    def write(self, url, text):
        """Set a page, or a file whose name has an end; None takes it away."""
        path = self.base + url
        kind = _TYPES.get(url.rpartition(".")[2])
        self.failing.discard(path)
        self.pages.pop(path, None)
        self.answers.pop(path, None)
        if text is not None and kind is not None:
            body = text if isinstance(text, bytes) else text.encode()
            self.answers[path] = Answer(body=body, content_type=kind, etag=digest_bytes(body))
        elif text is not None:
            self.pages[path] = text.encode()

    def fail(self, url, text):
        """Set what is shown in place of a page that cannot be made."""
        self.write(url, text)
        self.failing.add(self.base + url)

    def publish(self, *changed, problems=(), **fields):
        """Begin another generation, and tell all who listen what changed, by urls."""
        self.generation += 1
        state = {"run": self.run, "generation": self.generation}
        change = {
            "changed": [encode_path(self.base + url) for url in changed],
            "all": False,
            "problems": [encode_path(self.base + url) for url in problems],
            "allProblems": False,
        }
        self.hub.set_state(state)
        self.hub.publish(state | change | fields)

    def tell_check(self, url, **check):
        """Tell all who listen how far the run of a page's chapter is."""
        told = {"page": encode_path(self.base + url), **check}
        state = {"run": self.run, "generation": self.generation}
        self.hub.set_state(state | {"check": told if check["state"] == "running" else None})
        self.hub.publish(state | {"check": told}, name="check")

    def find(self, url, *problems):
        """Set the problems of a page."""
        self.shown_problems[self.base + url] = list(problems)

    def answer(self, path):
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        shown = path if path in self.pages else f"{self.base}404.html"
        status = 500 if path in self.failing else 200 if path in self.pages else 404
        html = self.pages[shown]
        tag = script_tag(
            token=self.token,
            page=encode_path(shown),
            etag=digest_bytes(html),
            generation=self.generation,
            run=self.run,
            problems=len(self.shown_problems.get(shown, [])),
        )
        return Answer(status=status, body=inject(html, tag), etag=digest_bytes(html), weak=True)

    def problems(self, page):
        self.asked_problems.append(page)
        return msgspec.json.encode(self.shown_problems.get(page, []))
