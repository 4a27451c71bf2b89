"""Hostile and huge pages: nothing is lost, nothing grows out of hand, every limit is said."""

import re
from collections import Counter

import pytest

from markdown_pages import parse_page, problems
from octavo.markdown.characters import MAX_SOURCE
from octavo.markdown.include_block import MAX_DEPTH
from octavo.markdown.includes import MAX_INCLUDED


@pytest.mark.parametrize("unit", ["> ", "- ", "1. ", "> - ", "* > 1. "])
@pytest.mark.parametrize("depth", [5, 45, 99, 500, 10_000])
def test_text_below_any_nesting_is_shown(unit, depth):
    levels = unit.count(" ")

    page = parse_page(unit * (depth // levels) + "needle\n")

    assert page.body.html.count("needle") == 1
    assert [code for _, code in problems(page)] == (["nesting-too-deep"] if depth > 99 else [])


def test_nesting_over_lines_is_reported_where_it_becomes_too_deep():
    text = "\n".join(f"{'  ' * level}- level{level}x" for level in range(30)) + "\n"

    page = parse_page(text, max_nesting=20)

    assert problems(page) == [("20:39", "nesting-too-deep")]
    assert [level for level in range(30) if f"level{level}x" not in page.body.html] == []


def test_containers_nest_as_deep_as_quotes():
    text = "".join(f"{':' * (153 - level)} note\n\n" for level in range(150)) + "needle\n"

    page = parse_page(text)

    assert "needle" in page.body.html
    assert Counter(code for _, code in problems(page)) == {"unclosed-container": 100, "nesting-too-deep": 1}


def test_images_in_images_are_counted_too():
    page = parse_page("![" * 30 + "needle" + "](a.png)" * 30 + "\n", max_nesting=10)

    assert "needle" in page.body.html
    assert problems(page) == [("1:1", "nesting-too-deep")]


def test_a_stack_that_is_nearly_full_is_no_crash():
    def deep(level: int):
        return parse_page("> " * 90 + "needle\n") if level == 0 else deep(level - 1)

    page = deep(900)

    assert "needle" in page.body.html


@pytest.mark.parametrize(
    "text", ["[" * 8_000, "*a **a " * 4_000, "![[](" * 2_000, "`" * 8_000, "<a " * 8_000]
)
def test_pathological_texts_lose_nothing(text):
    page = parse_page(text)
    plain = re.sub(r"<[^>]*>", "", page.body.html)

    assert plain.count("[") == text.count("[")
    assert plain.count("a") == text.count("a")


def test_eight_thousand_tasks():
    html = parse_page("- [ ] a\n- [x] b\n" * 4_000).body.html

    assert (html.count("<label>"), html.count(" checked>")) == (8_000, 4_000)


def test_eight_thousand_equal_headings():
    page = parse_page("## Same\n" * 8_000)

    assert len({heading.id for heading in page.card.headings}) == 8_000
    assert page.card.headings[-1].id == "same-7999"


def test_ten_thousand_references_to_one_footnote():
    html = parse_page("[^a] " * 10_000 + "\n\n[^a]: x\n").body.html

    assert (html.count('role="doc-noteref"'), html.count('role="doc-backlink"')) == (10_000, 10_000)


def test_eight_thousand_definitions_links_and_addresses():
    assert parse_page("a\n: b\n\n" * 8_000).body.html.count("<dd>") == 8_000
    assert len(parse_page("[a](b.md) " * 8_000).places.links) == 8_000
    assert parse_page("a@b.com https://b.com " * 4_000).body.html.count("<a href=") == 8_000


def test_definitions_are_not_repeated_without_end():
    page = parse_page(f"[a]: {'u' * 20_000}.md\n\n" + "[a] " * 20_000)

    assert [code for _, code in problems(page)] == ["reference-expansion"]
    assert sum(len(link.target) for link in page.card.links) <= 200_000
    assert page.body.html.count(">a</a>") == 20_000


def test_tables_are_not_filled_up_without_end():
    page = parse_page("|a" * 300 + "\n" + "|-" * 300 + "\n" + "b\n" * 1_000)

    assert page.body.html.count("<td>") < 300 * 300
    assert page.body.html.count("b") > 1_000
    assert [code for _, code in problems(page)] == ["table-too-large"]


def test_many_small_tables_share_one_cap():
    table = "|a" * 256 + "\n" + "|-" * 256 + "\n" + "b\n" * 200 + "\n"

    page = parse_page(table * 10)

    assert page.body.html.count("<td>") < 256 * 600
    assert len(re.findall(r"\bb\b", page.body.html)) == 2_000
    assert {code for _, code in problems(page)} == {"table-too-large"}


def test_a_text_beyond_the_limit_is_an_error():
    page = parse_page("a" * (MAX_SOURCE + 1))

    assert [(item.code, item.severity) for item in page.diagnostics] == [("source-too-large", "error")]


@pytest.mark.parametrize("text", ["a" * 300_000, "\n" * 300_000, "a\n\n" * 30_000])
def test_large_texts_are_read(text):
    assert parse_page(text).body.html.count("a") == text.count("a")


def test_characters_that_no_page_may_have_become_replacement_characters():
    page = parse_page("a\0b\x01c\x1bd\ufffee\n")

    assert page.body.html == "<p>a\ufffdb\ufffdc\ufffdd\ufffde</p>\n"
    assert problems(page) == [("1:2", "control-character")]


def test_half_a_character_is_an_error():
    page = parse_page("ok\nb\ud800c\n")

    assert page.body.html == "<p>ok\nb\ufffdc</p>\n"
    assert [(item.code, item.severity) for item in page.diagnostics] == [("lone-surrogate", "error")]


@pytest.mark.parametrize("char", ["\u202e", "\u2066"])
def test_characters_that_turn_text_round_are_a_warning(char):
    page = parse_page(f"a\n\nb {char} c\n")

    assert problems(page) == [("3:3", "bidi-control")]


def test_marks_and_separators_of_other_scripts_are_no_problem():
    assert problems(parse_page("a\u200e \u200f \u2028 \ufeff \u0627\n")) == []


@pytest.mark.parametrize("reference", ["&#0;", "&#x0;", "&#1;", "\\\0"])
def test_no_input_makes_a_slot(reference):
    page = parse_page(
        f"{reference}h0{reference} [a](b{reference}.md) `{reference}` <a href='{reference}h0'>\n"
    )

    assert re.sub("\0h[01]\0", "", page.body.html).count("\0") == 0


def test_a_chain_of_includes_ends():
    files = tuple((f"content/guide/{n}.md", f"level {n}\n\n::: include {n + 1}.md\n") for n in range(40))

    page = parse_page("::: include 0.md\n", includes=files)

    assert [code for _, code in problems(page)] == ["include-depth"]
    assert page.body.html.count("<p>level") == MAX_DEPTH


def test_includes_that_double_at_every_level_end():
    body = "x" * 100_000
    files = tuple(
        (f"content/guide/{n}.md", f"::: include {n + 1}.md\n\n::: include {n + 1}.md\n") for n in range(12)
    )

    page = parse_page("::: include 0.md\n", includes=(*files, ("content/guide/12.md", body)))

    assert {code for _, code in problems(page)} == {"include-too-large"}
    assert len(page.body.html) < MAX_INCLUDED * 1.1
