"""What a browser gets: pages, files, redirects and the preview's own endpoints, with their headers."""

import os
import re

import pytest

from octavo.edges.server.wire import write_head
from octavo.preview.values import Answer
from preview_site import SCRIPTS, TOKEN, Reply, Running, TableSite, file_answer

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "server": "Octavo",
}


@pytest.fixture(name="movie")
def fixture_movie(running, tmp_path):
    """A file that is sent in more than one piece."""
    path = tmp_path / "movie.mp4"
    path.write_bytes(bytes(range(256)) * 4000)
    running.site.file("movie.mp4", path, "video/mp4")
    return path


@pytest.fixture(name="note")
def fixture_note(running, tmp_path):
    """A small file."""
    path = tmp_path / "note.txt"
    path.write_bytes(b"0123456789")
    running.site.file("note.txt", path, "text/plain; charset=utf-8")
    return path


def test_a_page_is_sent_whole_and_never_stored(running):
    reply = running.get("/")

    assert (200, b"<h1>Home</h1>") == (reply.status, reply.body)
    assert ("text/html; charset=utf-8", "no-store") == (reply["Content-Type"], reply["Cache-Control"])
    assert f'W/"{running.site.answers["/"].etag}"' == reply["ETag"]
    assert None is reply["Accept-Ranges"]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/nope",
        "/folder",
        "/%",
        "/-octavo/preview.js",
        "/-octavo/nope",
        "/-octavo/events",
        f"/-octavo/problems?token={TOKEN}&page=/",
    ],
)
def test_every_answer_keeps_others_out(running, target):
    running.site.redirect("folder", "/folder/")
    reply = running.get(target)

    assert ALWAYS == {name: reply[name] for name in ALWAYS}
    assert not [name for name in reply.fields if name.startswith("access-control")]
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", reply["Date"])


def test_no_answer_of_the_preview_is_stored_but_files_and_scripts(running, note):
    kinds = {
        target: running.get(target)["Cache-Control"]
        for target in ("/", "/nope", "/%", "/note.txt", "/-octavo/preview.js")
    }

    assert {
        "/": "no-store",
        "/nope": "no-store",
        "/%": "no-store",
        "/note.txt": "no-cache",
        "/-octavo/preview.js": "no-cache",
    } == kinds


def test_an_unknown_address_gets_the_sites_own_page(running):
    reply = running.get("/nope/")

    assert (404, b"<h1>Not found</h1>") == (reply.status, reply.body)


def test_a_path_reaches_the_site_decoded_and_as_it_was_written(running):
    for target in ("/d%C3%ADas/", "/Flask/", "/a%20b?c=d", "/a//b", "/%2541"):
        running.get(target)

    assert ["/días/", "/Flask/", "/a b", "/a//b", "/%41"] == running.site.asked


@pytest.mark.parametrize(
    "query", ["raw", "?raw??", "import&raw", "path=/etc/passwd", "x=/../..", "v=1", "download"]
)
def test_a_query_never_changes_which_answer_is_given(running, note, query):
    assert running.get("/").body == running.get(f"/?{query}").body
    assert running.get("/note.txt").body == running.get(f"/note.txt?{query}").body
    assert {"/", "/note.txt"} == set(running.site.asked)


@pytest.mark.parametrize("tag", ['W/"{}"', '"{}"', '"other", W/"{}"', "*"])
def test_a_page_that_the_client_has_is_not_sent_again(running, tag):
    reply = running.get("/", f"If-None-Match: {tag.format(running.site.answers['/'].etag)}")

    assert (304, b"") == (reply.status, reply.body)
    assert reply["ETag"] == running.get("/")["ETag"]
    assert None is reply["Content-Type"]


@pytest.mark.parametrize("tag", ['W/"other"', '"', "W/", "x" * 5000, '"a", "b'])
def test_a_page_that_the_client_does_not_have_is_sent(running, tag):
    assert 200 == running.get("/", f"If-None-Match: {tag}").status


def test_a_page_that_is_gone_is_sent_even_to_a_client_that_has_it(running):
    reply = running.get("/nope")
    again = running.get("/nope", f"If-None-Match: {reply['ETag']}")

    assert (404, reply.body) == (again.status, again.body)


