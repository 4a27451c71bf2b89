"""The handbook's chapter on tutorials: what it prints builds, and does what it says."""

import re

import pytest

from handbook_reader import read_page
from octavo.markdown.code import parse_fence_info
from octavo.tutorial.attributes import KNOWN

PAGE = read_page("tutorials.md")
FIRST = "from flask import Flask\n\napp"


@pytest.fixture(name="printed")
def fixture_printed(site):
    for fence in PAGE.fences:
        title = parse_fence_info(fence.info).title
        if title.startswith("content/"):
            site.write(title, fence.text)
    return site.page("index.md", "# Home\n").build().clean()


def test_the_tutorial_that_the_page_prints_has_what_the_page_promises(printed):
    html = printed.main("notes/greet/")

    assert '<mark class="line">' in html
    assert "<summary>Changes</summary>" in html
    assert "<summary>Whole file</summary>" in html
    assert "What changed in this chapter" in html
    assert "notes-greet-start.zip" in html
    assert "greet/notes-greet-end.zip" in printed.main("notes/")


def test_a_correction_of_the_first_chapter_is_shown_by_the_second(printed):
    printed.edit("notes/01-first-page.md", "Flask(__name__)", 'Flask("notes")').build().clean()

    whole = printed.main("notes/greet/").partition("step-whole")[2]
    assert '"notes"' in whole


def test_the_message_that_the_page_shows_is_what_octavo_says(printed):
    (shown,) = (fence.text.rstrip() for fence in PAGE.fences if "error[edit" in fence.text)
    printed.edit("notes/01-first-page.md", FIRST, "import flask\n\napp").build()

    (problem,) = printed.report.diagnostics
    assert shown == f"{problem.location}: error[{problem.code}]: {problem.message}"


def test_every_attribute_of_a_block_is_explained():
    tables = [table for table in PAGE.tables if table.under == "blocks"]
    named = {name for table in tables for row in table.rows for name in re.findall(r"[a-z]+", row[0])}

    assert KNOWN - {"check", "gap"} <= named
    assert {"check", "gap"} <= set(re.findall(r"`([a-z]+)=", " ".join(PAGE.lines)))
