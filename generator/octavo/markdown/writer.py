"""Block tokens as HTML, in one walk.

Line breaks between tags are those of CommonMark's examples. Everything that depends on the rest of the site is a slot
(`octavo.model.PageBody`); the ids of headings are filled in at the end.
"""

from collections.abc import Callable

from markdown_it.token import Token

from octavo.markdown.draft import HeadingDraft, PageDraft
from octavo.markdown.fences import write_code, write_math
from octavo.markdown.footnotes import Footnotes
from octavo.markdown.htmltext import plain_text, simple_html
from octavo.markdown.inline_writer import InlineWriter
from octavo.markdown.places import PlaceFinder
from octavo.markdown.raw_html import RawHtml

__all__ = ["BlockWriter"]

# Without a keyboard stop a table wider than the screen cannot be scrolled by keyboard.
_TABLE_OPEN = '<div class="tbl" tabindex="0" role="group" aria-label="\0wtable\0">\n<table'
_HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}


class BlockWriter:
    """Writes the blocks of one page."""

    def __init__(self, draft: PageDraft, labels: frozenset[str]) -> None:
        self.draft = draft
        self.summary = ""
        self._finder = PlaceFinder()
        self._raw = RawHtml(draft, self._finder)
        self._footnotes = Footnotes(draft, labels)
        self._inline = InlineWriter(draft, self._footnotes, self._finder, self._raw)
        self._out: list[str] = []
        self._notes: list[tuple[list[str], str, int]] = []
        self._others: dict[str, Callable[[list[Token], int], None]] = {
            "inline": self._write_inline,
            "heading_open": self._open_heading,
            "heading_close": self._close_heading,
            "fence": self._code,
            "code_block": self._code,
            "html_block": self._html,
            "hr": self._rule,
            "math_block": self._math,
            "table_open": self._open_table,
            "table_close": self._close_table,
            "th_open": self._cell,
            "td_open": self._cell,
            "include_open": self._open_include,
            "include_close": self._close_include,
            "include_failed": self._nothing,
            "hidden_comment": self._hidden,
            "tab_button_open": self._open_tab_button,
            "tab_open": self._open_tab,
            "footnote_reference_open": self._open_note,
            "footnote_reference_close": self._close_note,
        }

    def write(self, tokens: list[Token]) -> list[str]:
        """Give the parts of the HTML; drafts of headings point into them."""
        others = self._others
        for index, token in enumerate(tokens):
            handler = others.get(token.type)
            if handler is not None:
                handler(tokens, index)
            elif not token.hidden:
                self._tag(tokens, index)
        self._out.append(self._footnotes.write())
        self._out.append(self._raw.leave(-1))
        return self._out

    def _tag(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        out = self._out
        if token.nesting < 0:
            if self._raw.is_open:
                out.append(self._raw.leave(token.level))
            out.append(f"</{token.tag}>\n")
            return
        if index and tokens[index - 1].hidden:
            out.append("\n")
        attributes = self._attributes(token) if token.attrs or token.meta else ""
        following = tokens[index + 1]
        inside = following.type == "inline" or following.hidden
        empty = following.nesting < 0 and following.tag == token.tag and token.tag != "blockquote"
        out.append(f"<{token.tag}{attributes}>" if inside or empty else f"<{token.tag}{attributes}>\n")

    def _attributes(self, token: Token, *, without: tuple[str, ...] = ()) -> str:
        return self._inline.attributes(token, token.map[0] if token.map else 0, without=without)

    def _write_inline(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        # A box in a paragraph ends the paragraph and lives on in the block around it (HTML, section 13.2.6.4.7).
        in_paragraph = tokens[index - 1].type == "paragraph_open"
        self._out.append(self._inline.write(token, token.level - in_paragraph))
        if not self.summary and in_paragraph and token.level == 1:
            self.summary = plain_text(token.children or ())

    def _open_heading(self, tokens: list[Token], index: int) -> None:
        token, inline = tokens[index], tokens[index + 1]
        if index and tokens[index - 1].hidden:
            self._out.append("\n")
        children = inline.children or []
        line = token.map[0] if token.map else 0
        heading = HeadingDraft(
            level=_HEADING_LEVELS[token.tag],
            text=" ".join(plain_text(children).split()),
            toc_html=simple_html(children),
            attributes=self._attributes(token, without=("id",)) if token.attrs or token.meta else "",
            parts=self._out,
            opening=len(self._out),
        )
        wanted = str(token.attrs.get("id", ""))
        if wanted and self.draft.take_heading_id(wanted, *self._inline.place(f"#{wanted}", line)):
            heading.id = wanted
        self.draft.headings.append(heading)
        self._out.append("")

    def _close_heading(self, tokens: list[Token], index: int) -> None:
        if self._raw.is_open:
            self._out.append(self._raw.leave(tokens[index].level))
        self.draft.headings[-1].closing = len(self._out)
        self._out.append("")
        self._out.append(f"</{tokens[index].tag}>\n")

    def _code(self, tokens: list[Token], index: int) -> None:
        if index and tokens[index - 1].hidden:
            self._out.append("\n")
        token = tokens[index]
        if "dropped" in token.meta:
            self._attributes(token, without=("id",))
        self._out.append(write_code(self.draft, token))

    def _html(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        first, last = token.map or (0, 1)
        self._finder.enter(self.draft.session.view, first, last)
        self._out.append(self._raw.rewrite(token.content, first, 0, token.level))

    def _rule(self, tokens: list[Token], index: int) -> None:
        if index and tokens[index - 1].hidden:
            self._out.append("\n")
        self._out.append(f"<hr{self._attributes(tokens[index])}>\n")

    def _math(self, tokens: list[Token], index: int) -> None:
        if index and tokens[index - 1].hidden:
            self._out.append("\n")
        token = tokens[index]
        attributes = self._attributes(token, without=("class",)) if token.attrs or token.meta else ""
        formula = self.draft.formula(token.content, token.map[0] if token.map else 0, display=True)
        self._out.append(write_math(formula, attributes, str(token.attrs.get("class", ""))))

    def _open_table(self, tokens: list[Token], index: int) -> None:
        if index and tokens[index - 1].hidden:
            self._out.append("\n")
        self._out.append(f"{_TABLE_OPEN}{self._attributes(tokens[index])}>\n")

    def _close_table(self, _tokens: list[Token], _index: int) -> None:
        self._out.append("</table>\n</div>\n")

    def _cell(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        style = str(token.attrs.get("style", ""))
        aligned = f' class="align-{style.removeprefix("text-align:")}"' if style else ""
        self._out.append(f"<{token.tag}{aligned}>")

    def _open_include(self, tokens: list[Token], index: int) -> None:
        self.draft.session.views.append(tokens[index].meta["view"])
        if index and tokens[index - 1].hidden:
            self._out.append("\n")

    def _close_include(self, _tokens: list[Token], _index: int) -> None:
        self.draft.session.views.pop()

    def _hidden(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        if token.map:
            self.draft.blocks.note_hidden(token.content, token.map[0])

    def _nothing(self, _tokens: list[Token], _index: int) -> None:
        pass

    def _open_tab_button(self, tokens: list[Token], index: int) -> None:
        meta = tokens[index].meta
        checked = " checked" if meta["checked"] else ""
        self._out.append(f'<label><input type="radio" name="tabs-{meta["group"]}"{checked}> ')

    def _open_tab(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        title = plain_text(token.meta.pop("title").children or ())
        # A group, not a landmark: two groups of tabs may have one title.
        token.attrs["role"] = "group"
        token.attrs["aria-label"] = " ".join(title.split())
        self._tag(tokens, index)

    def _open_note(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        self._notes.append((self._out, token.meta["label"], token.map[0] if token.map else 0))
        self._out = []

    def _close_note(self, _tokens: list[Token], _index: int) -> None:
        body = self._out
        self._out, label, line = self._notes.pop()
        self._footnotes.define(label, body, line)
