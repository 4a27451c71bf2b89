"""What the terminal is told of a look at the files."""

from typing import Literal

import msgspec

__all__ = ["Rebuild"]


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the files that brought something, for the terminal."""

    kind: Literal["shown", "checked", "changed"]
    """`shown` when the first pages can be looked at before all are parsed, `checked` when all of them are."""
    files: tuple[str, ...] = ()
    pages: int = 0
    """How many pages were rendered at once; the rest follows in the background."""
    waiting: int = 0
    seconds: float = 0.0
    """From the first hint to the event."""
