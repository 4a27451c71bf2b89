"""Work is counted, not hoped for: what an edit reaches, and what it does not."""

import sys

import pytest

from sitebuilder import Site


@pytest.fixture(name="book")
def fixture_book(site):
    """Two sections of three chapters and two loose pages, built once."""
    site.page("index.md", "---\ntitle: Home\n---\n\nHello.\n")
    site.pages(about="# About\n\nText.\n", news="# News\n\nSee [the guide](guide/01-one.md).\n")
    for section in ("guide", "reference"):
        for number, stem in enumerate(("one", "two", "three"), start=1):
            site.page(
                f"{section}/{number:02d}-{stem}.md",
                f"---\ntitle: {section} {stem}\n---\n\n## Part\n\nText.\n",
            )
    return site.build().clean()


def test_second_build_does_nothing(book):
    book.build().counts(parsed=0, rendered=0, written=0, copied=0, pruned=0)


def test_touch_renders_nothing_and_writes_nothing(book):
    book.touch("guide/01-one.md").build().counts(parsed=0, rendered=0, written=0)


def test_edit_with_the_same_html_renders_nothing(book):
    """Two blank lines are one to a reader: the body's digest is the same."""
    book.edit("about.md", "# About\n\n", "# About\n\n\n").build().counts(parsed=1, rendered=0, written=0)


def test_body_edit_parses_one_renders_one_writes_one(book):
    book.edit("guide/02-two.md", "Text.", "Other text.").build().counts(parsed=1, rendered=1, written=1)


def test_title_edit_renders_its_section_and_the_listings_that_show_it(book):
    """guide/ has three chapters and a generated page; /contents/ and the search list all. Nothing else shows the title."""
    book.edit("guide/02-two.md", "title: guide two", "title: Another").build()

    book.counts(parsed=1, rendered=5)
    assert {
        "contents/index.html",
        "guide/index.html",
        "guide/one/index.html",
        "guide/three/index.html",
        "guide/two/index.html",
        "search/titles.js",
    } == set(book.report.written)


def test_new_heading_renders_its_page_alone(book):
    book.edit("guide/02-two.md", "## Part", "## Part\n\n## Another").build().counts(parsed=1, rendered=1)

    assert ("guide/two/index.html", "search/titles.js") == book.report.written


def test_renamed_heading_warns_the_linking_page_without_rendering_it(book):
    book.edit("news.md", "01-one.md", "01-one.md#part").build().clean()

    book.edit("guide/01-one.md", "## Part", "## Piece").build().counts(parsed=1, rendered=1, written=2)

    book.warns("broken-anchor", "content/news.md:3:17")


def test_template_comment_renders_many_and_writes_none(book):
    book.write("theme/templates/page.html", '{% extends "bundled/page.html" %}\n').build()

    book.write("theme/templates/page.html", '{% extends "bundled/page.html" %}\n{# a comment #}\n').build()

    book.counts(parsed=0, rendered=8, written=0)


def test_template_of_one_kind_renders_that_kind_alone(book):
    book.write("theme/templates/contents.html", '{% extends "bundled/contents.html" %}\n').build()

    book.counts(parsed=0, rendered=1)


def test_replaced_image_renders_the_pages_that_show_it(book):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"/>'
    book.page("map.svg", svg.format(10)).edit("about.md", "Text.", "![Map](map.svg)").build().clean()
    assert 'width="10" height="10"' in book.main("about/")

    book.page("map.svg", svg.format(20)).build().counts(parsed=0, rendered=1, written=2, copied=1)

    assert 'width="20" height="20"' in book.main("about/")


def test_image_of_the_same_size_renders_nothing(book):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{0}</svg>'
    book.page("map.svg", svg.format("")).edit("about.md", "Text.", "![Map](map.svg)").build().clean()

    book.page("map.svg", svg.format("<desc>New</desc>")).build().counts(rendered=0, written=1, copied=1)


def test_removed_page_is_pruned(book):
    book.remove("about.md").build().counts(pruned=1)

    assert not (book.out / "about").exists()


def test_output_removed_by_hand_comes_back(book):
    (book.out / "about/index.html").unlink()

    book.build().counts(parsed=0, rendered=1, written=1)

    assert "About" in book.main("about/")
    assert ("missing",) == book.why("about/").last


def test_output_changed_by_hand_is_restored(book):
    good = book.html("about/")
    (book.out / "about/index.html").write_text("tampered", encoding="utf-8")

    book.build().counts(rendered=1, written=1)

    assert good == book.html("about/")
    assert ("file",) == book.why("about/").last


def test_why_names_what_changed(book):
    book.edit("about.md", "Text.", "Words.").build()
    assert ("body",) == book.why("about/").last

    book.edit("about.md", "# About", "# Us")

    assert {"body", "page facts", "navigation"} == set(book.why("about/").stale)
    assert {"navigation"} <= set(book.why("news/").stale)
    assert {"navigation"} == set(book.why("guide/one/").stale)


def count_file_changes(call):
    """Count the calls that create, remove or rename files, by the interpreter's audit events."""
    counter = {"on": True, "calls": 0}
    flags_written = 0o1 | 0o2 | 0o100

    def hook(event, arguments):
        if not counter["on"]:
            return
        is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & flags_written
        if is_write or event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.utime"}:
            counter["calls"] += 1

    sys.addaudithook(hook)
    try:
        call()
    finally:
        counter["on"] = False
    return counter["calls"]


def test_write_cost_of_a_one_page_build_does_not_grow_with_the_site(tmp_path):
    costs = {}
    for pages in (10, 60):
        site = Site(tmp_path / str(pages)).write("site.yaml", "title: Test\n")
        for number in range(pages):
            site.page(f"s/{number}.md", f"# Page {number}\n\nText.\n")
        site.build().clean()
        measured = []
        for turn in range(3):
            site.page("s/3.md", f"# Page 3\n\nTurn {turn}.\n")
            measured.append(count_file_changes(site.build))
            site.counts(parsed=1, rendered=1, written=1)
        costs[pages] = measured

    assert costs[10] == costs[60]
    assert max(costs[60]) < 20
