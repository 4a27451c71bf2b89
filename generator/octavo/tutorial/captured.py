"""What a command really printed, in place of what the author wrote below it."""

from collections.abc import Sequence

import msgspec

from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.views import BlockView

__all__ = ["OutputPart", "show_captured"]

OutputPart = tuple[int, int, tuple[str, ...]]
"""Where the author's output begins in the block, counted from 0, how many lines of it there are, and what came."""


def show_captured(view: BlockView, parts: Sequence[OutputPart]) -> BlockView:
    """Put what was printed into a view; parts that lie outside the block or over each other are left out.

    Lines that the author marked stay marked, but for those that are replaced.
    """
    lines = split_lines(view.text)
    shown: list[str] = []
    moved: dict[int, int] = {}
    at = 0
    for first, count, printed in sorted(parts):
        if first < at or first + count > len(lines):
            continue
        moved |= {number: len(shown) + number - at for number in range(at, first)}
        shown += [*lines[at:first], *printed]
        at = first + count
    moved |= {number: len(shown) + number - at for number in range(at, len(lines))}
    shown += lines[at:]
    return msgspec.structs.replace(
        view,
        text="".join(f"{line}\n" for line in shown),
        marked=tuple(moved[number] for number in view.marked if number in moved),
    )
