"""HS-14 and HS-15: many clients at once, slow ones, idle ones, those that go in the middle; nothing leaks and nobody waits."""

import contextlib
import os
import resource
import socket
import struct
import time

import pytest

from preview_site import TOKEN, Reply, Running, join_server_threads, server_threads
from waiting import PATIENCE, LeftBehind, wait_until

RESET = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a connection resets it."""

SOON = PATIENCE / 2
"""Seconds: far more than an answer takes on a busy machine, and far less than the limits that clients get here."""

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted in /proc")


@contextlib.contextmanager
def serving(**limits):
    """Run a server that must have neither thread nor descriptor left of its clients when they are gone."""
    with Running(poll_seconds=0.05, **limits) as running:
        assert 200 == running.get("/").status
        join_server_threads()
        left = LeftBehind()
        yield running
        join_server_threads()

        assert ([], []) == left.settled()
        assert [] == running.faults


@pytest.fixture(name="silent", autouse=True)
def fixture_silent(capfd):
    """Nothing that clients do makes the server print."""
    yield
    assert ("", "") == capfd.readouterr()


@pytest.fixture(name="crowd")
def fixture_crowd(silent):
    """A server that waits very long for clients: whoever had to wait for them would see it."""
    with serving(head_seconds=PATIENCE, idle_seconds=PATIENCE, send_seconds=PATIENCE) as running:
        yield running


def open_many(stack, running, count, said=b""):
    """Connect many times at once and say something each time; skips where so many descriptors are not allowed."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * count + 200:
        pytest.skip(f"only {soft} descriptors are allowed")
    opened = []
    for _ in range(count):
        opened.append(stack.enter_context(running.connect()))
        opened[-1].sendall(said)
    return opened


def answer_time(running):
    begun = time.monotonic()
    assert 200 == running.get("/").status
    return time.monotonic() - begun


SLOW = b"GET / HTTP/1.1\r\nX-A: "


def test_hs_14_two_hundred_slow_clients_keep_nobody_waiting(crowd):
    with contextlib.ExitStack() as stack:
        open_many(stack, crowd, 200, SLOW)
        assert answer_time(crowd) < SOON


def test_hs_14_two_hundred_slow_clients_are_cut_off(silent):
    with serving(head_seconds=1.5) as crowd, contextlib.ExitStack() as stack:
        slow = open_many(stack, crowd, 200, SLOW)

        assert {408} == {Reply.read(connection).status for connection in slow}


def test_hs_14_a_client_that_sends_byte_by_byte_is_cut_off_in_time(silent):
    with serving(head_seconds=0.5) as crowd:
        for _ in range(20):
            sent, received = send_byte_by_byte(crowd)
            if sent > 5:  # else this machine stopped for so long that one byte came too late
                break

    assert received.startswith(b"HTTP/1.1 408 ")
    assert sent > 5


def send_byte_by_byte(crowd):
    """Send until there is an answer; each byte comes long before a time for single bytes would be over."""
    with crowd.connect() as connection:
        connection.settimeout(0.02)
        sent, received = 0, b""
        while not received:
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"A" if sent else b"GET /")
            sent += 1
            assert sent < 500
            with contextlib.suppress(TimeoutError):
                received = connection.recv(100)
    return sent, received


def test_hs_14_a_thousand_idle_clients_make_room_for_those_that_ask(crowd):
    with contextlib.ExitStack() as stack:
        idle = open_many(stack, crowd, 1000)
        for connection in idle[:250]:
            with contextlib.suppress(ConnectionError):
                connection.sendall(crowd.head())
        assert answer_time(crowd) < SOON
        # 256 connections are kept; of the others, the threads end as soon as they are told.
        wait_until(lambda: server_threads() <= 256 + 1)


@pytest.mark.slow
def test_hs_14_ten_thousand_connections_that_are_closed_at_once(crowd):
    for number in range(10_000):
        with crowd.connect() as connection:
            if number % 3 == 1:
                connection.sendall(b"GET / HTTP/1.1\r\n")
            if number % 3 == 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    assert answer_time(crowd) < SOON


def test_hs_14_clients_that_reset_in_the_middle_of_an_answer(crowd, tmp_path):
    (tmp_path / "movie").write_bytes(b"x" * 20_000_000)
    crowd.site.file("movie", tmp_path / "movie")
    crowd.site.page("long/", "y" * 20_000_000)
    for number in range(200):
        target = ("/movie", "/long/", "/", f"/-octavo/events?token={TOKEN}")[number % 4]
        with crowd.connect() as connection:
            connection.sendall(crowd.head(target))
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    assert answer_time(crowd) < SOON
    join_server_threads()
    assert 0 == crowd.site.hub.listeners


def test_hs_14_clients_that_take_nothing_make_room(tmp_path):
    (tmp_path / "movie").write_bytes(b"x" * 20_000_000)
    with Running(connections=20) as running, contextlib.ExitStack() as stack:
        running.site.file("movie", tmp_path / "movie")
        for connection in open_many(stack, running, 40):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with contextlib.suppress(ConnectionError):
                connection.sendall(running.head("/movie"))
        # Room is there as soon as the first of them is waited for.
        reply = wait_until(lambda: (given := running.get("/")) and given.status != 503 and given)

        assert 200 == reply.status


def test_hs_15_fifty_tabs_that_follow_events_leave_room_for_pages(crowd):
    with contextlib.ExitStack() as stack:
        tabs = open_many(stack, crowd, 50)
        for connection in tabs:
            connection.sendall(crowd.head(f"/-octavo/events?token={TOKEN}"))
        for connection in tabs:
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        pages = open_many(stack, crowd, 50)
        for connection in pages:
            connection.sendall(crowd.head())

        assert [200] * 50 == [Reply.read(connection).status for connection in pages]
        assert 50 == crowd.site.hub.listeners