def test_head_gives_the_fields_and_no_body(running, movie, note):
    for target in (
        "/",
        "/nope",
        "/movie.mp4",
        "/note.txt",
        "/-octavo/listener.js",
        f"/-octavo/events?token={TOKEN}",
    ):
        got = running.get(target) if "events" not in target else None
        reply = running.get(target, method="HEAD")

        assert b"" == reply.body + reply.rest
        assert got is None or (got.status, got.fields) == (reply.status, reply.fields | {"date": got["Date"]})
    assert 0 == running.site.hub.listeners


def test_requests_follow_each_other_on_one_connection(running, movie):
    running.site.redirect("folder", "/folder/")
    with running.connect() as connection:
        statuses = []
        for target in ("/", "/nope", "/movie.mp4", "/folder", "/%", "/-octavo/preview.js", "/"):
            connection.sendall(running.head(target))
            statuses.append(Reply.read(connection).status)

        assert [200, 404, 200, 302, 400, 200, 200] == statuses


def test_requests_that_were_sent_at_once_are_answered_in_their_order(running):
    running.site.page("a/", "first")
    running.site.page("b/", "second")
    with running.connect() as connection:
        connection.sendall(running.head("/a/") + running.head("/b/", "Connection: close"))
        reply = Reply.read(connection)
        rest = reply.rest
        while piece := connection.recv(4096):
            rest += piece

    assert b"first" == reply.body
    assert rest.endswith(b"\r\n\r\nsecond")


def test_a_client_that_wants_no_other_answer_gets_the_connection_closed(running):
    with running.connect() as connection:
        connection.sendall(running.head("/", "Connection: close"))

        assert "close" == Reply.read(connection)["Connection"]
        assert b"" == connection.recv(1)


def test_the_older_protocol_gets_one_answer_to_a_connection(running):
    reply = running.raw(f"GET / HTTP/1.0\r\nHost: {running.host}\r\n\r\n".encode())

    assert (200, "close") == (reply.status, reply["Connection"])


@pytest.mark.parametrize("refused", ["body", "fields"])
def test_a_client_that_still_sends_gets_to_read_why_it_was_refused(running, refused):
    more = b"a" * 5_000_000
    data = running.head("/", f"Content-Length: {len(more)}", method="POST") + more
    if refused == "fields":
        data = running.head("/").removesuffix(b"\r\n") + b"X: " + more + b"\r\n\r\n"
    with running.connect() as connection:
        # Neither sending nor reading may end with a reset.
        connection.sendall(data)
        received = b""
        while piece := connection.recv(4096):
            received += piece

    assert received.startswith(b"HTTP/1.1 405 " if refused == "body" else b"HTTP/1.1 431 ")


# ---------------------------------------------------------------- files


def test_a_file_is_sent_as_it_is_on_disk(running, movie, note):
    for path in (movie, note):
        reply = running.get(f"/{path.name}")

        assert path.read_bytes() == reply.body
        assert f'"{running.site.answers["/" + path.name].etag}"' == reply["ETag"]
        assert "bytes" == reply["Accept-Ranges"]
    assert 304 == running.get("/note.txt", f"If-None-Match: {reply['ETag']}").status


def test_an_empty_file_is_sent(running, tmp_path):
    (tmp_path / "empty").touch()
    running.site.file("empty", tmp_path / "empty")

    assert (200, b"", "0") == ((reply := running.get("/empty")).status, reply.body, reply["Content-Length"])
    assert 200 == running.get("/empty", "Range: bytes=0-").status


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-3", 206, 0, 4),
        ("bytes=4-", 206, 4, 10),
        ("bytes=9-9", 206, 9, 10),
        ("bytes=0-999999999999999999", 206, 0, 10),
        ("bytes=-3", 206, 7, 10),
        ("bytes=-10", 206, 0, 10),
        ("bytes=-500", 206, 0, 10),
        ("bytes=0-3,5-6", 200, 0, 10),
        ("bytes=" + ",".join(["0-1"] * 500), 200, 0, 10),
        ("bytes=5-2", 200, 0, 10),
        ("bytes=", 200, 0, 10),
        ("bytes", 200, 0, 10),
        ("bytes=a-b", 200, 0, 10),
        ("bytes=--1", 200, 0, 10),
        ("bytes=1", 200, 0, 10),
        ("bytes=٣-", 200, 0, 10),
        ("lines=0-3", 200, 0, 10),
        ("bytes=0-" + "9" * 5000, 200, 0, 10),
    ],
)
def test_a_range_of_a_file_is_sent_where_it_is_a_single_one(running, note, asked, status, start, end):
    data = running.head("/note.txt").replace(
        b"\r\n\r\n", f"\r\nRange: {asked}\r\nConnection: close\r\n\r\n".encode()
    )
    reply = running.raw(data)

    assert (status, b"0123456789"[start:end]) == (reply.status, reply.body)
    assert (f"bytes {start}-{end - 1}/10" if status == 206 else None) == reply["Content-Range"]
    assert str(end - start) == reply["Content-Length"]


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=999999999999999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_length(running, note, asked):
    reply = running.get("/note.txt", f"Range: {asked}")

    assert (416, "bytes */10") == (reply.status, reply["Content-Range"])


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (255, 300_000), (262_143, 262_145), (700_000, 1_024_000), (1_023_999, 1_024_000)],
)
def test_a_range_of_a_large_file_crosses_its_pieces(running, movie, start, end):
    reply = running.get("/movie.mp4", f"Range: bytes={start}-{end - 1}")

    assert (206, movie.read_bytes()[start:end]) == (reply.status, reply.body)


