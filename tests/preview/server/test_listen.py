"""The address that is listened on: what can be written, and what is said where it cannot be had."""

import errno
import os
import socket

import pytest

from octavo.edges.portholders import holder_of
from octavo.edges.server.listen import bind, explain, parse_address
from octavo.errors import EnvironmentFault, UsageError
from waiting import free_port


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("", "127.0.0.1", 8000),
        ("127.0.0.1:9000", "127.0.0.1", 9000),
        ("9000", "127.0.0.1", 9000),
        (":9000", "127.0.0.1", 9000),
        ("0", "127.0.0.1", 0),
        ("localhost", "localhost", 8000),
        ("localhost:80", "localhost", 80),
        ("192.0.2.1", "192.0.2.1", 8000),
        ("[::1]:9000", "::1", 9000),
        ("[::1]", "::1", 8000),
        ("::1", "::1", 8000),
        ("::", "::", 8000),
        ("[0:0:0:0:0:0:0:1]:1", "::1", 1),
        (" 127.0.0.1:65535 ", "127.0.0.1", 65535),
    ],
)
def test_an_address_is_written_in_several_ways(text, host, port):
    assert (host, port) == parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:65536", "127.0.0.1:", "a:b", "http://127.0.0.1:8000", "127.0.0.1:80/", "[::1", "::1]", "[]:80",
        "[x]:80", "[127.0.0.1]:80", "a b", "-1", "1:2:3", "*:8000", "a@b:80", "99999999999999",
    ],
)  # fmt: skip
def test_what_is_no_address_is_a_mistake_of_usage_with_a_hint(text):
    with pytest.raises(UsageError) as caught:
        parse_address(text)

    assert caught.value.hint


def test_a_free_port_is_found_and_named():
    bound = bind("127.0.0.1:0")
    with bound.listener:
        assert 0 < bound.port < 65536
        assert f"127.0.0.1:{bound.port}" == bound.url_host
        assert bound.is_loopback


def test_localhost_is_the_loopback_address():
    bound = bind("localhost:0")
    with bound.listener:
        assert ("127.0.0.1", True) == (bound.host, bound.is_loopback)


def test_all_addresses_are_shown_as_one_that_can_be_visited():
    bound = bind("0.0.0.0:0")
    with bound.listener:
        assert ("0.0.0.0", f"127.0.0.1:{bound.port}", False) == (
            bound.host,
            bound.url_host,
            bound.is_loopback,
        )


def test_an_address_of_the_newer_family_is_shown_in_brackets():
    try:
        bound = bind("[::1]:0")
    except EnvironmentFault as fault:
        pytest.skip(fault.message)
    with bound.listener:
        assert f"[::1]:{bound.port}" == bound.url_host
        assert bound.is_loopback


def test_a_busy_port_is_said_with_its_holder_and_the_next_free_one():
    first = bind(f"127.0.0.1:{free_port()}")
    with first.listener:
        with pytest.raises(EnvironmentFault) as caught:
            bind(f"127.0.0.1:{first.port}")
        fault = caught.value

    assert f"port {first.port} is in use" in fault.message
    assert 3 == fault.exit_code
    if os.path.exists("/proc/net/tcp"):
        assert f"(pid {os.getpid()})" in fault.message
    free = int(fault.hint.rpartition("127.0.0.1:")[2].rstrip("`"))
    assert first.port < free
    bind(f"127.0.0.1:{free}").close()


def test_a_busy_port_is_passed_over_on_request():
    first = bind(f"127.0.0.1:{free_port()}")
    with first.listener, bind(f"127.0.0.1:{first.port}", next_free=True).listener as second:
        assert second.getsockname()[1] > first.port


@pytest.mark.parametrize(
    ("code", "host", "port", "message", "hint"),
    [
        (errno.EACCES, "127.0.0.1", 80, "port 80 is kept for the system", "1024"),
        (errno.EADDRNOTAVAIL, "192.0.2.1", 8000, "this machine does not have the address", "0.0.0.0:8000"),
        (
            errno.EADDRNOTAVAIL,
            "2001:db8::1",
            8000,
            "[2001:db8::1]:8000: this machine does not have",
            "127.0.0.1:8000",
        ),
        (errno.EADDRNOTAVAIL, "::1", 8000, "IPv6 is switched off", "127.0.0.1:8000"),
        (errno.EAFNOSUPPORT, "2001:db8::1", 8000, "IPv6 is switched off", "127.0.0.1:8000"),
        (errno.EMFILE, "127.0.0.1", 8000, "cannot listen on 127.0.0.1:8000: Too many", "127.0.0.1:8000"),
    ],
)
def test_an_address_that_cannot_be_had_is_explained(code, host, port, message, hint):
    fault = explain(OSError(code, os.strerror(code)), host, port)

    assert isinstance(fault, EnvironmentFault)
    assert message in fault.message
    assert hint in fault.hint


def test_an_address_of_another_machine_is_a_fault_of_the_environment():
    with pytest.raises(EnvironmentFault) as caught:
        bind("192.0.2.1:0")

    assert "this machine does not have the address" in caught.value.message


def test_a_port_that_may_not_be_taken_is_explained(monkeypatch):
    def refuse(listener, address):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(EnvironmentFault) as caught:
        bind("127.0.0.1:80")

    assert "kept for the system" in caught.value.message


def test_a_host_without_an_address_is_a_mistake_of_usage(monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UsageError) as caught:
        bind("no-such-host.invalid:8000")

    assert "has no address" in caught.value.message


def test_the_holder_of_a_port_is_read_from_the_tables_of_the_system(tmp_path):
    table = "head\n 0: 0100007F:1F40 00000000:0000 {} 00:0 00:0 0 0 0 {} 1\n"
    (tmp_path / "net").mkdir()
    (tmp_path / "net/tcp").write_text(table.format("01", 111))
    (tmp_path / "net/tcp6").write_text(table.format("0A", 222))
    for pid, inode in (("7", 111), ("42", 222), ("x", 222)):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "fd/3").symlink_to(f"socket:[{inode}]")
        (tmp_path / pid / "comm").write_text(f"some `tool`\x1b {pid}\n")

    assert "`some tool 42` (pid 42)" == holder_of(8000, str(tmp_path))
    assert "" == holder_of(8001, str(tmp_path))
    assert "" == holder_of(8000, str(tmp_path / "nothing"))
