"""Pages of another origin, in a real browser: they read nothing of the preview, run nothing of it and frame nothing of it.

The same page does all of it with success where the preview itself serves it: so what fails elsewhere fails for its origin.
"""

import base64
import http.server
import threading

import pytest

from octavo.edges.server import handler
from octavo.preview.values import Answer
from preview_site import TOKEN, Running
from waiting import PATIENCE

SECRET = "the text of a draft"
AWHILE = 1500
"""Milliseconds in which a frame that is refused is waited for: browsers do not tell of all of them."""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

ATTACK = """<!doctype html><meta charset="utf-8"><title>Attack</title><body><script>
function load(tag, fields) {
  return new Promise(done => {
    const element = Object.assign(document.createElement(tag), fields);
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    document.body.append(element);
    setTimeout(done, 60000, "silent");
  });
}
async function read(url, options) {
  try { const reply = await fetch(url, options); return `${reply.type}: ${await reply.text()}`; }
  catch (error) { return "refused"; }
}
function follow(url) {
  return new Promise(done => {
    const source = new EventSource(url);
    source.addEventListener("hello", event => { source.close(); done(`heard: ${event.data}`); });
    source.onerror = () => { source.close(); done("refused"); };
  });
}
function work(url) {
  return new Promise(done => {
    try {
      const worker = new Worker(url);
      worker.onmessage = event => done(event.data);
      worker.onerror = () => done("refused");
    } catch (error) { done("refused"); }
  });
}
function speak(url) {
  return new Promise(done => {
    const socket = new WebSocket(url.replace("http", "ws"));
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
  });
}
async function attack(victim, token, patience) {
  const found = {};
  found.script = await load("script", {src: victim + "/-octavo/preview.js"});
  found.module = await load("script", {src: victim + "/-octavo/preview.js?m", type: "module"});
  found.executed = String(window.executed);
  found.page_as_script = await load("script", {src: victim + "/data.json"});
  found.image = await load("img", {src: victim + "/pixel.png"});
  found.style = await load("link", {href: victim + "/style.css", rel: "stylesheet"});
  found.fetch = await read(victim + "/draft/");
  found.fetch_no_cors = await read(victim + "/draft/", {mode: "no-cors"});
  found.fetch_with_cookies = await read(victim + "/draft/", {credentials: "include"});
  found.fetch_with_field = await read(victim + "/draft/", {headers: {"X-Asks-First": "1"}});
  found.fetch_problems = await read(`${victim}/-octavo/problems?token=${token}&page=/draft/`);
  found.events = await follow(`${victim}/-octavo/events?token=${token}`);
  found.worker = await work(victim + "/-octavo/listener.js");
  found.socket = await speak(victim + "/");
  for (const tag of ["iframe", "object", "embed"]) {
    const fields = tag === "object" ? {data: victim + "/draft/", type: "text/html"} : {src: victim + "/draft/"};
    await Promise.race([load(tag, fields), new Promise(done => setTimeout(done, patience))]);
  }
  return found;
}
</script>"""

SCRIPTS = {
    "preview.js": b"window.executed = 'as ours';",
    "listener.js": b"postMessage('at work');",
}

REFUSED = {
    "script": "refused", "module": "refused", "executed": "undefined", "page_as_script": "refused", "image": "refused",
    "style": "refused", "fetch": "refused", "fetch_no_cors": "refused", "fetch_with_cookies": "refused",
    "fetch_with_field": "refused", "fetch_problems": "refused", "events": "refused", "worker": "refused", "socket": "refused",
}  # fmt: skip


class Attacker(http.server.ThreadingHTTPServer):
    """Serves the page of an attacker under whatever name it is asked for."""

    class RequestHandlerClass(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(ATTACK)))
            self.end_headers()
            self.wfile.write(ATTACK.encode())

        def log_message(self, *args):
            """Say nothing."""

    def __init__(self, host):
        super().__init__((host, 0), self.RequestHandlerClass)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture(name="browser", scope="module")
def fixture_browser(launch):
    """A browser in which one more name leads to this machine, as an attacker can make his."""
    browser = launch("--host-resolver-rules=MAP rebound.example 127.0.0.1")
    yield browser
    browser.close()


