"""Where a reference stands in its source: markdown-it knows the lines of a block, and the rest is looked for.

The search goes forward through the lines of the block, so that the second link to a target is found behind the first.
What cannot be found, since its escapes read otherwise in the source, is placed at the first line of its block.
"""

from octavo.errors import Location
from octavo.markdown.session import SourceView

__all__ = ["PlaceFinder"]

# A block whose targets are not found is not searched to its end again and again.
_MAX_MISSES = 20


class PlaceFinder:
    """Looks for the references of one block after the other."""

    def __init__(self) -> None:
        self._view: SourceView | None = None
        self._lines = (0, 0)
        self._cursor = -1
        self._end = 0
        self._capitals = ""
        self._misses = 0

    def enter(self, view: SourceView, first: int, last: int) -> None:
        """Begin with a block; cells of one row share its line and go on where the last one ended."""
        if view is not self._view or self._lines != (first, last):
            self._view = view
            self._lines = (first, last)
            self._cursor = -1
            self._capitals = ""
            self._misses = 0

    def find(self, target: str, label: str = "", *, raw: bool = False) -> tuple[Location, str]:
        """Give the place of a target, or of the use of a label, and its source line; *raw* is one in raw HTML."""
        view = self._view
        if view is None:
            return Location(""), ""
        self._begin(view)
        offset = self._search(view.text, target, label, raw=raw) if self._misses < _MAX_MISSES else -1
        if offset < 0:
            self._misses += 1
            line = self._lines[0]
            return view.location(line), view.excerpt(line)
        self._cursor = offset + 1
        return view.location_of(offset), view.excerpt(view.line_of(offset))

    def locate(self, words: str) -> tuple[int, int]:
        """Give the line, from 0, and the column, from 1, of words as they are written; else the first line, and 0."""
        view = self._view
        if view is None:
            return self._lines[0], 0
        self._begin(view)
        offset = view.text.find(words, self._cursor, self._end) if self._misses < _MAX_MISSES else -1
        if offset < 0:
            self._misses += 1
            return self._lines[0], 0
        self._cursor = offset + 1
        line = view.line_of(offset)
        return line, offset - view.offset(line) + 1

    def _begin(self, view: SourceView) -> None:
        if self._cursor < 0:
            self._cursor = view.offset(self._lines[0])
            self._end = max(view.offset(self._lines[1]), self._cursor)

    def _search(self, text: str, target: str, label: str, *, raw: bool) -> int:
        cursor, end = self._cursor, self._end
        if label:
            return self._search_label(text, label)
        # A reference in raw HTML must not take the place of a later link to the same target.
        written = (("](", target), ("](<", target.replace("%20", " ")))
        for opening, words in () if raw else written:
            found = text.find(opening + words, cursor, end)
            if found >= 0:
                return found + len(opening)
        return text.find(target, cursor, end) if target else -1

    def _search_label(self, text: str, label: str) -> int:
        """Look for the use of a label; it comes in capitals, as markdown-it compares references."""
        start = self._end - len(self._capitals)
        if not self._capitals:
            start = self._cursor
            self._capitals = text[start : self._end].lower().upper()
            if len(self._capitals) != self._end - start:
                # Some letters grow as capitals, and then offsets are lost.
                self._misses = _MAX_MISSES
                return -1
        found = self._capitals.find(f"[{label}]", self._cursor - start)
        return start + found + 1 if found >= 0 else -1