def test_a_range_is_for_the_version_that_the_client_has(running, note):
    tag = running.get("/note.txt")["ETag"]

    assert 206 == running.get("/note.txt", "Range: bytes=0-1", f"If-Range: {tag}").status
    assert 200 == running.get("/note.txt", "Range: bytes=0-1", 'If-Range: "older"').status
    assert 200 == running.get("/note.txt", "Range: bytes=0-1", "If-Range: nonsense").status
    assert 200 == running.get("/note.txt", "Range: bytes=0-1", method="HEAD").status
    assert 200 == running.get("/", "Range: bytes=0-1").status


@pytest.mark.parametrize("coding", ["gzip", "br;q=1, gzip;q=0.5", "identity;q=0", "*"])
def test_answers_are_not_packed(running, note, coding):
    reply = running.get("/note.txt", f"Accept-Encoding: {coding}")

    assert (200, None, b"0123456789") == (reply.status, reply["Content-Encoding"], reply.body)


def test_a_file_that_changed_is_asked_for_again(running, note):
    note.write_bytes(b"newer and longer")
    running.site.anew["/note.txt"] = file_answer(note)
    reply = running.get("/note.txt")

    assert (200, b"newer and longer") == (reply.status, reply.body)
    assert ["/note.txt"] == running.site.asked_again


def test_a_file_that_became_a_page_or_went_is_answered_by_what_the_site_says_then(running, note):
    note.unlink()
    running.site.anew["/note.txt"] = Answer(status=404, body=b"gone")

    assert (404, b"gone") == ((reply := running.get("/note.txt")).status, reply.body)


def test_a_file_that_changes_all_the_time_is_asked_for_twice_and_no_more(running, note):
    note.write_bytes(b"another text")
    reply = running.get("/note.txt")

    assert (503, "1") == (reply.status, reply["Retry-After"])
    assert ["/note.txt"] == running.site.asked_again


def test_a_file_that_changes_while_it_is_sent_is_cut_off_and_not_mixed(tmp_path):
    path = tmp_path / "movie.mp4"
    path.write_bytes(b"a" * 30_000_000)
    with Running() as running, running.connect() as connection:
        running.site.file("movie.mp4", path)
        connection.sendall(running.head("/movie.mp4"))
        received = connection.recv(1000)
        before = os.stat(path)
        with path.open("r+b") as file:
            file.write(b"b" * 30_000_000)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        while piece := connection.recv(1 << 20):
            received += piece

        assert b"Content-Length: 30000000\r\n" in received
        assert len(received) < 30_000_000
        assert b"b" * 1000 not in received
        assert 200 == running.get("/").status


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/flask", "/flask/"),
        ("/flask?v=1&w=%20", "/flask/?v=1&w=%20"),
        ("/flask?//evil.com", "/flask/?//evil.com"),
        ("/old?a", "/new/?a#part"),
        ("/d%C3%ADas", "/d%C3%ADas/"),
    ],
)
def test_a_redirect_keeps_the_query(running, target, location):
    running.site.redirect("flask", "/flask/")
    running.site.redirect("días", "/días/")
    running.site.answers["/old"] = Answer(status=301, location="/new/#part")
    reply = running.get(target)

    assert location == reply["Location"]
    assert (301 if target.startswith("/old") else 302) == reply.status
    assert ("no-store", b"") == (reply["Cache-Control"], reply.body)


