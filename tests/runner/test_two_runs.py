"""Two runs on one machine at the same time, whose servers want the same port."""

import os
import re

import pytest

from testedsite import ISOLATIONS, PATIENCE, TestedSite
from waiting import free_port, wait_until

SERVER = """```python title="server.py"
import http.server
import os


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{name}")


server = http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
print("ready", flush=True)
server.serve_forever()
```

```console background="web"
$ python server.py
ready
```

```http
GET / HTTP/1.1

HTTP/1.1 200 OK

{name}
```
"""
"""A chapter whose server says who it is: an answer of the other run would be seen."""
MEET = """
```console
$ echo > "$MEETING"
```

```http
GET / HTTP/1.1

HTTP/1.1 200 OK

{name}
```
"""
"""A command that waits until somebody reads what it writes."""


@pytest.fixture(name="port")
def fixture_port():
    """A port that nobody has."""
    return free_port()


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    """Start runs of one user; those that a failed test leaves are ended."""
    started = []

    def start(site, isolation):
        settings = {"OCTAVO_ISOLATION": "ports"} if isolation == "ports" else {}
        started.append(site.start("test", "--trust", XDG_RUNTIME_DIR=str(tmp_path), **settings))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.communicate()


@pytest.fixture(name="make")
def fixture_make(tmp_path, environments, port):
    """Make sites that are tested on the same port and by the same user."""
    sites = []

    def make(name, text, **variables):
        listed = "".join(f", {key}: '{value}'" for key, value in variables.items())
        site = TestedSite(tmp_path / name / "site", environments)
        site.tutorial(f"timeout: 2m\nports: [{port}]\nenv: {{vars: {{PORT: '{port}'{listed}}}}}")
        sites.append(site)
        return site.chapter(text.replace("{name}", name))

    yield make
    assert [] == [left for site in sites for left in site.left()]


def ended(process):
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    return process.returncode, out + err


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_both_of_two_runs_pass_though_their_servers_want_one_port(make, start, isolation):
    sites = [make("one", SERVER), make("two", SERVER)]
    processes = [start(site, isolation) for site in sites]

    for status, text in map(ended, processes):
        assert 0 == status, text


def test_a_run_waits_for_the_port_that_another_one_has_locked(make, start, tmp_path):
    """The first run holds its port until somebody reads from a pipe; the second one would find a server there."""
    meeting = tmp_path / "meeting"
    os.mkfifo(meeting)
    first_site, second_site = make("first", SERVER + MEET, MEETING=meeting), make("second", SERVER)
    first = start(first_site, "ports")
    wait_until(lambda: any("server.py" in each for each in first_site.left()) or first.poll() is not None)
    second = start(second_site, "ports")
    said = second.stderr.readline()  # there is no other way on than this line, or the end of the run
    assert [None, None] == [first.poll(), second.poll()]
    with open(meeting, encoding="ascii") as pipe:
        pipe.read()

    assert re.fullmatch(
        r"note: content/guide/01-first.md: waiting for port \d+, which another run of octavo \(pid \d+\) uses\n",
        said,
    )
    for status, text in map(ended, (first, second)):
        assert 0 == status, text
