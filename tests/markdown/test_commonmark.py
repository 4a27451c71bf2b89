"""The examples of CommonMark 0.31.2 and GFM 0.29: exact without our additions, with them as listed here."""

import re

from markdown_pages import fill_slots, parse_page
from octavo.markdown import render_commonmark
from shared_corpora import specification_examples

# Each addition, what it does to the expected HTML, and what takes it back so that the rest can be compared exactly.
HEADINGS = ((r'<(h[1-6]) id="[^"]*">', r"<\1>"), (r' <a class="anchor" [^>]*>#</a>', ""))
VOID = ((r"<(br|hr)>", r"<\1 />"),)
IMAGES = ((r'(<img src="[^"]*" alt="[^"]*"(?: title="[^"]*")?) loading="lazy" decoding="async">', r"\1 />"),)
FIGURES = (
    (
        r'<figure>(<img src="[^"]*" alt="[^"]*")( loading="lazy" decoding="async">)\n<figcaption>(.*?)</figcaption>\n</figure>',
        r'<p>\1 title="\3"\2</p>',
    ),
)
CODE = (
    (r'<div class="code"><pre tabindex="0">(.*?</pre>)</div>', r"<pre>\1"),
    (r'</?span(?: class="[a-z]+")?>', ""),
)
UNDONE = HEADINGS + VOID + FIGURES + IMAGES + CODE

DIFFERENT = {
    "the page begins with front matter": {96, 98},
    "the target of raw HTML is resolved, and filled in by this test percent-encoded": {
        21,
        31,
        344,
        630,
        631,
        642,
        643,
    },
    "a box or a style sheet of raw HTML that is left open is closed, an end tag of none is left out": {
        150,
        151,
        155,
        173,
        174,
        175,
        184,
    },
    "a tag of raw HTML without its end is text": {156, 157, 158},
    "the highlighter leaves quotation marks as they are": {211},
    "bare addresses become links": {602, 608, 611, 612},
}

GFM_DIFFERENT = {
    "an address without a scheme stays text": {621, 622, 623, 624, 625, 626, 627},
    "of the schemes only http, https and mailto become links": {628},
    "raw HTML is not filtered": {653},
}
GFM_UNDONE = (
    (r'<div class="tbl" [^>]*>\n<table', "<table"),
    (r"</table>\n</div>", "</table>"),
    (r' class="align-([a-z]+)"', r' align="\1"'),
    (r' class="task(?:-list)?"', ""),
    (
        r'<label><input type="checkbox" disabled checked>(.*?)</label>',
        r'<input checked="" disabled="" type="checkbox">\1',
    ),
    (r'<label><input type="checkbox" disabled>(.*?)</label>', r'<input disabled="" type="checkbox">\1'),
)


def undo(text: str) -> str:
    for pattern, replacement in UNDONE:
        text = re.sub(pattern, replacement, text, flags=re.DOTALL)
    return text


def test_plain_commonmark_gives_every_example_byte_for_byte():
    examples = specification_examples("commonmark-0.31.2")

    wrong = [item["example"] for item in examples if render_commonmark(item["markdown"]) != item["html"]]

    assert (len(examples), wrong) == (652, [])


def test_with_our_additions_only_the_listed_examples_differ():
    examples = specification_examples("commonmark-0.31.2")

    different = {
        item["example"] for item in examples if undo(fill_slots(parse_page(item["markdown"]))) != item["html"]
    }

    assert different == set().union(*DIFFERENT.values())


def test_every_addition_is_seen_in_the_examples():
    """What is taken back by a pattern that never matches would hide nothing, and say something wrong."""
    pages = [fill_slots(parse_page(item["markdown"])) for item in specification_examples("commonmark-0.31.2")]

    unseen = [pattern for pattern, _ in UNDONE if not any(re.search(pattern, page) for page in pages)]

    assert unseen == []


def undo_gfm(text: str) -> str:
    """Take back what our tables, tasks and struck words have beyond GFM's."""
    for pattern, replacement in GFM_UNDONE:
        text = re.sub(pattern, replacement, text)
    return undo(text)


def test_the_extensions_of_github_give_their_examples():
    examples = [item for item in specification_examples("gfm-0.29") if item["extensions"]]

    different = {
        item["example"]
        for item in examples
        if undo_gfm(fill_slots(parse_page(item["markdown"]))) != item["html"]
    }

    assert (len(examples), different) == (24, set().union(*GFM_DIFFERENT.values()))
