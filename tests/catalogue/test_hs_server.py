"""HS: requests that no sound client sends. Each is refused or harmless, and the next good request is served.

The requests stand in `attack_requests.py`, as a table; that file says what a row is.
"""

import contextlib
import itertools
import os
import re
import threading
import time

import pytest

from attack_requests import ATTACKS, CLOSED, attacks_of
from octavo.digest import digest_bytes
from octavo.edges.server import bind
from octavo.errors import EnvironmentFault, UsageError
from preview_site import TOKEN, Reply, Running, TableSite, server_threads
from waiting import PATIENCE, wait_until

CANARY = b"canary-key"

SENT_FIELDS = {
    "server", "date", "connection", "content-type", "content-length", "cache-control", "etag", "location", "allow",
    "accept-ranges", "content-range", "retry-after", "x-content-type-options", "referrer-policy",
    "cross-origin-resource-policy", "x-frame-options",
}  # fmt: skip


class Target(Running):
    """A server under attack; its site folder lies among files that must never be seen."""

    hasty = None
    """Its like for those who may be cut off for want of a whole request: it waits for nobody long."""

    def suffer(self, attack):
        """Send a request, and check that it did no harm."""
        if self.hasty is not None and 408 in attack.statuses:
            return self.hasty.suffer(attack)
        raw = attack.raw.replace(b"HOST", self.host.encode()).replace(b"TOKEN", TOKEN.encode())
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(raw)
            reply = Reply.read(connection, "HEAD" if raw.startswith(b"HEAD") else "GET")
            status = reply.status if reply is not None else CLOSED

            assert status in attack.statuses, f"{attack.name}: {status}"
            if reply is not None:
                self._check(reply)
                self._check_connection(connection, reply)
        # On a busy machine a sound request may take longer than the hasty one waits; that is said, and served again.
        reply = wait_until(lambda: (given := self.get("/guide/")) and given.status != 408 and given)
        assert 200 == reply.status
        assert [] == self.faults
        return None

    def _check(self, reply):
        said = reply.head + reply.body + reply.rest

        assert CANARY not in said
        assert b"Traceback" not in said
        assert b"octavo/edges" not in said
        assert set() == reply.fields.keys() - SENT_FIELDS
        assert "nosniff" == reply["X-Content-Type-Options"]
        assert re.fullmatch(r"/([^/\\].*)?", reply["Location"] or "/")
        assert b"<script>" not in reply.body
        if reply.status == 403 and b"for the host" in reply.body:
            assert b"octavo serve --allow-host " in reply.body

    def _check_connection(self, connection, reply):
        """See that both sides agree where the answer ends: the next one is whole, or there is none."""
        if reply["Connection"] == "close":
            assert b"" == reply.rest
            with contextlib.suppress(ConnectionError):
                assert b"" == connection.recv(100)
            return
        connection.sendall(self.head("/guide/"))
        assert (200, b"<h1>Guide</h1>") == ((again := Reply.read(connection)).status, again.body)


@pytest.fixture(name="target", scope="module")
def fixture_target(tmp_path_factory):
    """A server that many attacks share: what one breaks, the next one sees."""
    root = tmp_path_factory.mktemp("around")
    content = root / "content"
    content.mkdir()
    for place in (root, content):
        for name in ("canary.txt", ".env", "site.yaml"):
            (place / name).write_bytes(CANARY)
        (place / ".git").mkdir()
        (place / ".git/config").write_bytes(CANARY)
    (content / "guide.md").write_bytes(CANARY)
    (content / "link-to-canary.txt").symlink_to(root / "canary.txt")
    (content / "link-to-folder").symlink_to(root)
    os.mkfifo(content / "pipe")
    site = TableSite()
    site.page("guide/", "<h1>Guide</h1>")
    site.page("page.html", "<h1>Page</h1>")
    site.redirect("folder", "/folder/")
    site.page("folder/", "<h1>Folder</h1>")
    for name in ("note.txt", "linked.txt", "pipe.txt", "folder.txt", "newer.txt"):
        (content / name).write_bytes(b"0123456789")
        site.file(name, content / name, "text/plain; charset=utf-8")
    for name in ("linked.txt", "pipe.txt", "folder.txt", "newer.txt"):
        (content / name).unlink()
    (content / "linked.txt").symlink_to(root / "canary.txt")
    os.mkfifo(content / "pipe.txt")
    (content / "folder.txt").mkdir()
    (content / "newer.txt").write_bytes(CANARY)  # as long as what was there
    before = server_threads()
    patient = Target(site, head_seconds=PATIENCE, drain_seconds=1.0)
    with patient as target, Target(site, head_seconds=0.3, drain_seconds=1.0) as target.hasty:
        yield target

    assert before == server_threads()


@pytest.fixture(name="silent", autouse=True)
def fixture_silent(capfd):
    """Nothing that a client does makes the server print."""
    yield
    assert ("", "") == capfd.readouterr()


def attacked(entry):
    """Run a test for each request of an entry."""
    listed = attacks_of(entry)
    return pytest.mark.parametrize("attack", listed, ids=[attack.name for attack in listed])


def test_there_are_many_requests_and_none_twice():
    assert len(ATTACKS) >= 500
    assert len(ATTACKS) == len({attack.raw for attack in ATTACKS})


@attacked("hs-01")
def test_hs_01_a_path_does_not_climb(target, attack):
    target.suffer(attack)