@pytest.fixture(name="page")
def fixture_page(browser):
    """A tab of its own, without what other tabs left behind."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture(name="victim")
def fixture_victim(tmp_path):
    """A preview with a secret page, a picture and scripts."""
    (tmp_path / "pixel.png").write_bytes(PIXEL)
    with Running(scripts=SCRIPTS, poll_seconds=0.05) as running:
        running.site.page("draft/", f"<!doctype html><title>Draft</title><p>{SECRET}</p>")
        running.site.page("attack/", ATTACK)
        running.site.file("pixel.png", tmp_path / "pixel.png", "image/png")
        running.site.answers["/style.css"] = Answer(content_type="text/css", body=b"body { color: red }")
        running.site.answers["/data.json"] = Answer(
            content_type="text/javascript", body=b"window.executed = 'as ours';"
        )
        yield running

    assert [] == running.faults


def framed(page):
    """Give the text of everything that is shown within the page."""
    return " ".join(frame.content() for frame in page.frames[1:])


def test_the_attack_works_where_the_preview_itself_serves_it(victim, page):
    page.goto(f"http://localhost:{victim.port}/attack/")
    found = page.evaluate(
        "args => attack(...args)", [f"http://localhost:{victim.port}", TOKEN, PATIENCE * 1000]
    )

    assert ("loaded", "loaded", "as ours") == (found["script"], found["module"], found["executed"])
    assert ("loaded", "loaded", "at work") == (found["image"], found["style"], found["worker"])
    assert SECRET in found["fetch"]
    assert SECRET in found["fetch_no_cors"]
    assert "broken-link" in found["fetch_problems"]
    assert found["events"].startswith("heard: ")
    assert SECRET in framed(page)


@pytest.mark.parametrize(
    ("bound", "attacker", "victim_host"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", "127.0.0.1", id="same site, another port"),
        pytest.param("127.0.0.1", "localhost", "localhost", id="same name, another port"),
        pytest.param("127.0.0.1", "localhost", "127.0.0.1", id="another name of this machine"),
        pytest.param("127.0.0.2", "127.0.0.2", "127.0.0.1", id="another address of this machine"),
        pytest.param("127.0.0.1", "evil.localhost", "localhost", id="a name below ours"),
        pytest.param("127.0.0.1", "rebound.example", "localhost", id="another site"),
    ],
)
def test_a_page_of_another_origin_gets_nothing(victim, page, bound, attacker, victim_host):
    with Attacker(bound) as server:
        page.goto(f"http://{attacker}:{server.server_port}/")
        found = page.evaluate(
            "args => attack(...args)", [f"http://{victim_host}:{victim.port}", TOKEN, AWHILE]
        )

        assert REFUSED == found
        assert SECRET not in framed(page)
        assert 0 == victim.site.hub.listeners
        page.goto("about:blank")


@pytest.mark.parametrize("attacker", ["localhost", "rebound.example"])
def test_a_browser_that_does_not_say_for_whom_it_asks_keeps_others_out_by_what_it_is_told(
    victim, page, attacker, monkeypatch
):
    monkeypatch.setattr(handler, "judge", lambda *_request: None)
    with Attacker("127.0.0.1") as server:
        page.goto(f"http://{attacker}:{server.server_port}/")
        found = page.evaluate("args => attack(...args)", [f"http://localhost:{victim.port}", TOKEN, AWHILE])

        assert REFUSED == found
        assert "/draft/" in victim.site.asked
        assert SECRET not in framed(page)
        page.goto("about:blank")


def test_a_page_whose_name_was_led_here_is_refused_with_the_option_that_allows_it(victim, page):
    reply = page.goto(f"http://rebound.example:{victim.port}/draft/")

    assert 403 == reply.status
    assert "octavo serve --allow-host rebound.example" in page.content()
    assert SECRET not in page.content()


def test_a_form_of_another_site_changes_nothing(victim, page):
    with Attacker("127.0.0.1") as server:
        page.goto(f"http://rebound.example:{server.server_port}/")
        with page.expect_navigation() as navigation:
            page.evaluate(
                """url => { const form = document.createElement("form"); form.method = "post"; form.action = url;
                form.innerHTML = '<input name="a" value="b">'; document.body.append(form); form.submit(); }""",
                f"http://localhost:{victim.port}/draft/",
            )

        assert 405 == navigation.value.status
        assert SECRET not in page.content()
        assert "/draft/" not in victim.site.asked
        page.goto("about:blank")


def test_a_link_of_another_site_is_followed_and_its_page_cannot_look_in(victim, page):
    with Attacker("127.0.0.1") as server:
        page.goto(f"http://rebound.example:{server.server_port}/")
        with page.expect_popup() as opened:
            page.evaluate(
                "url => { window.opened = window.open(url); }", f"http://localhost:{victim.port}/draft/"
            )
        opened.value.wait_for_load_state()

        assert SECRET in opened.value.content()
        assert "refused" == page.evaluate(
            "() => { try { return window.opened.document.body.textContent; } catch (error) { return 'refused'; } }"
        )
        page.goto("about:blank")


def test_a_page_shows_its_own_frames(victim, page):
    victim.site.page("framing/", '<!doctype html><iframe src="/draft/"></iframe>')
    page.goto(f"http://127.0.0.1:{victim.port}/framing/")

    assert SECRET in framed(page)
