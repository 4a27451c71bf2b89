"""Random texts: no crash, no slot of the author's making, and the same CommonMark as without our additions."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from markdown_pages import SLOT, fill_slots, parse_page
from octavo.markdown import render_commonmark

_COMMON = [
    "a", "b c", "\n", "\n\n", "\n    ", " ", "  ", "\t", "> ", "- ", "* ", "1. ", "2) ", "# ", "### ", "===\n", "---\n",
    "*", "**", "_", "`", "``", "```\n", "[", "]", "](", "(", ")", "![", "[a]", "[a]: u.md\n", "<", ">", "<b>", "</b>",
    "<i x='y'>", "<https://a.b>", "<!-- c -->", "&amp;", "&#35;", "\\", "!", '"t"', "é", "\u00a0", "x.md", "- - -\n",
]  # fmt: skip
_OURS = [
    *_COMMON, "~~", "|", "|-|\n", "[^1]", "[^1]: ", ":::", "::: tip\n", "::: details T {open}\n", "\n:::\n", "{#i}",
    "{.c}\n", "{x", "}", "[ ] ", "> [!NOTE]\n", "<div>\n", "</div>\n", "<a href='x.md'>", "<!-- hidden ", "-->", "\0",
    "\r\n", "\r", "\ud800", "\u202e", "https://a.b/c", "a@b.cc", "\n: ", "include=", "::: include a.md\n", "<script>",
    "<!--", "<a id=x", "---\ntitle: x\n---\n", "style=", '="', "javascript:",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_OURS), max_size=40).map("".join))
def test_no_text_breaks_the_parser(text):
    page = parse_page(text, includes=(("content/guide/a.md", "[in](a.md)\n\n::: note\n"),))

    numbers = [(kind, int(number)) for kind, number, _ in SLOT.findall(page.body.html) if kind]
    assert SLOT.sub("", page.body.html).count("\0") == 0
    assert {number for kind, number in numbers if kind == "h"} <= set(range(len(page.card.links)))
    assert len(page.card.links) == len(page.places.links) == len(page.places.link_excerpts)
    ids = [heading.id for heading in page.card.headings] + list(page.card.anchors)
    assert len(set(ids)) == len(ids)


UNDONE = (
    (r'<(h[1-6]) id="[^"]*">', r"<\1>"),
    (r' <a class="anchor" [^>]*>#</a>', ""),
    (r"<(br|hr)>", r"<\1 />"),
    (r'(<img src="[^"]*" alt="[^"]*"[^>]*?) loading="lazy" decoding="async">', r"\1 />"),
    # markdown-it keeps raw HTML in alternative texts, and does not begin a line for a code block in a tight item.
    (r' alt="[^"]*"', ""),
    (r"(?s)<figure [^>]*><figcaption>.*?</figcaption>\n?(<pre.*?</pre>)</figure>", r"\1"),
    (r'(?s)<div[^>]* class="code[^>]*>(<pre.*?</pre>)</div>', r"\1"),
    (r"(?<!\n)<pre", "\n<pre"),
    (r'<pre[^>]* tabindex="0">', "<pre>"),
)


def undo(text):
    for pattern, replacement in UNDONE:
        text = re.sub(pattern, replacement, text)
    return re.sub(r"<pre><code[^>]*>.*?</code></pre>", _plain_code, text, flags=re.DOTALL)


def _plain_code(found):
    return re.sub(r"</?span[^>]*>", "", re.sub(r"<code[^>]*>", "<code>", found[0])).replace("&quot;", '"')


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_COMMON), max_size=40).map("".join))
def test_what_is_commonmark_stays_commonmark(text):
    text = f"x\n\n{text}\n"

    assert undo(fill_slots(parse_page(text, linkify=False))) == undo(render_commonmark(text))
