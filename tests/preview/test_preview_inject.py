"""Where the preview's script tag goes: into the page's own head, whatever the page holds."""

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octavo.preview.inject import inject, script_tag

TAG = script_tag(token="T", page="/flask/routing/", etag="D", generation=12, run="R", problems=2)
XHTML = b"""<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>"""
PIECES = [
    b"<head>", b"<HEAD class='a'>", b"<head", b"</head>", b"<header>", b"<html>", b"<html lang=en>", b"<!doctype html>", b"<!--",
    b"-->", b"--!>", b"<!-->", b"<!--->", b"<!", b"<?xml version='1.0'?>", b"<body>", b"</body>", b"</html>", b"<script>",
    b"</script>", b"<textarea>", b"<title>", b"<pre>", b"<p title='", b'"', b"'", b"=", b"/", b">", b"<", b" ", b"\n", b"\t", b"\f",
    b"\v", b"\0", b"\xef\xbb\xbf", b"\xff", b"x", "ä".encode(),
]  # fmt: skip
ANYTHING = st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)
BEGINNINGS = st.lists(
    st.sampled_from([
        b"<!-- <head> -->", b"<!-->", b"<!doctype html>", b"<!x '>", b"<html a='<head>'>", b"<html =b>", b"<?x?>", b" \n\t\f\r",
    ])
).map(b"".join)  # fmt: skip
PAGES = ANYTHING | st.builds(lambda *parts: b"".join(parts), BEGINNINGS, st.just(b"<head "), ANYTHING)


def test_tag_has_exactly_this_form():
    assert TAG == (
        b'<script src="/-octavo/preview.js" defer data-octavo-token="T" data-octavo-page="/flask/routing/"'
        b' data-octavo-etag="D" data-octavo-generation="12" data-octavo-run="R" data-octavo-problems="2"></script>'
    )


def test_values_cannot_leave_their_attributes():
    tag = script_tag(token='"><b>', page="/a&b'/", etag="<", generation=1, run=">", problems=0)

    element = html5lib.parse(tag.decode(), namespaceHTMLElements=False).find(".//script")
    assert ['"><b>', "/a&b'/", "<", ">"] == [
        element.get(f"data-octavo-{name}") for name in ("token", "page", "etag", "run")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<head>", b"<title>x</title></head><body></body>"),
        (b'<!doctype html>\n<html lang="en">\n<head>', b'\n<meta charset="utf-8">'),
        (b"<!DOCTYPE HTML>\r\n<HTML>\r\n<HEAD>", b"<body>no end"),
        (b'<head data-a="a>b" data-b=\'</head>\' data-c=c"d =e f = g/>', b"<title>"),
        (b"<html data-a='<head>' data-b=\"<head>\" c=<head d=e'>\n<head>", b"<p>"),
        (b"<!-- <head> <head x='>'> -->\n<!doctype html><!----><!--> <html><!---> <!-- a --!><head>", b"x"),
        (b"<!-- a -- > <head> --><head>", b""),
        (b"\xef\xbb\xbf" + XHTML, b"<title/></head></html>"),
        (b"<!doctype html><html><head\n>", b"<script>'<head>'</script>"),
        (b"<html><html><head>", b"<head>"),
        (b"<html/><head/>", b"<p>"),
    ],
)  # fmt: skip
def test_tag_stands_directly_after_the_start_tag_of_the_head(before, after):
    assert before + TAG + after == inject(before + after, TAG)


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"text",
        b"<!doctype html><title>x</title><p>y",
        b"<!doctype html><html><body><pre>&lt;head></pre><textarea><head></textarea>",
        b"<header>x</header>",
        b"<headline>",
        b"<p title='<head>'>",
        b"<!-- <head>",
        b"<!-- <head> -- <head>",
        b"<head",
        b"<head class='>",
        b"<html lang='><head>",
        b"<p></p><head>",
        b"\v<head>",
        b"<html><title><head></title>",
        b"<script>document.write('<head>')</script><head>",
    ],
)
def test_tag_stands_at_the_end_where_no_head_is_written(page):
    assert page + TAG == inject(page, TAG)


def test_page_without_end_tags_or_with_them_in_comments_and_code_has_the_tag_once():
    page = b"<!doctype html><html><head><title>x</title><body><!-- </body> --><code></body></code><pre></html></pre>"

    assert 1 == inject(page, TAG).count(TAG)


def test_huge_pages_cost_what_small_ones_cost():
    huge = b"<!doctype html><html><head>" + b"<p>text</p>" * 1_000_000

    assert TAG in inject(huge, TAG)[:1000]


@pytest.mark.parametrize(
    "page",
    [
        b"<!--" + b"-" * 200_000,
        b"<!-- " + b"--! " * 100_000,
        b"<html " + b"a" * 200_000,
        b"<html " + b"a=" * 100_000,
        b"<html " + b"a='" * 100_000,
        b"<html" + b" a" * 100_000,
        b"<html" + b" / = " * 100_000,
        b"<head" + b' a="' * 100_001,
        b" \n" * 200_000,
        b"<!x>" * 100_000,
        b"<!---->" * 100_000,
        b"<html>" * 100_000,
    ],
)
def test_pages_made_to_slow_the_search_down_do_not(page):
    """Each takes milliseconds; a search that tried all ways to read one would take hours."""
    assert page + TAG == inject(page, TAG)


@given(PAGES)
@example(b"<html =<head>>")
def test_page_is_as_it_was_without_the_tag(page):
    assert page == inject(page, TAG).replace(TAG, b"", 1)


@given(PAGES)
@example(b"<head <p title='<head><head>")
def test_head_is_found_where_the_html_standard_finds_it(page):
    """The script is the first thing in the head that a parser builds, whenever a head's start tag is written there."""
    injected = inject(page, TAG)
    if injected == page + TAG:
        return

    head = html5lib.parse(injected, transport_encoding="utf-8", namespaceHTMLElements=False).find("head")
    assert "/-octavo/preview.js" == head[0].get("src")
