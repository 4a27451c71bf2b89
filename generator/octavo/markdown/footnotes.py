"""Footnotes: `[^label]` in the text, `[^label]: ...` anywhere, all of them listed at the end of the page.

Notes are numbered in the order of their first use. A note that nothing refers to is listed too, so that no text is
lost, and a reference without a note stays the text that it was; both are reported.
"""

from dataclasses import dataclass, field

from octavo.markdown.draft import PageDraft
from octavo.markdown.htmltext import escape, fragment
from octavo.markdown.places import PlaceFinder
from octavo.markdown.session import SourceView
from octavo.slugs import slugify

__all__ = ["Footnotes"]


@dataclass(slots=True)
class _Note:
    label: str
    id: str
    number: int = 0
    """Its place among the notes that are used, from 1; 0 while nothing refers to it."""
    uses: list[str] = field(default_factory=list)
    """The ids of the references."""
    body: list[str] = field(default_factory=list)
    view: SourceView | None = None
    line: int = 0


class Footnotes:
    """The notes of one page."""

    def __init__(self, draft: PageDraft, labels: frozenset[str]) -> None:
        self._draft = draft
        self._labels = labels
        self._notes: dict[str, _Note] = {}
        self._surplus: list[_Note] = []
        self._used: list[_Note] = []

    def reference(self, label: str, finder: PlaceFinder) -> str:
        """Give the HTML of a reference, which stands in the finder's block."""
        if label not in self._labels:
            line, column = finder.locate(f"[^{label}]")
            self._draft.session.warn(
                "undefined-footnote",
                f"there is no footnote `[^{label}]`",
                line,
                column=column,
                hint=f"define it with `[^{label}]: ...`, or write `\\[^{label}]` for the text itself",
            )
            return escape(f"[^{label}]")
        note = self._note(label)
        if not note.number:
            self._used.append(note)
            note.number = len(self._used)
        identifier = self._own_id("fnref-" + note.id.removeprefix("fn-"))
        note.uses.append(identifier)
        return (
            f'<sup class="footnote-ref"><a href="{fragment(note.id)}" id="{escape(identifier)}" '
            f'role="doc-noteref">{note.number}</a></sup>'
        )

    def define(self, label: str, body: list[str], line: int) -> None:
        """Take the written body of a note."""
        note = self._note(label)
        if note.view is not None:
            self._draft.session.warn(
                "duplicate-footnote",
                f"the page has a footnote `[^{label}]` already",
                line,
                hint="choose another label",
            )
            note = self._make(label)
            self._surplus.append(note)
        note.body, note.view, note.line = body, self._draft.session.view, line

    def write(self) -> str:
        """Give the list of all notes; empty where the page has none."""
        unused = [note for note in self._notes.values() if not note.number]
        for note in unused:
            self._warn_unused(note)
        notes = [*self._used, *unused, *self._surplus]
        if not notes:
            return ""
        items = "".join(_item(note) for note in notes)
        return f'<section class="footnotes" role="doc-endnotes" aria-label="\0wfootnotes\0">\n<ol>\n{items}</ol>\n</section>\n'

    def _note(self, label: str) -> _Note:
        if label not in self._notes:
            self._notes[label] = self._make(label)
        return self._notes[label]

    def _make(self, label: str) -> _Note:
        return _Note(label=label, id=self._own_id(f"fn-{slugify(label) or 'note'}"))

    def _own_id(self, wanted: str) -> str:
        identifier = self._draft.ids.unique(wanted)
        self._draft.anchors.append(identifier)
        return identifier

    def _warn_unused(self, note: _Note) -> None:
        if note.view is None:
            return
        session = self._draft.session
        session.views.append(note.view)
        session.warn(
            "unused-footnote",
            f"nothing refers to the footnote `[^{note.label}]`",
            note.line,
            hint="refer to it, or remove it",
        )
        session.views.pop()


def _item(note: _Note) -> str:
    back = "".join(
        f' <a class="footnote-back" href="{fragment(use)}" role="doc-backlink" '
        f'aria-label="\0wfootnote_back\0 {_count(note, number)}">\u21a9\ufe0e</a>'
        for number, use in enumerate(note.uses, 1)
    )
    body = note.body
    if back and body and body[-1] == "</p>\n":
        body = [*body[:-1], back, "</p>\n"]
    elif back:
        body = [*body, f"<p>{back.lstrip()}</p>\n"]
    return f'<li id="{escape(note.id)}">\n{"".join(body)}</li>\n'


def _count(note: _Note, number: int) -> str:
    return f"{note.number}" if len(note.uses) == 1 else f"{note.number}.{number}"
