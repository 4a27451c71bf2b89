"""What becomes of the bytes that arrive: the head of a request, a refusal, or the wish for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.edges.server.heads import RequestHead, read_head
from octavo.edges.server.refusals import Refusal


def head_of(*lines):
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"


def status_of(data):
    head, _ = read_head(data)

    assert isinstance(head, Refusal), head
    return head.status


def test_a_head_is_taken_and_what_follows_is_left():
    data = head_of("GET /a?b HTTP/1.1", "Host: localhost", "X-A: 1", "x-a:2", "Empty:") + b"GET /next"
    head, rest = read_head(data)

    assert b"GET /next" == rest
    assert ("GET", b"/a?b", True, False) == (head.method, head.target, head.keeps_alive, head.has_body)
    assert {"host": "localhost", "x-a": "1, 2", "empty": ""} == head.fields


def test_empty_lines_before_a_request_are_passed_over():
    head, rest = read_head(b"\r\n\r\n" + head_of("GET / HTTP/1.1", "Host: a"))

    assert isinstance(head, RequestHead)
    assert b"" == rest


@pytest.mark.parametrize(
    "start", [b"", b"\r\n", b"G", b"GET", b"GET /", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n"]
)
def test_an_unfinished_head_asks_for_more(start):
    head, rest = read_head(start)

    assert head is None
    assert rest == start.lstrip(b"\r\n")


@pytest.mark.parametrize(
    "start",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the hello of TLS
        b"\x00", b" GET", b"GET /\x00", b"\xff\xfe", b"SSH-2.0-OpenSSH\x01", b'{"json": 1}\x07',
        b"A" * 33,
    ],
)  # fmt: skip
def test_what_can_become_no_request_is_refused_before_its_line_ends(start):
    assert 400 == status_of(start)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /", 400),
        ("GET", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET / HTTP/1.1 ", 400),
        ("GET / http/1.1", 400),
        ("GET / HTTP/11", 400),
        ("GET / HTTP/1.10", 400),
        ("GET / HTTP/2.0", 505),
        ("PRI * HTTP/2.0", 505),
        ("GET / HTTP/0.9", 505),
        ("GET /a b HTTP/1.1", 400),
        ("G(T / HTTP/1.1", 400),
        ("GET /" + "a" * 8192 + " HTTP/1.1", 414),
    ],
)
def test_a_request_line_is_written_in_one_way(line, status):
    assert status == status_of(f"{line}\r\n".encode())


@pytest.mark.parametrize(
    "field",
    [
        "Name : value", " Name: value", "\tfolded", ": value", "Name", "Na me: value", "N\x00me: v", "Name: a\x00b",
        "Name: a\x0bb", "Name: a\x7fb", "Näme: value",
    ],
)  # fmt: skip
def test_a_field_is_written_in_one_way(field):
    assert 400 == status_of(head_of("GET / HTTP/1.1", "Host: a", field))


@pytest.mark.parametrize("name", ["Host", "Origin", "Content-Length", "Transfer-Encoding", "Sec-Fetch-Site"])
def test_a_field_that_decides_is_given_once(name):
    assert 400 == status_of(head_of("GET / HTTP/1.1", f"{name}: 1", f"{name.lower()}: 1"))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
    ],
)
def test_lines_end_with_both_signs(data):
    assert 400 == status_of(data)


@pytest.mark.parametrize(
    ("fields", "has_body"),
    [
        (["Content-Length: 0"], False),
        (["Content-Length: 5"], True),
        (["Transfer-Encoding: chunked"], True),
        (["Transfer-Encoding: Chunked"], True),
        ([], False),
    ],
)
def test_a_body_is_known_by_its_length_or_its_chunks(fields, has_body):
    head, _ = read_head(head_of("POST / HTTP/1.1", "Host: a", *fields))

    assert has_body == head.has_body


@pytest.mark.parametrize(
    "fields",
    [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: 5, 5"],
        ["Content-Length: 0x10"],
        ["Content-Length: "],
        ["Content-Length: 5_0"],
        ["Content-Length: ٣".encode().decode("latin-1")],
        ["Content-Length: 99999999999999999999"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: "],
    ],
)
def test_a_body_whose_end_is_not_clear_is_refused(fields):
    assert 400 == status_of(head_of("POST / HTTP/1.1", "Host: a", *fields))


def test_chunks_do_not_exist_in_the_older_protocol():
    assert 400 == status_of(head_of("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked"))


@pytest.mark.parametrize(
    ("version", "wish", "keeps_alive"),
    [
        ("1.1", "X: y", True),
        ("1.1", "Connection: close", False),
        ("1.1", "Connection: Upgrade, Close", False),
        ("1.0", "X: y", False),
        ("1.0", "Connection: keep-alive", False),
        ("1.2", "X: y", True),
    ],
)
def test_a_connection_stays_open_where_both_sides_know_how(version, wish, keeps_alive):
    head, _ = read_head(head_of(f"GET / HTTP/{version}", "Host: a", wish))

    assert keeps_alive == head.keeps_alive


def test_a_head_that_grows_and_grows_is_refused_before_it_ends():
    assert 414 == status_of(b"GET /" + b"a" * 9000)
    assert 431 == status_of(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101)
    assert 431 == status_of(b"GET / HTTP/1.1\r\nA: " + b"b" * 65536)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(data):
    head, rest = read_head(data)

    assert head is None or isinstance(head, RequestHead | Refusal)
    assert data.endswith(rest)


@given(
    st.sampled_from([
        head_of("GET /a HTTP/1.1", "Host: localhost:8000", "Accept: text/html"),
        head_of("POST / HTTP/1.1", "Host: a", "Content-Length: 3"),
        head_of("GET / HTTP/1.1", "Host: a", "Host: b"),
        head_of("GET / HTTP/1.1", "Host : a"),
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET /\r\n\r\n",
        b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ]),
    st.lists(st.integers(1, 12), max_size=40),
)  # fmt: skip
def test_a_head_is_the_same_in_whatever_pieces_it_arrives(data, sizes):
    whole, _ = read_head(data)
    received, left, head = b"", data, None
    for size in [*sizes, len(data)]:
        piece, left = left[:size], left[size:]
        head, received = read_head(received + piece)
        if head is not None:
            break

    assert whole == head
