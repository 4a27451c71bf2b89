"""A site in memory, its server, and tabs that show it."""

from urllib.parse import quote

import pytest

from live_site import LiveSite, document
from octavo.preview.scripts import browser_scripts
from preview_site import Running
from waiting import PATIENCE

LISTENS = f"""
// A page listens once it was told of the present; before any script of the page runs.
window.listens = new Promise((done, fail) => {{
    const note = port => port.addEventListener("message", () => done(), {{once: true}});
    window.SharedWorker = class extends SharedWorker {{ constructor(...given) {{ super(...given); note(this.port); }} }};
    window.Worker = class extends Worker {{ constructor(...given) {{ super(...given); note(this); }} }};
    setTimeout(fail, {PATIENCE * 1000}, "nobody listens");
}});
"""


@pytest.fixture(name="live")
def fixture_live():
    """A site of no pages but the 404 page."""
    return LiveSite()


@pytest.fixture(name="running")
def fixture_running(live):
    """The server of the site; no fault of the site may go unseen."""
    with Running(live, scripts=browser_scripts(), poll_seconds=0.05) as running:
        yield running

    assert [] == running.faults


@pytest.fixture(name="faults")
def fixture_faults():
    """What scripts and the browser complain of; a test clears the list of what it provokes."""
    return []


@pytest.fixture(name="window", scope="session")
def fixture_window(browser):
    """The browser's window; every test has an origin of its own, so nothing that one leaves can reach another."""
    window = browser.new_context()
    window.set_default_timeout(PATIENCE * 1000)
    window.add_init_script(LISTENS)
    yield window
    window.close()


@pytest.fixture(name="open_tab")
def fixture_open_tab(window, running, faults):
    """Open a tab; no script may fail unseen."""
    opened = []

    def note(said):
        if said.type == "error" and "Failed to load resource" not in said.text:
            faults.append(said.text)

    def open_tab():
        tab = window.new_page()
        opened.append(tab)
        tab.on("pageerror", lambda fault: faults.append(str(fault)))
        tab.on("console", note)
        return tab

    yield open_tab
    for tab in opened:
        tab.close()

    assert [] == faults


@pytest.fixture(name="tab")
def fixture_tab(open_tab):
    """One tab."""
    return open_tab()


@pytest.fixture(name="visit")
def fixture_visit(live, running):
    """Open a page in a tab, and wait until it listens: what is told before reaches it in another way."""

    def visit(tab, url):
        tab.goto(f"http://{running.host}{live.base}{quote(url)}")
        tab.evaluate("listens")

    return visit


@pytest.fixture(name="show")
def fixture_show(live, tab, visit):
    """Write a page, open it, and leave a mark that loading it anew takes away."""

    def show(body="", url="a/", text=None, **fields):
        live.write(url, text or document(body, **fields))
        visit(tab, url)
        tab.evaluate("window.mark = 'here'")

    return show
