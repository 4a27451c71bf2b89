"""What the rules of one parse share: the texts being read, the problems found, the counters of the caps.

markdown-it hands its rules an untyped mapping, `env`; the only key of ours in it is `octavo`, and `session_of` is the
only reader. A session lives as long as one call of `parse_document` and is never shared.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Literal

from octavo.errors import Diagnostic, Location
from octavo.model import MarkdownOptions

__all__ = ["ENV_KEY", "Session", "SourceView", "session_of"]

ENV_KEY = "octavo"
_LONGEST_EXCERPT = 1_000


class SourceView:
    """One text on its way through the parser, with the file and the line it comes from.

    Line numbers of markdown-it count from 0 in `text`; `first_line` is the file's line of the first of them.
    """

    __slots__ = ("_excerpt", "_starts", "chain", "file", "first_line", "text")

    def __init__(self, file: str, text: str, first_line: int = 1, chain: tuple[Location, ...] = ()) -> None:
        self.file = file
        self.text = text
        self.first_line = first_line
        self.chain = chain
        """The directives through which this text came into the page, outermost first."""
        self._starts: list[int] = []
        self._excerpt = (-1, "")

    @property
    def starts(self) -> list[int]:
        """The offset of every line, and the end of the text."""
        if not self._starts:
            starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.text.find("\n", position + 1)
            starts.append(len(self.text) + 1)
            self._starts = starts
        return self._starts

    def offset(self, line: int) -> int:
        """Give the offset of a line, clamped to the text."""
        starts = self.starts
        return min(starts[min(max(line, 0), len(starts) - 1)], len(self.text))

    def excerpt(self, line: int) -> str:
        """Give a line without its line end, or the beginning of it where it is very long.

        A page of one line with ten thousand links would else carry ten thousand copies of itself.
        """
        if line != self._excerpt[0]:
            start = self.offset(line)
            end = self.text.find("\n", start, start + _LONGEST_EXCERPT)
            end = min(start + _LONGEST_EXCERPT, len(self.text)) if end < 0 else end
            self._excerpt = (line, self.text[start:end])
        return self._excerpt[1]

    def line_of(self, offset: int) -> int:
        """Give the line that holds an offset."""
        return min(bisect_right(self.starts, offset), len(self.starts) - 1) - 1

    def way(self) -> str:
        """Say through which directives this text came into the page, innermost first; empty for the page itself."""
        if not self.chain:
            return ""
        return "included from " + ", from ".join(f"`{place}`" for place in reversed(self.chain))

    def location(self, line: int, column: int = 0) -> Location:
        """Give the place of a line; without a column it is that of the first character that is not white space."""
        if not column:
            excerpt = self.excerpt(line)
            column = len(excerpt) - len(excerpt.lstrip()) + 1
        return Location(self.file, self.first_line + line, column)

    def location_of(self, offset: int) -> Location:
        """Give the place of an offset."""
        line = self.line_of(offset)
        return Location(self.file, self.first_line + line, offset - self.offset(line) + 1)


class Session:
    """The state of one parse."""

    __slots__ = (
        "_seen",
        "cells",
        "containers",
        "depth",
        "diagnostics",
        "included",
        "includes",
        "inline_overflow",
        "options",
        "overflowed",
        "problems",
        "tab_groups",
        "views",
    )

    def __init__(
        self,
        options: MarkdownOptions,
        view: SourceView,
        includes: Mapping[str, str | None],
        problems: Mapping[str, str],
    ) -> None:
        self.options = options
        self.views = [view]
        """The text being read is the last one; those above it include it."""
        self.includes = includes
        self.problems = problems
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[tuple[str, Location, str]] = set()
        self.depth = 0
        """How many blocks stand around the text being read."""
        self.overflowed = False
        """Whether blocks nested too deeply were reported."""
        self.inline_overflow = False
        """Whether the inline text being parsed is nested too deeply."""
        self.included = 0
        """Code points included so far."""
        self.containers: list[tuple[str, int]] = []
        """Name and level of the containers around the text being read."""
        self.tab_groups = 0
        """How many groups of tabs the page has so far."""
        self.cells = 0
        """Table cells filled in so far where a row was too short."""

    @property
    def view(self) -> SourceView:
        """The text being read."""
        return self.views[-1]

    def report(
        self,
        severity: Literal["error", "warning"],
        code: str,
        message: str,
        line: int,
        *,
        column: int = 0,
        hint: str = "",
    ) -> None:
        """Note a problem of the text being read."""
        view = self.view
        self.add(
            Diagnostic(
                code=code,
                severity=severity,
                message=message,
                location=view.location(line, column),
                excerpt=view.excerpt(line),
                hint=hint,
            )
        )

    def warn(self, code: str, message: str, line: int, *, column: int = 0, hint: str = "") -> None:
        """Note a warning about the text being read."""
        self.report("warning", code, message, line, column=column, hint=hint)

    def fail(self, code: str, message: str, line: int, *, column: int = 0, hint: str = "") -> None:
        """Note an error in the text being read."""
        self.report("error", code, message, line, column=column, hint=hint)

    def add(self, diagnostic: Diagnostic) -> None:
        """Note a problem, with the way by which its text came into the page."""
        chain = self.view.chain
        if chain:
            # A text that comes into a page by thousands of ways must not pile up thousands of problems.
            key = (diagnostic.code, diagnostic.location, diagnostic.message)
            if key in self._seen:
                return
            self._seen.add(key)
            way = self.view.way()
            hint = f"{diagnostic.hint}; {way}" if diagnostic.hint else way
            diagnostic = Diagnostic(
                code=diagnostic.code,
                severity=diagnostic.severity,
                message=diagnostic.message,
                location=diagnostic.location,
                excerpt=diagnostic.excerpt,
                hint=hint,
            )
        self.diagnostics.append(diagnostic)


def session_of(state: Any) -> Session:
    """Give the session of a rule's state."""
    session: Session = state.env[ENV_KEY]
    return session
