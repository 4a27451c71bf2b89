"""The code blocks of a page as Markdown found them, for tutorials: what each says, and apart from it where it stands.

Every page has them, since a page alone cannot know whether it is a chapter of a tutorial. The blocks hold no positions,
so that prose above a block changes nothing that other chapters are made from. This module judges nothing.
"""

import msgspec

from octavo.errors import Diagnostic, Location

__all__ = ["BlockPlace", "CodeBlock", "Mirror", "PageBlocks"]


class Mirror(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A file of the site folder that a block names by `file`."""

    file: str
    """Relative to the site folder."""
    text: str | None = None
    """None where it does not exist or cannot be read."""
    reason: str = ""
    """Why there is no text, where that is known."""


class CodeBlock(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One code block, without its place."""

    text: str
    """The code, ending in a line end unless it is empty."""
    language: str = ""
    title: str = ""
    caption: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    """What the info string says besides title, caption, numbers and marks; a bare word has an empty value."""
    hidden: bool = False
    """True in a hidden comment: readers do not see it."""
    fenced: bool = True
    first_line: int = 0
    """The number shown beside the first line; 0 without numbers."""
    marked: tuple[tuple[int, int], ...] = ()
    """Ranges of lines that the author marked."""
    id: str = ""
    classes: tuple[str, ...] = ()
    mirror: Mirror | None = None


class BlockPlace(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Where a block stands: only diagnostics look here."""

    location: Location
    """The line that opens it."""
    excerpt: str
    body_line: int
    """The line of the file that holds its first line of code; 0 where the code comes from another file."""
    way: str = ""
    """Through which files it came into the page."""


class PageBlocks(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """All code blocks of a page in their order, hidden ones among them."""

    blocks: tuple[CodeBlock, ...] = ()
    places: tuple[BlockPlace, ...] = ()
    """One for each block."""
    problems: tuple[Diagnostic, ...] = ()
    """Mistakes in hidden blocks, which matter to tutorials alone."""
