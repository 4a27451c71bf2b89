"""The page being written: its references, its ids, its headings.

A draft is filled by the writers in the order of the tokens. What can only be known at the end, the ids of headings
without an id of their own, is left open as a place in a list of parts.
"""

from dataclasses import dataclass

from octavo.errors import Location
from octavo.markdown.blocklist import BlockList
from octavo.markdown.htmltext import escape
from octavo.markdown.mathml import read_formula
from octavo.markdown.session import Session
from octavo.model import LinkRef
from octavo.slugs import SlugCounter

__all__ = ["RESERVED_IDS", "HeadingDraft", "PageDraft"]

RESERVED_IDS = ("Main", "Contents", "Toc", "Display")
"""Ids of the theme, which no page may take. They have capitals, so that no heading gets one from its text."""

_LEAST_EXPANSION = 100_000
_MOST_FORMULAS = 100_000
"""Code points of all formulas of a page."""


@dataclass(slots=True)
class HeadingDraft:
    """A heading on its way to an id."""

    level: int
    text: str
    toc_html: str
    attributes: str
    """Attributes other than the id, as HTML."""
    parts: list[str]
    """The parts that hold the heading."""
    opening: int
    """Where in the parts the opening tag goes."""
    closing: int = 0
    """Where in the parts the link to the heading itself goes."""
    id: str = ""


class PageDraft:
    """Everything but the HTML."""

    def __init__(self, session: Session, size: int) -> None:
        self.session = session
        self.main_file = session.view.file
        self.links: list[LinkRef] = []
        self.places: list[Location] = []
        self.excerpts: list[str] = []
        self.ways: list[tuple[int, str]] = []
        self.headings: list[HeadingDraft] = []
        self.anchors: list[str] = []
        self.blocks = BlockList(session)
        self.ids = SlugCounter()
        for identifier in RESERVED_IDS:
            self.ids.reserve(identifier)
        self._expansion_left = max(size, _LEAST_EXPANSION)
        self._formulas_left = _MOST_FORMULAS

    def refer(
        self, target: str, place: tuple[Location, str], *, image: bool = False, wants_text: bool = False
    ) -> int:
        """Note a reference, and give the number of its slots."""
        file = self.session.view.file
        self.links.append(
            LinkRef(
                kind="image" if image else "link",
                target=target,
                base="" if file == self.main_file else file,
                wants_text=wants_text,
            )
        )
        self.places.append(place[0])
        self.excerpts.append(place[1])
        if way := self.session.view.way():
            self.ways.append((len(self.links) - 1, way))
        return len(self.links) - 1

    def take_id(self, identifier: str, line: int, column: int = 0) -> bool:
        """Take an id that the author wrote; False, with a warning, where the page cannot have it."""
        if self.ids.reserve(identifier):
            self.anchors.append(identifier)
            return True
        if identifier in RESERVED_IDS:
            code, message = "reserved-id", f"the id `{identifier}` belongs to the theme"
        else:
            code, message = "duplicate-id", f"the page has the id `{identifier}` already"
        self.session.warn(code, message, line, column=column, hint="choose another id")
        return False

    def take_heading_id(self, identifier: str, line: int, column: int = 0) -> bool:
        """Take an id for a heading, which is not listed among the other anchors."""
        if not self.take_id(identifier, line, column):
            return False
        self.anchors.pop()
        return True

    def may_expand(self, size: int, line: int) -> bool:
        """Count what reference links repeat of their definitions; False once the page has grown too much by them.

        cmark has the same cap, the greater of the input's size and 100 kB.
        """
        if self._expansion_left < 0:
            return False
        self._expansion_left -= size
        if self._expansion_left >= 0:
            return True
        self.session.fail(
            "reference-expansion",
            "reference links repeat too much text of their definitions; the rest of them stay without a target",
            line,
            hint="shorten the targets and titles of the definitions",
        )
        return False

    def formula(self, latex: str, line: int, column: int = 0, *, display: bool) -> str:
        """Give the HTML of a formula; as it was written, with a warning, where it cannot be read."""
        before, self._formulas_left = self._formulas_left, self._formulas_left - len(latex)
        if self._formulas_left >= 0:
            formula = read_formula(latex, display=display)
            if formula.html:
                return formula.html
            hint = "it is shown as written; a backslash before a dollar, `\\$`, makes it text"
            self.session.warn("math-syntax", formula.problem, line, column=column, hint=hint)
        elif before >= 0:
            message = f"the formulas of the page are longer than {_MOST_FORMULAS:,} characters; the rest stay as written"
            self.session.fail("math-too-large", message, line, column=column, hint="divide the page")
        return f'<code class="math-failed">{escape(latex)}</code>'