@attacked("hs-02")
def test_hs_02_a_path_is_none_of_another_system_and_not_absolute(target, attack):
    target.suffer(attack)


@attacked("hs-03")
def test_hs_03_a_path_is_well_encoded(target, attack):
    target.suffer(attack)


@attacked("hs-04")
def test_hs_04_a_redirect_stays_on_the_site(target, attack):
    target.suffer(attack)


@attacked("hs-05")
def test_hs_05_a_target_has_one_form_and_a_query_no_say(target, attack):
    target.suffer(attack)


@attacked("hs-06")
def test_hs_06_what_no_page_is_made_of_is_not_there(target, attack):
    target.suffer(attack)


@attacked("hs-07")
def test_hs_07_a_file_that_became_something_else_is_not_sent(target, attack):
    target.suffer(attack)


@attacked("hs-08")
def test_hs_08_another_host_is_not_served(target, attack):
    target.suffer(attack)


def test_hs_08_the_option_that_a_refusal_names_lifts_it(target):
    refusal = target.get("/", host="preview.example.org:8000").body.decode()
    name = refusal.rpartition("--allow-host ")[2].strip()

    with Running(hosts=[name]) as running:
        assert 200 == running.get("/", host="preview.example.org:8000").status
        assert 403 == running.get("/", host="example.org:8000").status


@attacked("hs-09")
def test_hs_09_a_page_of_another_origin_reads_nothing(target, attack):
    target.suffer(attack)


@attacked("hs-10")
def test_hs_10_a_page_of_another_site_includes_nothing(target, attack):
    target.suffer(attack)


@attacked("hs-11")
def test_hs_11_events_need_the_token_of_the_run(target, attack):
    target.suffer(attack)


def test_hs_11_the_stream_says_which_addresses_changed_and_nothing_of_what_they_hold(target):
    with target.connect() as connection:
        connection.sendall(target.head(f"/-octavo/events?token={TOKEN}"))
        received = b""
        while b"\n\n" not in received:
            received += connection.recv(4096)
        target.site.tell(2, "/guide/")
        while b"change" not in received or not received.endswith(b"\n\n"):
            received += connection.recv(4096)

    events = received.partition(b"\r\n\r\n")[2]
    assert (
        b'id: 1\nevent: hello\ndata: {"run":"R","generation":1}\n\nid: 2\nevent: change\ndata: {"run":"R","generation":2,"changed":["/guide/"]}\n\n'
        == events
    )


@attacked("hs-12")
def test_hs_12_nothing_can_be_changed_by_a_request(target, attack):
    target.suffer(attack)


@attacked("hs-13")
def test_hs_13_bytes_that_are_no_request_are_answered_or_cut_off(target, attack):
    target.suffer(attack)


@attacked("hs-16")
def test_hs_16_nothing_of_a_request_comes_back_as_a_tag(target, attack):
    target.suffer(attack)


@attacked("hs-17")
def test_hs_17_conditions_and_ranges_are_met_or_passed_over(target, attack):
    target.suffer(attack)


def test_hs_18_a_busy_port_is_said_with_its_holder_and_another_port(target):
    with pytest.raises(EnvironmentFault) as caught:
        bind(f"127.0.0.1:{target.port}")

    assert f"port {target.port} is in use by `" in caught.value.message
    assert f"(pid {os.getpid()})" in caught.value.message
    assert re.search(r"octavo serve -a 127\.0\.0\.1:\d+", caught.value.hint)


def test_hs_18_an_address_that_is_none_or_not_ours_is_said_in_words():
    with pytest.raises(EnvironmentFault, match="this machine does not have the address"):
        bind("192.0.2.1:0")
    with pytest.raises(UsageError, match="is not an address to listen on"):
        bind("127.0.0.1:x")


def test_hs_18_all_addresses_are_listened_on_and_the_host_is_checked_still():
    with Running(address="0.0.0.0:0") as running:
        assert 200 == running.get("/").status
        assert 200 == running.get("/", host=f"localhost:{running.port}").status
        assert 403 == running.get("/", host="evil.com").status
        assert 403 == running.get("/", host="192.0.2.1").status


def test_hs_19_each_answer_is_of_one_generation():
    bodies = [f"<p>{number}</p>" * 20_000 for number in range(2)]
    with Running() as running:
        running.site.page("", bodies[0])
        is_over = threading.Event()
        seen, torn = set(), []

        def read():
            with running.connect() as connection:
                while not is_over.is_set():
                    connection.sendall(running.head("/"))
                    reply = Reply.read(connection)
                    seen.add(reply.body[:8])
                    if (reply["ETag"], reply["Cache-Control"]) != (
                        f'W/"{digest_bytes(reply.body)}"',
                        "no-store",
                    ):
                        torn.append(reply.head)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        deadline = time.monotonic() + PATIENCE
        for number in itertools.count():
            running.site.page("", bodies[number % 2])
            assert 200 == running.get("/").status
            if number >= 200 and (len(seen) == 2 or time.monotonic() > deadline):
                break
        is_over.set()
        for reader in readers:
            reader.join()

    assert [] == torn
    assert {b"<p>0</p>", b"<p>1</p>"} == seen


@attacked("hs-20")
def test_hs_20_letters_are_as_they_are_on_pages(target, attack):
    target.suffer(attack)
