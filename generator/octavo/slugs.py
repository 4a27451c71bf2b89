"""Slugs: stable, Unicode-aware identifiers for headings, tags and footnotes.

The rule is the one readers know from GitHub: lower case, punctuation dropped, white space to hyphens, letters and
digits of every script kept. A repeated slug gets `-1`, `-2` and so on in the order of the page.
"""

import re
import unicodedata

__all__ = ["SlugCounter", "slugify"]

_ASCII_DROPPED = re.compile(r"[^a-z0-9_\- ]+")


def slugify(text: str) -> str:
    """Give the slug of *text*; empty when the text has no letter, digit, hyphen or underscore.

    Combining marks belong to their letters, so the text is composed (NFC) first and marks are kept.
    """
    if text.isascii():
        kept = _ASCII_DROPPED.sub("", text.strip().lower())
    else:
        composed = unicodedata.normalize("NFC", text).strip().lower()
        kept = "".join(char for char in composed if char in "-_ " or unicodedata.category(char)[0] in "LNM")
    return "-".join(kept.split(" ")).strip("-") if kept else ""


class SlugCounter:
    """Hands out unique ids on one page, in linear time however many headings share a text."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def reserve(self, identifier: str) -> bool:
        """Take an id that the author wrote; False when the page has it already."""
        if identifier in self._used:
            return False
        self._used.add(identifier)
        return True

    def unique(self, base: str) -> str:
        """Give *base*, or *base* with the next free number."""
        if base not in self._used:
            self._used.add(base)
            return base
        number = self._next.get(base, 0)
        while True:
            number += 1
            candidate = f"{base}-{number}"
            if candidate not in self._used:
                self._next[base] = number
                self._used.add(candidate)
                return candidate