@pytest.mark.parametrize(
    "location", ["//evil.com/", "/\\evil.com", "http://evil.com/", "x", "/a\r\nX: y", "/a b", "/é"]
)
def test_a_redirect_that_would_leave_the_site_is_a_fault(location):
    with Running() as running:
        running.site.answers["/go"] = Answer(status=302, location=location)
        reply = running.get("/go")

        assert (500, None) == (reply.status, reply["Location"])
        assert 1 == len(running.faults)


def test_the_root_leads_to_the_site_that_lies_below_it():
    with Running(TableSite("/project/")) as running:
        assert "/project/?a=b" == running.get("/?a=b")["Location"]
        assert 200 == running.get("/project/").status


# ---------------------------------------------------------------- what belongs to the preview


def test_scripts_are_sent_by_name_and_asked_about_anew(running):
    for name, body in SCRIPTS.items():
        reply = running.get(f"/-octavo/{name}")

        assert (200, body) == (reply.status, reply.body)
        assert "text/javascript; charset=utf-8" == reply["Content-Type"]
        assert 304 == running.get(f"/-octavo/{name}", f"If-None-Match: {reply['ETag']}").status
    assert [] == running.site.asked


@pytest.mark.parametrize(
    "name",
    ["", "nope.js", "preview.js/", "Preview.js", "events/", "<script>alert(1)</script>", "__init__.py"],
)
def test_nothing_else_is_there(running, name):
    reply = running.get(f"/-octavo/{name}")

    assert (404, "text/plain; charset=utf-8") == (reply.status, reply["Content-Type"])
    assert b"<" not in reply.body
    assert [] == running.site.asked


@pytest.mark.parametrize("name", ["events", "problems"])
@pytest.mark.parametrize(
    "query",
    ["", "?", "?token=", "?token=wrong", f"?token={TOKEN}x", f"?token={TOKEN[:-1]}", f"?Token={TOKEN}", f"?token={TOKEN}&token={TOKEN}", f"?token={TOKEN.upper()}", "?token=%00", "?token=%ff%fe", f"?{'a&' * 3000}token={TOKEN}", f"?a={TOKEN}"],
)  # fmt: skip
def test_the_token_of_this_run_is_needed(running, name, query):
    reply = running.get(f"/-octavo/{name}{query}")

    assert 403 == reply.status
    assert TOKEN.encode() not in reply.body
    assert 0 == running.site.hub.listeners


@pytest.mark.parametrize(
    ("page", "path"),
    [("%2Fd%25C3%25ADas%2F", "/días/"), ("/a/", "/a/"), ("%2F", "/"), ("/a%2520b/", "/a b/")],
)
def test_the_problems_of_a_page_are_asked_for_by_its_address(running, page, path):
    reply = running.get(f"/-octavo/problems?token={TOKEN}&page={page}")

    assert ("application/json", "no-store") == (reply["Content-Type"], reply["Cache-Control"])
    assert f'[{{"code": "broken-link", "message": "of {path}"}}]'.encode() == reply.body


@pytest.mark.parametrize(
    "page", ["", "&page=", "&page=a", "&page=//evil", "&page=/..%2f", "&page=/a/&page=/b/", "&page=%2F%2500"]
)
def test_problems_are_those_of_one_page(running, page):
    assert 400 == running.get(f"/-octavo/problems?token={TOKEN}{page}").status


def test_a_fault_of_the_site_is_told_to_the_owner_and_not_to_the_client(running, capfd):
    def fail(path):
        raise RuntimeError("secret of the engine")

    good, running.site.answer = running.site.answer, fail
    reply = running.get("/")
    running.site.answer = good

    assert (500, "text/plain; charset=utf-8") == (reply.status, reply["Content-Type"])
    assert b"secret" not in reply.body
    assert ["secret of the engine"] == [str(running.faults.pop())]
    assert 200 == running.get("/").status
    assert ("", "") == capfd.readouterr()


def test_a_field_that_would_be_two_lines_is_never_sent(running, capfd):
    running.site.answers["/bad"] = Answer(content_type="text/html\r\nX-Injected: yes", body=b"x")

    reply = running.get("/bad")

    assert reply is None or (500, None) == (reply.status, reply["X-Injected"])
    assert 1 == len(running.faults)
    running.faults.clear()
    assert 200 == running.get("/").status
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize("value", ["a\r\nX-Injected: y", "a\nb", "a\rb", "a\0b"])
def test_a_head_is_not_written_with_a_field_of_two_lines(value):
    with pytest.raises(ValueError, match="line break"):
        write_head(200, [("ETag", value)], keeps_alive=True)
