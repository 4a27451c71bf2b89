"""What readers get to see of a chapter's code, as values: rendering makes HTML of them, in whatever process.

A view belongs to one block of a page. It depends on the states of the files that the block shows and on nothing else, so
that a change of another file leaves it as it was.
"""

from octavo.model import Value

__all__ = ["BlockView", "ChapterViews", "FileChange"]


class BlockView(Value, frozen=True):
    """How a page shows one block."""

    block: int
    role: str
    text: str
    """What stands in place of the block."""
    language: str = ""
    path: str = ""
    caption: str = ""
    marked: tuple[int, ...] = ()
    """Lines of the text to mark, counted from 0."""
    first_line: int = 0
    id: str = ""
    classes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """Lines that are written and not shown."""
    whole: str = ""
    """The whole file after the step; empty where the text is all of it."""
    whole_marked: tuple[int, ...] = ()
    changes: tuple[str, ...] = ()
    """The step as a unified diff; empty where it only adds what the text shows."""
    removes: bool = False
    """True where the step takes lines away and adds none in their place: the text alone would not show it."""
    copied: str = ""
    """What a reader types, where that is not the text."""


class FileChange(Value, frozen=True):
    """What a chapter does to one file."""

    path: str
    kind: str
    """`new` or `changed`."""
    lines: tuple[str, ...]
    """A unified diff, or all lines of a new file."""
    added: int
    removed: int


class ChapterViews(Value, frozen=True):
    """All that a page shows of its chapter's code."""

    blocks: tuple[BlockView, ...] = ()
    changes: tuple[FileChange, ...] = ()
    counted: int = 0
    """Blocks that are written, run or compared, hidden ones among them."""
    skipped: tuple[str, ...] = ()
    """The reason of every block that is not run."""
