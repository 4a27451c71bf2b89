"""What a page says of itself: title, summary, contents, anchors, places."""

import pytest

from markdown_pages import parse_page, problems
from octavo.markdown.titles import humanise
from octavo.model import Heading, LinkRef, TocEntry


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Front & matter\n---\n# Heading\n", "Front & matter"),
        ("text\n\n## Second\n\n# The *first* `h1`\n", "The first h1"),
        ("text\n\n## Second\n", "Second"),
        ("text\n", "Page"),
        ("", "Page"),
        ("# \n", "Page"),
    ],
)
def test_the_title_is_that_of_front_matter_else_a_heading_else_the_name(text, title):
    assert parse_page(text).card.title == title


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("flask/03-first_app.md", "First app"),
        ("flask/index.md", "Flask"),
        ("02-how-to/README.md", "How to"),
        ("index.md", "Home"),
        ("2024-05-01-news.md", "2024 05 01 news"),
        ("10-.md", "10"),
        ("日本語.md", "日本語"),
    ],
)
def test_a_file_name_becomes_words(source, title):
    assert humanise(source) == title


@pytest.mark.parametrize(
    ("text", "has_title"),
    [
        ("# A\n", True),
        ("<!-- hidden x -->\n\n# A\n", True),
        ("a\n\n# A\n", False),
        ("## A\n", False),
        ("", False),
    ],
)
def test_a_body_has_a_title_when_it_begins_with_an_h1(text, has_title):
    assert parse_page(text).body.has_title is has_title


def test_the_summary_is_the_text_of_the_first_paragraph():
    page = parse_page(
        "# T\n\n> quoted\n\nSome *text* with [a link](b.md)\nand `code`[^1].\n\nMore.\n\n[^1]: note\n"
    )

    assert page.body.summary == "Some text with a link and code."


def test_a_long_summary_is_cut_between_words():
    summary = parse_page("word " * 100).body.summary

    assert len(summary) <= 200
    assert summary.endswith("word…")


def test_the_contents_list_h2_and_h3_without_links_images_and_raw_html():
    page = parse_page(
        "# One\n\n## [A](a.md) *b* ![c](c.png) `<d>`\n\n### <script>e</script>[^f]\n\n#### Deep\n\n[^f]: g\n"
    )

    assert page.body.toc == (
        TocEntry(level=2, id="a-b-c-d", html="A <em>b</em> c <code>&lt;d&gt;</code>"),
        TocEntry(level=3, id="e", html="e"),
    )
    assert page.card.headings == (
        Heading(id="one", text="One"),
        Heading(id="a-b-c-d", text="A b c <d>"),
        Heading(id="e", text="e"),
        Heading(id="deep", text="Deep"),
    )


def test_anchors_are_the_ids_that_are_no_headings():
    page = parse_page(
        '---\naliases:\n  - "#was": title\n---\n# Title\n\n`a`{#code} <i id="raw"></i><a name=old></a>[^n]\n\n'
        "{#block}\ntext\n\n## Own {#own}\n\n[^n]: note\n"
    )

    assert page.card.anchors == ("code", "raw", "old", "fn-n", "fnref-n", "block", "was")
    assert [heading.id for heading in page.card.headings] == ["title", "own"]


def test_references_keep_their_order_their_kind_and_what_the_author_wrote():
    page = parse_page(
        "[a](ä%20b.md#c) ![d](d.png)\n\n<img src='e.png'>\n\n[](f.md) [g](https://example.org) [h](#i)\n"
    )

    assert page.card.links == (
        LinkRef(kind="link", target="ä%20b.md#c"),
        LinkRef(kind="image", target="d.png"),
        LinkRef(kind="image", target="e.png"),
        LinkRef(kind="link", target="f.md", wants_text=True),
        LinkRef(kind="link", target="#i"),
    )


def test_references_of_an_included_file_are_relative_to_it():
    page = parse_page(
        "::: include ../shared/part.md\n\n[here](b.md)\n",
        includes=(("content/shared/part.md", "---\ntitle: x\n---\n\n[there](a.md)\n"),),
    )

    assert page.card.links == (
        LinkRef(kind="link", target="a.md", base="content/shared/part.md"),
        LinkRef(kind="link", target="b.md"),
    )
    assert [str(place) for place in page.places.links] == [
        "content/shared/part.md:5:9",
        "content/guide/page.md:3:8",
    ]


def places(text: str) -> list[str]:
    return [str(place).removeprefix("content/guide/page.md:") for place in parse_page(text).places.links]


def test_a_reference_is_placed_at_its_target():
    text = "---\ntitle: x\n---\nText [a](b.md)\nand [b.md](b.md), *[c](<d e.md>)*.\n\n- ![i](i.png)\n"

    assert places(text) == ["4:10", "5:12", "5:25", "7:8"]


def test_cells_of_a_row_are_told_apart():
    assert places("|a|b|\n|-|-|\n|[x](p.md)|[y](p.md)|\n") == ["3:6", "3:16"]


def test_a_reference_by_label_is_placed_at_its_use():
    assert places("One [two][lab El] and\n[Lab el].\n\n[lab el]: x.md\n") == ["1:11", "2:2"]


def test_raw_html_is_placed_at_the_value():
    assert places('<p>\n<a href="a.md">x</a>\n<a href="a.md">\n</p>\n') == ["2:10", "3:10"]


def test_a_target_that_is_written_otherwise_is_placed_at_its_block():
    assert places("text\n\n  a [b](c&amp;d.md)\n") == ["3:3"]


def test_lines_count_alike_with_every_line_end():
    text = "---\ntitle: x\n---\na\n\n[b](c.md)\n\n::: nope\n:::\n"

    pages = [parse_page(text.replace("\n", end)) for end in ("\n", "\r\n", "\r")]

    assert [[str(place) for place in page.places.links] for page in pages] == [
        ["content/guide/page.md:6:5"]
    ] * 3
    assert [problems(page) for page in pages] == [[("8:1", "unknown-container")]] * 3
    assert pages[0].body == pages[1].body == pages[2].body


def test_the_excerpt_of_a_reference_is_its_line():
    assert parse_page("a\nb [c](d.md) e\n").places.link_excerpts == ("b [c](d.md) e",)


def test_equal_texts_give_equal_documents():
    text = "# A\n\n[b](c.md) [^1]\n\n[^1]: x\n\n::: tip\ny\n:::\n"

    assert parse_page(text) == parse_page(text)


def test_raw_html_is_text_where_it_is_switched_off():
    page = parse_page('<div id="x">\n\na <b>c</b> <!-- hidden d -->\n\n<!-- hidden\ne -->\n', html=False)

    assert page.body.html == ("<p>&lt;div id=&quot;x&quot;&gt;</p>\n<p>a &lt;b&gt;c&lt;/b&gt; </p>\n")


def test_bare_addresses_are_text_where_they_are_switched_off():
    assert parse_page("https://example.org a@example.org\n", linkify=False).body.html == (
        "<p>https://example.org a@example.org</p>\n"
    )
