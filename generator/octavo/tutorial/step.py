"""A code block with its role: what it does to the project, or how it is checked.

A step holds no place. A problem points at it by the block's number on its page, and at most at a line of its code or a
word of its info string; whoever knows the page's places makes a diagnostic of it.
"""

from typing import Literal

from octavo.model import Value

__all__ = ["CHANGING", "EXECUTED", "Role", "Step", "StepProblem"]

Role = Literal[
    "file", "edit", "diff", "append", "show", "console", "http", "pycon", "run", "output", "skip", "norun"
]
CHANGING = frozenset({"file", "edit", "diff", "append"})
"""Roles that change a file of the project."""
EXECUTED = frozenset({"console", "http", "pycon", "run", "output"})
"""Roles that something runs or compares with what ran."""


class Step(Value, frozen=True):
    """One block of a chapter."""

    role: Role
    block: int
    """Its number among the blocks of the page."""
    text: str
    """The code as it is written to the file or run, without marks of ours."""
    language: str = ""
    path: str = ""
    """Of the file that it writes, changes or shows, relative to the project."""
    options: tuple[tuple[str, str], ...] = ()
    """The attributes that its role allows, without the one that makes the role."""
    reason: str = ""
    """Why it is not run, for `skip` and `norun`."""
    hidden: bool = False
    """True where readers do not see it."""
    hidden_lines: tuple[int, ...] = ()
    """Lines, counted from 0, that are written and not shown."""

    def option(self, name: str) -> str | None:
        """Give the value of an attribute; empty for a bare word, None where it is not there."""
        return dict(self.options).get(name)


class StepProblem(Value, frozen=True):
    """A mistake of an author in one block."""

    code: str
    message: str
    block: int
    line: int = -1
    """Of the code, counted from 0; -1 for the line that opens the block."""
    word: str = ""
    """The word of the info string that is meant, where one is."""
    hint: str = ""
    path: str = ""
    """The file of the project whose last writer is worth naming."""
