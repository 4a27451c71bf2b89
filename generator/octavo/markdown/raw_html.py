"""Raw HTML of an author: references become slots, ids are noted, hidden comments and stray ends of boxes go.

Everything else passes as it stands. The scanner follows HTML (section 13.2.5) as far as tags, attributes, comments
and the elements whose content is text; `srcset`, scripts, style sheets and `pre` are left alone.
"""

import html
import re
from dataclasses import dataclass

from octavo.markdown.comments import HIDDEN
from octavo.markdown.draft import PageDraft
from octavo.markdown.places import PlaceFinder
from octavo.markdown.session import SourceView
from octavo.urls import is_external

__all__ = ["RawHtml"]

_START = re.compile(r"<(?:!--|(/?)([A-Za-z][^\s/>]*))")
_TAG_REST = re.compile(r"""(?:[^<>"']|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_SWALLOWING = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is text up to their end tag: without it, the rest of the page."""
_TEXT_ONLY = _SWALLOWING | {"pre"}
_REFERENCES = frozenset({"href", "src", "poster"})
_IMAGES = frozenset({("img", "src"), ("video", "poster")})
_BOXES = frozenset(
    {
        "article",
        "aside",
        "details",
        "div",
        "fieldset",
        "figure",
        "footer",
        "form",
        "header",
        "main",
        "nav",
        "noscript",
        "object",
        "ol",
        "section",
        "select",
        "table",
        "template",
        "ul",
    }
)
_PAGE = frozenset({"html", "head", "body"})
_COUNTED = _BOXES | _SWALLOWING


@dataclass(frozen=True, slots=True)
class _Box:
    name: str
    line: int
    column: int
    view: SourceView
    level: int


class RawHtml:
    """Rewrites the raw HTML of one page, piece by piece.

    A browser ends a box with the Markdown block around it, and an end tag too many would then end a box of the theme.
    So boxes are counted by the level of their block.
    """

    def __init__(self, draft: PageDraft, finder: PlaceFinder) -> None:
        self._draft = draft
        self._finder = finder
        self._boxes: list[_Box] = []
        self._texts = 0
        """How many of the boxes are swallowing."""

    def rewrite(self, text: str, line: int, column: int, level: int) -> str:
        """Give a piece of raw HTML as it goes into the page.

        *line* and *column* are where it begins, a column of 0 means a whole block; *level* is that of its block.
        """
        out: list[str] = []
        done = position = 0
        is_told = False
        while found := _START.search(text, position):
            start = found.start()
            if found[2] is None:
                end = text.find("-->", start + 2)
                if HIDDEN.match(text, start):
                    out.append(text[done:start])
                    done = len(text) if end < 0 else end + 3
                if end < 0:
                    self._warn_comment(line + text.count("\n", 0, start))
                    out += [text[done:].rstrip("\n"), "-->\n"] if done < len(text) else []
                    done = len(text)
                    break
                position = end + 3
                continue
            name = found[2].lower()
            position = found.end()
            if found[1]:
                if name in _PAGE or (name in _COUNTED and not self._close(name, level)):
                    end = text.find(">", position)
                    out.append(text[done:start])
                    done = position = len(text) if end < 0 else end + 1
                    here = line + text.count("\n", 0, start)
                    self._warn_stray(name, here, column or self._column(here, found[0]))
                continue
            rest = _TAG_REST.match(text, position)
            if rest is None:
                # A browser would look for the end of the tag in the theme's.
                out += [text[done:start], "&lt;"]
                done = start + 1
                if not is_told:
                    is_told = True
                    self._warn_open_tag(found[0], line + text.count("\n", 0, start))
                continue
            here = line + text.count("\n", 0, start)
            there = column or self._column(here, found[0])
            if name in _COUNTED:
                self._boxes.append(_Box(name, here, there, self._draft.session.view, level))
                self._texts += name in _SWALLOWING
            if "=" in rest[0]:
                out.append(text[done:position])
                out.append(self._attributes(name, rest[0], here, there))
                done = rest.end()
            position = rest.end()
            if name in _TEXT_ONLY:
                closing = re.compile(f"</{name}", re.IGNORECASE).search(text, position)
                if closing is None:
                    break
                position = closing.start()
        out.append(text[done:])
        if not column:
            out.append(self.end_text())
        return "".join(out)

    def end_text(self) -> str:
        """Give the end tags of a script or the like that is open, and of what is in it: all that follows would be its."""
        out = []
        while self._texts:
            out.append(self._end_box())
        return "".join(out)

    @property
    def is_open(self) -> bool:
        """Whether the page has an open box."""
        return bool(self._boxes)

    def leave(self, level: int) -> str:
        """Give the end tags of the boxes that are open where a block of a level ends; -1 is the end of the page."""
        out = []
        while self._boxes and self._boxes[-1].level > level:
            out.append(self._end_box())
        return "".join(out)

    def _end_box(self) -> str:
        """Close the innermost box, which its author has left open."""
        box = self._boxes.pop()
        self._texts -= box.name in _SWALLOWING
        self._warn_unclosed(box)
        return f"</{box.name}>\n"

    def _column(self, line: int, tag: str) -> int:
        """Give the column of a tag in its line."""
        return self._draft.session.view.excerpt(line).find(tag) + 1

    def _close(self, name: str, level: int) -> bool:
        """Close the innermost box of a name in the same block, with those in it; False where there is none."""
        number = len(self._boxes) - 1
        while number >= 0 and self._boxes[number].level >= level:
            if self._boxes[number].name == name:
                for box in self._boxes[number + 1 :]:
                    self._warn_unclosed(box)
                self._texts -= sum(box.name in _SWALLOWING for box in self._boxes[number:])
                del self._boxes[number:]
                return True
            number -= 1
        return False

    def _warn_unclosed(self, box: _Box) -> None:
        session = self._draft.session
        session.views.append(box.view)
        session.warn(
            "unclosed-html",
            f"`<{box.name}>` is not closed",
            box.line,
            column=box.column,
            hint=f"write `</{box.name}>`",
        )
        session.views.pop()

    def _warn_comment(self, line: int) -> None:
        self._draft.session.warn(
            "unclosed-comment",
            "the comment has no end; everything after it is hidden",
            line,
            column=self._column(line, "<!--"),
            hint="close it with `-->`",
        )

    def _warn_open_tag(self, tag: str, line: int) -> None:
        self._draft.session.warn(
            "unclosed-html",
            f"the tag `{tag}` has no end and is shown as text",
            line,
            column=self._column(line, tag),
            hint="close it with `>`, and every quote in it; write `&lt;` for the sign itself",
        )

    def _warn_stray(self, name: str, line: int, column: int) -> None:
        opened = next((box for box in reversed(self._boxes) if box.name == name), None)
        hint = "remove it"
        if opened is not None:
            place = opened.view.location(opened.line, opened.column)
            hint = f"it stands in another block than the `<{name}>` at {place}: indent both alike"
        self._draft.session.warn(
            "stray-html",
            f"`</{name}>` closes nothing of the page and is left out",
            line,
            column=column,
            hint=hint,
        )

    def _attributes(self, element: str, text: str, line: int, column: int) -> str:
        out: list[str] = []
        done = 0
        for found in _ATTRIBUTE.finditer(text):
            name, written = found[1].lower(), found[2]
            if written is None:
                continue
            value = html.unescape(written[1:-1] if written[0] in "\"'" else written).strip()
            if name in _REFERENCES:
                if not value or is_external(value):
                    continue
                place = self._finder.find(written.strip("\"'"), raw=True)
                number = self._draft.refer(value, place, image=(element, name) in _IMAGES)
                out += [text[done : found.start(2)], f'"\0h{number}\0"']
                done = found.end()
            elif (name == "id" or (name == "name" and element == "a")) and value:
                if name == "name" and value in self._draft.anchors[-1:]:
                    # `<a id="x" name="x">` is one anchor.
                    continue
                if not self._draft.take_id(value, line, column):
                    out.append(text[done : found.start()].rstrip())
                    done = found.end()
        out.append(text[done:])
        return "".join(out)
