"""The list of titles and headings: the first answer of a search, and the only one where a site is opened from disk.

It is a script, since a page from disk may load scripts and nothing else. It calls `octavoTitles` with one value:

    language   the language of the site
    words      the words of the dialog, by name
    pages      a list for each page: url, title, then an id and a text for each heading
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from octavo.model import Heading, Value

__all__ = ["TitledPage", "titles_script"]

HEADINGS_LIMIT = 256 * 1024
"""Bytes that the list may have with headings; a larger one has titles alone."""
TITLES_LIMIT = 512 * 1024
"""Bytes of titles; pages deep in the site are left out beyond."""


class TitledPage(Value, frozen=True):
    """One page as the list shows it."""

    url: str
    title: str
    headings: tuple[Heading, ...] = ()


def titles_script(pages: Iterable[TitledPage], language: str, words: Mapping[str, str]) -> bytes:
    """Write the list; pages stand in the order given."""
    listed = tuple(pages)
    full = [_entry(page, page.headings) for page in listed]
    data = _write(full, language, words)
    if len(data) <= HEADINGS_LIMIT:
        return data
    data = _write([_entry(page, ()) for page in listed], language, words)
    if len(data) <= TITLES_LIMIT:
        return data
    return _write(_nearest(listed, TITLES_LIMIT - len(_write([], language, words))), language, words)


def _entry(page: TitledPage, headings: Sequence[Heading]) -> list[str]:
    entry = [page.url, page.title]
    for heading in headings:
        if heading.text and heading.text != page.title:
            entry += (heading.id, heading.text)
    return entry


def _nearest(pages: Sequence[TitledPage], room: int) -> list[list[str]]:
    """Give the titles that fit into so many bytes, those of pages near the root first, in the order of the pages."""
    kept: set[int] = set()
    for number in sorted(range(len(pages)), key=lambda number: (pages[number].url.count("/"), number)):
        room -= len(msgspec.json.encode(_entry(pages[number], ()))) + 1
        if room < 0:
            break
        kept.add(number)
    return [_entry(page, ()) for number, page in enumerate(pages) if number in kept]


def _write(pages: list[list[str]], language: str, words: Mapping[str, str]) -> bytes:
    value: dict[str, Any] = {"language": language, "words": dict(words), "pages": pages}
    # A title may hold markup; the file reads the same and holds none, wherever it may end up.
    encoded = msgspec.json.encode(value).replace(b"<", b"\\u003c")
    return b"octavoTitles(" + encoded + b");\n"
