"""The life of a server: it starts, it is closed within a second whatever its clients do, and it leaves nothing behind."""

import contextlib
import os
import socket
import threading
import time

import pytest

from octavo.edges.server import Limits, PreviewServer, bind
from preview_site import SCRIPTS, TOKEN, Reply, Running, TableSite, join_server_threads
from waiting import PATIENCE, LeftBehind, fastest

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted in /proc")


def test_a_server_that_was_closed_leaves_no_thread_and_no_descriptor():
    left = LeftBehind()
    with Running() as running:
        assert 200 == running.get("/").status
        assert left.files()
        assert left.threads()

    assert ([], []) == (left.files(), left.threads())


def test_closing_takes_less_than_a_second_whatever_clients_do(tmp_path):
    (tmp_path / "movie").write_bytes(b"x" * 20_000_000)

    assert fastest(lambda: close_while_clients_hold(tmp_path / "movie"), 1) < 1


def close_while_clients_hold(movie):
    """Close a server whose clients do not let go; gives the seconds that it takes."""
    left = LeftBehind()
    running = Running()
    running.site.file("movie", movie)
    with contextlib.ExitStack() as stack:
        running.server.start()
        silent, slow, idle, stream, greedy = (stack.enter_context(running.connect()) for _ in range(5))
        slow.sendall(b"GET / HT")
        idle.sendall(running.head())
        assert 200 == Reply.read(idle).status
        stream.sendall(running.head(f"/-octavo/events?token={TOKEN}"))
        assert stream.recv(9).startswith(b"HTTP/1.1 ")
        greedy.sendall(running.head("/movie"))
        assert greedy.recv(9).startswith(b"HTTP/1.1 ")
        begun = time.monotonic()
        running.server.close()
        seconds = time.monotonic() - begun

        join_server_threads()
        assert [] == left.threads()
        for connection in (silent, slow, idle):
            assert b"" == connection.recv(1)
        with pytest.raises(ConnectionRefusedError):
            running.connect()
        running.server.close()
    return seconds


def test_closing_does_not_wait_for_a_site_that_does_not_answer(monkeypatch):
    running = Running()
    begun, may_go_on, has_answered = threading.Event(), threading.Event(), threading.Event()
    join, waits = threading.Thread.join, []
    monkeypatch.setattr(
        threading.Thread, "join", lambda thread, most=None: (waits.append(most), join(thread, most))[1]
    )

    def wait(path):
        begun.set()
        may_go_on.wait(PATIENCE)
        has_answered.set()
        return TableSite.answer(running.site, path)

    running.site.answer = wait
    running.server.start()
    with running.connect() as connection:
        connection.sendall(running.head())
        assert begun.wait(PATIENCE)
        running.server.close()

        assert not has_answered.is_set()
        assert all(most is not None and most < 1 for most in waits), "it would wait longer for its threads"
    may_go_on.set()
    join_server_threads()
    assert [] == running.faults


def test_a_server_that_never_started_can_be_closed():
    left = LeftBehind()
    bound = bind("127.0.0.1:0")
    PreviewServer(bound, TableSite(), SCRIPTS).close()

    assert [] == left.files()


def test_the_port_is_free_again_at_once():
    with Running() as running:
        assert 200 == running.get("/").status
        port = running.port
    with Running(address=f"127.0.0.1:{port}") as again:
        assert 200 == again.get("/").status


@contextlib.contextmanager
def forked_child():
    """Fork a child that keeps copies of all sockets, as a worker of the engine does; it ends with the block."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writable)
        os.read(readable, 1)
        os._exit(0)
    os.close(readable)
    try:
        yield
    finally:
        os.close(writable)
        os.waitpid(child, 0)


def test_a_forked_child_holds_neither_the_port_nor_a_connection():
    with Running() as running, running.connect() as connection:
        connection.sendall(running.head())
        assert 200 == Reply.read(connection).status
        with forked_child():
            running.server.close()

            assert b"" == connection.recv(1)
            with pytest.raises(ConnectionRefusedError):
                running.connect()
            bind(f"127.0.0.1:{running.port}").close()


def test_a_forked_child_does_not_keep_an_idle_connection_open():
    with Running(idle_seconds=0.3) as running, running.connect() as connection:
        connection.sendall(running.head())
        assert 200 == Reply.read(connection).status
        with forked_child():
            assert b"" == connection.recv(1)


def test_a_server_without_descriptors_gets_them_back_from_idle_clients(monkeypatch):
    accept = socket.socket.accept
    refused = [OSError(24, "Too many open files")] * 2

    def fail(listener):
        if refused:
            raise refused.pop()
        return accept(listener)

    with Running() as running, running.connect() as idle:
        idle.sendall(running.head())
        assert 200 == Reply.read(idle).status
        monkeypatch.setattr(socket.socket, "accept", fail)

        assert 200 == running.get("/").status
        assert b"" == idle.recv(1)


def test_clients_of_a_full_server_are_told_where_nobody_can_make_room():
    begun, may_go_on = threading.Semaphore(0), threading.Event()
    with Running(connections=2) as running, contextlib.ExitStack() as stack:

        def wait(path):
            begun.release()
            may_go_on.wait(PATIENCE)
            return TableSite.answer(running.site, path)

        running.site.answer = wait
        busy = [stack.enter_context(running.connect()) for _ in range(2)]
        for connection in busy:
            connection.sendall(running.head())
            assert begun.acquire(timeout=PATIENCE)
        with running.connect() as late:
            reply = Reply.read(late)

        assert (503, "1") == (reply.status, reply["Retry-After"])
        may_go_on.set()
        assert [200, 200] == [Reply.read(connection).status for connection in busy]


def test_two_servers_run_side_by_side():
    with Running() as one, Running() as other:
        other.site.page("", "other")

        assert (b"<h1>Home</h1>", b"other") == (one.get("/").body, other.get("/").body)


def test_a_name_that_was_allowed_is_answered():
    with Running(hosts=["docs.example.org"]) as running:
        assert 200 == running.get("/", host="docs.example.org").status
        assert 403 == running.get("/", host="example.org").status


def test_limits_are_those_of_the_design():
    limits = Limits()

    assert (10, 30, 256, 64, 15) == (
        limits.head_seconds, limits.idle_seconds, limits.connections, limits.streams, limits.heartbeat_seconds
    )  # fmt: skip
