"""Requests and expected responses in `http` blocks, and what differs between them and what came."""

import pytest

from octavo.tutorial.contents import check_content
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.httpblocks import compare_response, read_http
from octavo.tutorial.normalise import Normalisation

PLAIN = Normalisation()
POST = split_lines("""\

POST /notes?a=1 HTTP/1.1
Content-Type: application/json
X-Empty:

{"text": "Buy bread"}

HTTP/1.1 201 CREATED
Content-Type: application/json
Location: /notes/...

{
  "id": "...",
  "text": "Buy bread"
}

""")


def block_of(*lines):
    assert check_content("http", lines, {}) is None
    return read_http(lines)


def test_a_block_is_read_with_its_lines():
    block = block_of(*POST)

    assert ("POST", "/notes?a=1") == (block.method, block.target)
    assert (("Content-Type", "application/json"), ("X-Empty", "")) == block.headers
    assert '{"text": "Buy bread"}' == block.body
    assert (201, "CREATED", 7) == (block.status, block.reason, block.status_line)
    assert [8, 9] == [header.line for header in block.expected_headers]
    assert ("{", '  "id": "...",', '  "text": "Buy bread"', "}") == block.expected_body
    assert 11 == block.body_line


def test_a_block_may_say_no_more_than_a_status():
    block = block_of("GET / HTTP/1.1", "", "HTTP/1.1 204")

    assert (204, "", "", (), -1) == (
        block.status,
        block.reason,
        block.body,
        block.expected_body,
        block.body_line,
    )
    assert compare_response(block, 204, [], "whatever", PLAIN) is None


def test_a_body_of_a_form_has_no_line_end():
    assert "a=1&b=2" == block_of("POST / HTTP/1.1", "", "a=1&b=2", "", "", "HTTP/1.1 200 OK").body


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (("GET / HTTP/1.1", "no header", "", "HTTP/1.1 200 OK"), 1),
        (("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", "A: b", "<p>Hello</p>"), 4),
        (("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", '{"a": 1}'), 3),
    ],
)
def test_a_line_that_is_no_header_is_refused_so_that_it_is_not_passed_over(lines, line):
    found = check_content("http", lines, {})

    assert found is not None
    assert line == found.line
    assert "header" in found.message


RESPONSE = [("content-type", "application/json"), ("LOCATION", "/notes/2"), ("Date", "now")]
BODY = '{"text":"Buy bread","id":2}\n'


def test_a_response_agrees_in_status_listed_headers_and_the_value_of_its_body():
    assert compare_response(block_of(*POST), 201, RESPONSE, BODY, PLAIN) is None


@pytest.mark.parametrize(
    ("status", "headers", "body", "code", "line", "message"),
    [
        (200, [], "", "run-status", 7, "the status is 200, expected 201"),
        (201, RESPONSE[1:], BODY, "run-header", 8, "there is no header `Content-Type`"),
        (201, [RESPONSE[0], ("Location", "/x")], BODY, "run-header", 9, "the header `Location` differs"),
        (201, RESPONSE, '{"text":"Buy bread"}', "run-body", 11, "the value has no key `id`"),
        (201, RESPONSE, '{"id":1,"text":"x"}', "run-body", 11, '`text` is x, expected "Buy bread"'),
        (201, RESPONSE, '{"id":1,"text":"Buy bread","x":0}', "run-body", 11, "not expected, `x`"),
        (201, RESPONSE, "<p>", "run-body", 11, "the body differs"),
    ],
)
def test_a_response_that_differs_is_reported_at_the_line_that_says_otherwise(
    status, headers, body, code, line, message
):
    found = compare_response(block_of(*POST), status, headers, body, PLAIN)

    assert found is not None
    assert (code, line) == (found.code, found.line)
    assert message in found.message
    assert found.expected


def test_one_of_several_headers_of_a_name_is_enough():
    block = block_of("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", "Set-Cookie: b=...")

    assert compare_response(block, 200, [("Set-Cookie", "a=1"), ("set-cookie", "b=2")], "", PLAIN) is None
    assert ("Set-Cookie: a=1",) == compare_response(block, 200, [("Set-Cookie", "a=1")], "", PLAIN).got


def test_text_is_compared_line_by_line_with_wildcards():
    block = block_of(
        "GET / HTTP/1.1", "", "HTTP/1.1 404 NOT FOUND", "", "...", "<title>404...</title>", "..."
    )
    page = "<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"

    assert compare_response(block, 404, [], page, PLAIN) is None
    found = compare_response(block, 404, [], "<p>", PLAIN)
    assert (("...", "<title>404...</title>", "..."), ("<p>",)) == (found.expected, found.got)
    assert compare_response(block, 404, [], page, PLAIN, literal=True).code == "run-body"


@pytest.mark.parametrize(
    ("expected", "got", "path"),
    [
        ('{"notes": [{"text": "a"}]}', '{"notes": [{"text": "b"}]}', "`notes[0].text`"),
        ("[1, [2, 3]]", "[1, [2, 4]]", "`[1][1]`"),
        ("[1]", "[1, 2]", "the value has 2 items"),
        ('{"a b": {"c": 1}}', '{"a b": {}}', '`["a b"]`'),
        ('{"a": 1}', '{"a": true}', "`a` is true, expected 1"),
        ('{"a": 0}', '{"a": null}', "`a` is null"),
        ('{"a": "1"}', '{"a": 1}', "`a` is 1"),
        ('{"a": []}', '{"a": {}}', "`a` is {}"),
    ],
)
def test_the_first_difference_of_json_is_named_by_its_path(expected, got, path):
    block = block_of("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", "", expected)
    found = compare_response(block, 200, [], got, PLAIN)

    assert found is not None
    assert path in found.message


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ('{"a": 1, "b": 2}', '{"b":2,"a":1.0}'),
        ('{"a": "..."}', '{"a": [1, {"b": 2}]}'),
        ('"..."', "17"),
        ('{"at": "2026-..."}', '{"at": "2026-11-25"}'),
        ('["took 5 ms"]', '["took 7 ms"]'),
        ('{"a": "\\u00e9"}', '{"a": "é"}'),
    ],
)
def test_json_agrees_by_value(expected, got):
    block = block_of("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", "", expected)
    rules = Normalisation(patterns=((r"took \d+", "took N"),))

    assert compare_response(block, 200, [], got, rules) is None


@pytest.mark.parametrize("body", ["[" * 100_000, "[" * 500 + "]" * 500, "NaN", "9" * 5_000])
def test_json_that_nobody_reads_is_compared_as_text(body):
    block = block_of("GET / HTTP/1.1", "", "HTTP/1.1 200 OK", "", "[]")

    assert compare_response(block, 200, [], body, PLAIN).code == "run-body"
    assert compare_response(block_of(*POST[:11], body), 201, RESPONSE, body, PLAIN) is None
