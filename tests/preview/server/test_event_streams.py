"""Streams of events: what they say, how many there may be, and that none outlives its client or the server."""

import contextlib
import json
import socket

import pytest

from octavo.preview.events import Event, Subscription
from preview_site import TOKEN, Reply, Running, join_server_threads

EVENTS = f"/-octavo/events?token={TOKEN}"


class Stream:
    """A client that follows events."""

    def __init__(self, running, *fields):
        self.connection = running.connect()
        self.connection.sendall(running.head(EVENTS, *fields))
        self.received = b""
        self.head = self.until(b"\r\n\r\n")

    def until(self, mark):
        """Read up to a mark, and give what stood before it."""
        while mark not in self.received:
            piece = self.connection.recv(65536)
            assert piece, f"the stream ended: {self.received!r}"
            self.received += piece
        text, _, self.received = self.received.partition(mark)
        return text.decode()

    def event(self):
        """Read one event that is no heartbeat."""
        while (text := self.until(b"\n\n")).startswith(":"):
            pass
        return dict(line.split(": ", 1) for line in text.split("\n"))

    def rest(self):
        """Read to the end."""
        received, self.received = self.received, b""
        with contextlib.suppress(ConnectionError):
            while piece := self.connection.recv(65536):
                received += piece
        return received

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()


def test_a_stream_begins_with_the_present_and_goes_on_with_changes(running):
    running.site.tell(7)
    with Stream(running) as stream:
        hello = stream.event()
        running.site.tell(8, "/", "/días\n\nevent: hello/")
        change = stream.event()

    assert ("7", "hello", {"run": "R", "generation": 7}) == (
        hello["id"],
        hello["event"],
        json.loads(hello["data"]),
    )
    assert ("8", "change") == (change["id"], change["event"])
    assert ["/", "/días\n\nevent: hello/"] == json.loads(change["data"])["changed"]


def test_a_stream_is_neither_stored_nor_measured(running):
    with Stream(running) as stream:
        head = stream.head.lower()

    assert "http/1.1 200 ok" in head
    for field in (
        "content-type: text/event-stream",
        "cache-control: no-store",
        "connection: close",
        "x-content-type-options: nosniff",
    ):
        assert f"\r\n{field}" in head
    for field in ("content-length", "transfer-encoding", "access-control", "etag"):
        assert field not in head


@pytest.mark.parametrize(
    "fields", [[], ["Origin: http://{}"], ["Sec-Fetch-Site: same-origin"], ["Sec-Fetch-Site: none"]]
)
def test_own_pages_follow(running, fields):
    with Stream(running, *[field.format(running.host) for field in fields]) as stream:
        assert "hello" == stream.event()["event"]


@pytest.mark.parametrize(
    "field",
    ["Origin: https://evil.com", "Origin: null", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: cross-site"],
)
def test_other_pages_do_not_even_with_the_token(running, field):
    assert 403 == running.get(EVENTS, field).status
    assert 0 == running.site.hub.listeners


def test_a_silent_stream_shows_signs_of_life():
    with Running(poll_seconds=0.01, heartbeat_seconds=0.03) as running, Stream(running) as stream:
        stream.event()

        assert ": " == stream.until(b"\n\n")
        assert ": " == stream.until(b"\n\n")


def test_a_listener_whose_client_went_is_forgotten(running):
    with Stream(running) as stream:
        stream.event()
        assert 1 == running.site.hub.listeners
    join_server_threads()

    assert 0 == running.site.hub.listeners


def test_a_listener_that_goes_with_a_reset_is_forgotten(running, capfd):
    with Stream(running) as stream:
        stream.event()
        stream.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    running.site.tell(2)
    join_server_threads()

    assert 0 == running.site.hub.listeners
    assert ("", "") == capfd.readouterr()


def test_a_client_that_takes_nothing_is_let_go():
    with Running(poll_seconds=0.05, send_seconds=0.2) as running, Stream(running) as stream:
        stream.event()
        for number in range(40):
            running.site.tell(number, "/" + "x" * 1_000_000)
        join_server_threads()

        assert 0 == running.site.hub.listeners
        assert 200 == running.get("/").status


def test_a_fault_on_a_stream_is_told_to_the_owner_and_ends_the_stream(running, capfd):
    running.site.follow = lambda: Subscription(running.site.hub, Event(name="hello", data="no JSON"))
    with running.connect() as connection:
        connection.sendall(running.head(EVENTS))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert b"" == connection.recv(4096)
    join_server_threads()

    assert ["DecodeError"] == [type(fault).__name__ for fault in running.faults]
    running.faults.clear()
    assert ("", "") == capfd.readouterr()


def test_streams_end_when_the_hub_closes(running):
    with Stream(running) as stream:
        stream.event()
        running.site.hub.close()

        assert b"" == stream.rest()
    join_server_threads()
    assert 200 == running.get("/").status


def test_there_are_only_so_many_streams_and_then_room_again():
    with Running(poll_seconds=0.02, streams=3) as running:
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(Stream(running)).event()
            refused = running.get(EVENTS)

            assert (503, "1") == (refused.status, refused["Retry-After"])
            assert 200 == running.get("/").status
        join_server_threads()
        with Stream(running) as stream:
            assert "hello" == stream.event()["event"]


def test_streams_do_not_keep_pages_waiting(running):
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(Stream(running)) for _ in range(50)]
        for stream in streams:
            stream.event()
        assert 200 == running.get("/").status
        running.site.tell(2, "/")

        assert {"2"} == {stream.event()["id"] for stream in streams}
        with running.connect() as connection:
            for _ in range(50):
                connection.sendall(running.head())
                assert 200 == Reply.read(connection).status
