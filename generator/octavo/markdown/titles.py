"""The title and the summary of a page."""

import posixpath
import re

from octavo.markdown.draft import HeadingDraft

__all__ = ["SUMMARY_LENGTH", "choose_title", "humanise", "shorten"]

SUMMARY_LENGTH = 200
"""The longest summary in code points."""

# A number with a hyphen or an underscore orders a file; the year of a date does not.
_ORDER = re.compile(r"^[0-9]{1,3}[-_](?![0-9])")


def choose_title(front_title: str, headings: list[HeadingDraft], source: str) -> str:
    """Give the title: front matter's, else the first `h1`, else the first heading, else the file's name."""
    if front_title.strip():
        return front_title.strip()
    named = [heading for heading in headings if heading.text]
    first = next((heading for heading in named if heading.level == 1), named[0] if named else None)
    return first.text if first else humanise(source)


def humanise(source: str) -> str:
    """Make words of a file's name: `03-first_app.md` is `First app`, `flask/index.md` is `Flask`."""
    folder, name = posixpath.split(source)
    stem = name.rsplit(".", 1)[0] if not name.startswith(".") else name
    if stem.lower() in {"index", "readme"}:
        stem = posixpath.basename(folder) or "home"
    words = " ".join(re.split(r"[-_\s]+", _ORDER.sub("", stem) or stem)).strip()
    return words[:1].upper() + words[1:] if words else stem or "Untitled"


def shorten(text: str) -> str:
    """Cut a text to the length of a summary, between words where it has some."""
    text = " ".join(text.split())
    if len(text) <= SUMMARY_LENGTH:
        return text
    cut = text[: SUMMARY_LENGTH - 1]
    head, space, _ = cut.rpartition(" ")
    return (head.rstrip(" ,;:.-") if space and len(head) > SUMMARY_LENGTH // 2 else cut) + "…"
