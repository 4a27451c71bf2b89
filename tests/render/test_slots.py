import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.context import ChapterEntry, PageLink, SiteInfo
from octavo.model import Fill, PageBody
from octavo.render.view import fill_slots, view_page

NASTY = "\"><script>alert(1)</script>'"


def test_slots_are_filled_in_any_order_and_more_than_once():
    body = '<a href="\0h1\0">\0t1\0</a><img src="\0h0\0"\0d0\0><a href="\0h1\0">x</a>'
    fills = (Fill(href="a.png", width=3, height=4), Fill(href="b/", text="B"))
    expected = '<a href="b/">B</a><img src="a.png" width="3" height="4"><a href="b/">x</a>'
    assert fill_slots(body, fills) == expected


def test_an_image_without_a_known_size_gets_no_attributes():
    assert fill_slots('<img src="\0h0\0"\0d0\0>', (Fill(href="a", width=3),)) == '<img src="a">'


def test_a_fill_cannot_leave_its_place(tools):
    page = fill_slots('<p><a href="\0h0\0">\0t0\0</a></p>', (Fill(href=NASTY, text=NASTY),))
    tree = tools.parse("<!doctype html><title>x</title>" + page)
    link = tree.find(".//a")
    assert (link.get("href"), link.text, list(tree.iter("script"))) == (NASTY, NASTY, [])


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))), max_size=4))
def test_every_fill_is_escaped_text(texts):
    body = "".join(f'<a href="\0h{n}\0">\0t{n}\0</a>' for n in range(len(texts)))
    filled = fill_slots(body, tuple(Fill(href=text, text=text) for text in texts))
    found = re.findall(r'<a href="([^"<>]*)">([^"<>]*)</a>', filled)
    assert [(html.unescape(href), html.unescape(text)) for href, text in found] == [
        (html.unescape(html.escape(text)), html.unescape(html.escape(text))) for text in texts
    ]


def test_a_reference_without_a_fill_is_a_bug_and_never_an_empty_link():
    with pytest.raises(IndexError):
        fill_slots('<a href="\0h1\0">', (Fill(href="a"),))


def test_titles_with_markup_are_escaped_everywhere(render, tools):
    link = PageLink(title=NASTY, href="x/")
    page = render(
        tools.task(
            "section.html",
            SiteInfo(title=NASTY, author=NASTY, copyright=NASTY),
            title=NASTY,
            description=NASTY,
            breadcrumbs=(link,),
            previous=link,
            next=link,
            tags=(link,),
            prerequisites=(link,),
            children=(ChapterEntry(title=NASTY, href="y/", description=NASTY),),
            body=PageBody(html="<p>x</p>"),
        )
    )
    tree = tools.parse(page)
    assert [script.text for script in tree.iter("script") if not script.get("src")] == []
    assert page.count("&lt;script&gt;") > 10


def test_the_text_after_the_authors_heading_is_the_page(tools):
    body = PageBody(html="<h1>A <b>b</b></h1>\n<p>x</p>\n", has_title=True)
    page = view_page(tools.task(body=body))
    assert (page.heading, page.html) == ("<h1>A <b>b</b></h1>", "<p>x</p>\n")
