"""The connection to the preview: one for all tabs, found again, and given up where nobody looks."""

import threading

import pytest
from playwright.sync_api import expect

from live_site import LiveSite, change, document, problem
from octavo.preview.scripts import browser_scripts
from preview_site import Running
from waiting import PATIENCE

LOST = "Lost the connection to the preview"
CSP = "default-src 'self'; script-src 'self'; style-src 'self'"
WITHOUT_SHARED_WORKER = "delete window.SharedWorker"
HIDE = """isHidden => {
    Object.defineProperty(document, "hidden", {value: isHidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(name="restart")
def fixture_restart(running):
    """Serve another run of a site on the same port, after the first has ended."""
    started = []

    def restart(site):
        again = Running(site, address=running.host, scripts=browser_scripts(), poll_seconds=0.05)
        again.__enter__()
        started.append(again)

    yield restart
    for again in started:
        again.__exit__()
        assert [] == again.faults


PANEL_IS_THERE = "customElements.get('octavo-panel') !== undefined"


def test_preview_that_was_started_again_is_found_and_its_pages_shown(live, running, tab, show, restart):
    show("<p>old</p>")
    tab.wait_for_function(PANEL_IS_THERE)
    live.find("a/", problem())
    running.__exit__()
    lost = tab.get_by_text(LOST).and_(tab.locator(".pill"))
    lost.wait_for()
    assert "old" == tab.locator("body p").inner_text()

    other = LiveSite(run="S", token="another token")
    other.write("a/", document("<p>new</p>"))
    other.find("a/", problem(message="found by the second run"))
    restart(other)

    tab.locator("body p", has_text="new").wait_for()
    tab.get_by_text("found by the second run").wait_for()
    lost.wait_for(state="hidden")
    other.write("a/", document("<p>newer</p>"))
    other.publish("a/")
    tab.locator("body p", has_text="newer").wait_for()
    assert "here" == tab.evaluate("window.mark")


def test_preview_that_was_started_again_with_the_same_pages_leaves_them(live, running, tab, show, restart):
    show("<p>same</p>")
    tab.evaluate("window.before = document.body.firstElementChild")
    tab.wait_for_function(PANEL_IS_THERE)
    running.__exit__()
    tab.get_by_text(LOST).first.wait_for()

    other = LiveSite(run="S", token="another token")
    other.write("a/", document("<p>same</p>"))
    restart(other)

    tab.wait_for_function("document.querySelector('script[data-octavo-run]').dataset.octavoRun === 'S'")
    assert tab.evaluate("before.isConnected")
    assert "another token" == tab.locator("script[data-octavo-token]").get_attribute("data-octavo-token")


def test_page_that_is_gone_after_the_restart_shows_the_404_page(live, running, tab, show, restart):
    show("<p>old</p>")
    tab.wait_for_function(PANEL_IS_THERE)
    running.__exit__()
    tab.get_by_text(LOST).first.wait_for()

    restart(LiveSite(run="S", token="another token"))

    tab.get_by_role("heading", name="No such page").wait_for()


@pytest.mark.parametrize("count", [8, pytest.param(50, marks=pytest.mark.slow)])
def test_many_tabs_load_hold_one_connection_and_all_change(live, open_tab, running, count):
    """A browser opens six connections to a host: with a stream for each tab, the seventh would never load."""
    tabs = [open_tab() for _ in range(count)]
    for number, tab in enumerate(tabs):
        live.write(f"{number}/", document("<p>old</p>"))
        tab.goto(f"http://{running.host}/{number}/", wait_until="commit")
    for tab in tabs:
        tab.locator("body p", has_text="old").wait_for()
        tab.evaluate("listens")

    for number in range(count):
        live.write(f"{number}/", document("<p>new</p>"))
    live.publish(*(f"{number}/" for number in range(count)))

    for tab in tabs:
        tab.locator("body p", has_text="new").wait_for()
    assert 1 == live.hub.listeners


def test_tabs_come_and_go_while_others_listen(live, open_tab, visit, tab, show):
    show("<p>old</p>")
    live.write("b/", document("<p>old</p>"))
    second = open_tab()
    visit(second, "b/")
    visit(second, "a/")
    tab.close()

    live.write("a/", document("<p>new</p>"))
    live.publish("a/")
    second.locator("body p", has_text="new").wait_for()
    second.go_back()
    live.write("b/", document("<p>newer</p>"))
    live.publish("b/")

    second.locator("body p", has_text="newer").wait_for()


def test_tab_without_shared_worker_listens_on_its_own_and_only_while_it_is_seen(live, tab, show):
    tab.add_init_script(WITHOUT_SHARED_WORKER)
    ended = threading.Event()
    forget = live.hub.forget
    live.hub.forget = lambda subscription: (forget(subscription), ended.set())
    show("<p>old</p>")
    assert tab.evaluate("typeof SharedWorker") == "undefined"

    tab.evaluate(HIDE, True)
    assert ended.wait(PATIENCE), "the tab still holds its connection"
    assert 0 == live.hub.listeners
    live.write("a/", document("<p>new</p>"))
    live.publish("a/")
    assert "old" == tab.locator("body p").inner_text()
    tab.evaluate(HIDE, False)

    tab.locator("body p", has_text="new").wait_for()
    live.write("a/", document("<p>newer</p>"))
    live.publish("a/")
    tab.locator("body p", has_text="newer").wait_for()


def test_shared_worker_that_fails_is_replaced(live, tab, show):
    tab.add_init_script("""window.SharedWorker = class extends EventTarget {
        port = {postMessage() {}};
        constructor() { super(); setTimeout(() => this.onerror()); }
    }""")
    show("<p>old</p>")

    live.write("a/", document("<p>new</p>"))
    live.publish("a/")

    tab.locator("body p", has_text="new").wait_for()


def test_everything_works_under_a_strict_content_security_policy(live, tab, visit, faults):
    def answer(route):
        reply = route.fetch()
        route.fulfill(response=reply, headers=reply.headers | {"content-security-policy": CSP})

    tab.route("**/a/", answer)
    live.write("p.1.css", "p { color: red }")
    live.write("p.2.css", "p { color: blue }")
    live.write("icon.png", b"")

    def write(text, number):
        head = f'<link rel="stylesheet" href="../p.{number}.css">'
        live.write("a/", document(text, head=head).replace("data:,", "../icon.png"))

    write("<p>old</p><style>p { color: lime }</style>", 1)
    live.find("a/", problem())
    visit(tab, "a/")
    fold = tab.get_by_role("button", name="Fold")
    assert fold.evaluate("element => getComputedStyle(element).cursor") == "pointer", "the panel has no style"
    assert tab.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(255, 0, 0)", (
        "the policy is not in force"
    )
    refused = [fault for fault in faults if "Content Security Policy" in fault]
    assert 1 == len(refused), "the policy refuses something of ours, besides the page's own style"
    faults.clear()

    write("<p>new</p>", 2)
    live.publish("a/")

    # Functions that the page is asked for again and again are compiled in it, which this policy refuses; so no such wait.
    expect(tab.locator("body p", has_text="new")).to_have_css("color", "rgb(0, 0, 255)")
    fold.click()
    tab.get_by_role("button", name="1 error").wait_for()


@pytest.mark.parametrize("live", [LiveSite("/project/")], ids=["project"])
def test_page_under_another_base_path_is_found(live, tab, show):
    show("<p>old</p>")

    change(live, tab, "a/", document("<p>new</p>"))

    assert "new" == tab.locator("body p").inner_text()
