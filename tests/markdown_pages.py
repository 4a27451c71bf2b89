"""Pages for the tests of Markdown."""

import re
from html import escape

from markdown_it.common.normalize_url import normalizeLink

from octavo.markdown import parse_document
from octavo.model import Document, MarkdownOptions, SourceText

SLOT = re.compile("\0(?:([htdbe])([0-9]+)|w([a-z_]+))\0")


def parse_page(text: str, *, source: str = "guide/page.md", **given) -> Document:
    """Parse a text as a page; `html`, `linkify` and `max_nesting` are options, the rest belongs to the source."""
    options = {key: given.pop(key) for key in ("html", "linkify", "max_nesting") if key in given}
    page = SourceText(source=source, file=f"content/{source}", text=text, **given)
    return parse_document(page, MarkdownOptions(**options))


def fill_slots(document: Document) -> str:
    """Give the HTML with every slot filled with what the author wrote, as plain CommonMark would."""

    def fill(slot: re.Match[str]) -> str:
        if slot[3]:
            return slot[3]
        if slot[1] != "h":
            return ""
        return escape(normalizeLink(document.card.links[int(slot[2])].target), quote=False).replace(
            '"', "&quot;"
        )

    return SLOT.sub(fill, document.body.html)


def problems(document: Document) -> list[tuple[str, str]]:
    """Give place and code of every problem, without the page's own file name."""
    return [
        (str(item.location).removeprefix("content/guide/page.md:"), item.code)
        for item in document.diagnostics
    ]
