"""Lines for a terminal, made of parts with styles; whatever stands in them, a terminal gets no control sequence of it."""

import unicodedata
from collections.abc import Iterable

__all__ = ["Line", "as_plain", "as_styled", "cells", "visible"]

Line = tuple[tuple[str, str], ...]
"""Texts with their styles, in rich's words (`bold red`); an empty style is none."""

_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """Show every character that has no picture of its own as an escape: control characters, and invisible ones."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def cells(text: str) -> int:
    """Count terminal cells (Unicode Standard Annex 11); combining marks take none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def as_plain(lines: Iterable[Line]) -> str:
    """Give the lines without styles."""
    return "\n".join("".join(_safe(text) for text, _ in line).rstrip() for line in lines)


def as_styled(lines: Iterable[Line]) -> str:
    """Give the lines with the control sequences of their styles, and of nothing else."""
    from rich.console import Console  # noqa: PLC0415 - costs 50 ms, and only a terminal needs it
    from rich.text import Text  # noqa: PLC0415

    terminal = Console(force_terminal=True, highlight=False, markup=False, emoji=False)
    with terminal.capture() as captured:
        for line in lines:
            # Assembled from parts, so that no text is read as rich's markup.
            terminal.print(Text.assemble(*((_safe(text), style) for text, style in line)), soft_wrap=True)
    return captured.get().removesuffix("\n")


def _safe(text: str) -> str:
    """Keep what shapes words, such as joiners of emoji; escape all else that has no picture."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or (unicodedata.category(char) in {"Cf", "Zs"} and char not in _DIRECTIONS)
        else _escape(char)
        for char in text
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")
