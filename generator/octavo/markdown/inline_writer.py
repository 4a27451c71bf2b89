"""Inline tokens as HTML: text, code, links, images, footnote references, raw HTML."""

from collections.abc import Callable

from markdown_it.token import Token

from octavo.markdown.draft import PageDraft
from octavo.markdown.footnotes import Footnotes
from octavo.markdown.htmltext import escape, join_attributes, plain_text
from octavo.markdown.lookalikes import find_in_text
from octavo.markdown.places import PlaceFinder
from octavo.markdown.raw_html import RawHtml
from octavo.urls import is_external

__all__ = ["InlineWriter"]

_FIXED = {
    "softbreak": "\n",
    "hardbreak": "<br>\n",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<del>",
    "s_close": "</del>",
    "link_close": "</a>",
    "span_close": "</span>",
    "hidden_comment": "",
}


_ALLOWED = "allowed are `#id`, `.class`, `data-*`, `width`, `height`, `loading`, `lang`, `dir` and `title`"
_HINTS = {
    "width": "write a whole number of pixels, such as `width=240`; for other sizes give it a class",
    "height": "write a whole number of pixels, such as `height=120`; for other sizes give it a class",
    "loading": "write `lazy` or `eager`",
    "lang": "write a language tag, such as `en` or `pt-BR`",
    "dir": "write `ltr`, `rtl` or `auto`",
}
"""What the attributes can be that are allowed and not free."""


class InlineWriter:
    """Writes the content of blocks."""

    def __init__(self, draft: PageDraft, footnotes: Footnotes, finder: PlaceFinder, raw: RawHtml) -> None:
        self._draft = draft
        self._footnotes = footnotes
        self._finder = finder
        self._raw = raw
        self._line = 0
        self._level = 0
        self._caption = ""
        self._others: dict[str, Callable[[list[Token], int], str]] = {
            "link_open": self._link,
            "image": self._image,
            "html_inline": self._html,
            "footnote_ref": self._footnote,
            "span_open": self._span,
            "math": self._math,
        }

    def write(self, inline: Token, level: int) -> str:
        """Give the HTML of an inline token; *level* is that of the block to which raw HTML in it belongs."""
        tokens = inline.children or []
        first, last = inline.map or (self._line, self._line + 1)
        self._line, self._level = first, level
        self._finder.enter(self._draft.session.view, first, last)
        out = []
        for index, token in enumerate(tokens):
            kind = token.type
            if kind in {"text", "text_special"}:
                content = token.content
                out.append(escape(content))
                if "](" in content or "][" in content or "] (" in content or "{:" in content:
                    self._warn_lookalike(content)
            elif kind in _FIXED:
                out.append(_FIXED[kind])
            elif kind == "code_inline":
                attributes = self.attributes(token) if token.attrs or token.meta else ""
                out.append(f"<code{attributes}>{escape(token.content)}</code>")
            else:
                out.append(self._others[kind](tokens, index))
        out.append(self._raw.end_text())
        if self._caption:
            out.append(f"\n<figcaption>{self._caption}</figcaption>\n")
            self._caption = ""
        text = "".join(out)
        if "checked" in inline.meta:
            checked = " checked" if inline.meta["checked"] else ""
            return f'<label><input type="checkbox" disabled{checked}> {text}</label>'
        return text

    def attributes(self, token: Token, line: int = -1, *, without: tuple[str, ...] = ()) -> str:
        """Give the attributes of a token, with its id taken and the dropped ones reported."""
        for name in token.meta.get("dropped", ()):
            self._warn_dropped(name, line)
        pairs = []
        for name, value in token.attrs.items():
            if name in without:
                continue
            if name == "id" and not self._draft.take_id(str(value), *self.place(f"#{value}", line)):
                continue
            pairs.append((name, value))
        return join_attributes(pairs)

    def _warn_lookalike(self, text: str) -> None:
        for words, message, hint in find_in_text(text):
            line, column = self._finder.locate(words)
            self._draft.session.warn("shown-as-text", message, line, column=column, hint=hint)

    def place(self, words: str, line: int = -1) -> tuple[int, int]:
        """Give the line and the column of words in the text being written.

        With a line it is the first of a block, and the words are in it or in the lines of attributes above it.
        """
        if line < 0:
            return self._finder.locate(words)
        view = self._draft.session.view
        here, column = line, view.excerpt(line).rfind(words) + 1
        while not column and here > 0 and view.excerpt(here - 1).lstrip(" \t>").startswith("{"):
            here -= 1
            column = view.excerpt(here).rfind(words) + 1
        return (here if column else line), column

    def _warn_dropped(self, name: str, line: int) -> None:
        key, equals, value = name.partition("=")
        line, column = self.place(f"{key}=", line)
        message = f"`{key}` cannot be `{value}`" if equals else f"the attribute `{key}` cannot stand here"
        self._draft.session.warn(
            "unknown-attribute",
            message,
            line,
            column=column,
            hint=_HINTS[key] if equals else _ALLOWED,
        )

    def _reference(self, token: Token, target: str, *, image: bool, wants_text: bool = False) -> int | None:
        """Give the slot of a target in the site; None for an outside one and for one that is not to be written."""
        label = token.meta.get("label", "")
        title = str(token.attrs.get("title", ""))
        if label and not self._draft.may_expand(len(target) + len(title), self._line):
            return -1
        if is_external(target):
            return None
        if target:
            return self._draft.refer(
                target, self._finder.find(target, label), image=image, wants_text=wants_text
            )
        what = "image" if image else "link"
        line, column = self._finder.locate("]()")
        self._draft.session.warn(
            "empty-link", f"the {what} has no target", line, column=column, hint="write one"
        )
        return None

    def _link(self, tokens: list[Token], index: int) -> str:
        token = tokens[index]
        target = str(token.attrs.get("href", ""))
        empty = tokens[index + 1].type == "link_close"
        number = self._reference(token, target, image=False, wants_text=empty)
        if number == -1:
            return "<a>"
        href = escape(target) if number is None else f"\0h{number}\0"
        rest = self.attributes(token, without=("href",)) if len(token.attrs) > 1 or token.meta else ""
        text = "" if not empty else escape(target) if number is None else f"\0t{number}\0"
        return f'<a href="{href}"{rest}>{text}'

    def _image(self, tokens: list[Token], index: int) -> str:
        token = tokens[index]
        target = str(token.attrs.get("src", ""))
        number = self._reference(token, target, image=True)
        alt = escape(plain_text(token.children or (), "\n"))
        if number == -1:
            return alt
        source = escape(target) if number is None else f"\0h{number}\0"
        given = token.attrs
        size = "" if number is None or "width" in given or "height" in given else f"\0d{number}\0"
        captioned = "captioned" in token.meta
        rest = self.attributes(token, without=("src", "alt", "title") if captioned else ("src", "alt"))
        if captioned:
            self._caption = escape(str(given["title"]))
        lazy = "" if "loading" in given else ' loading="lazy"'
        return f'<img src="{source}" alt="{alt}"{rest}{size}{lazy} decoding="async">'

    def _html(self, tokens: list[Token], index: int) -> str:
        content = tokens[index].content
        return self._raw.rewrite(content, *self._finder.locate(content), self._level)

    def _footnote(self, tokens: list[Token], index: int) -> str:
        return self._footnotes.reference(tokens[index].meta["label"], self._finder)

    def _span(self, tokens: list[Token], index: int) -> str:
        return f"<span{self.attributes(tokens[index])}>"

    def _math(self, tokens: list[Token], index: int) -> str:
        token = tokens[index]
        line, column = self._finder.locate(f"${token.content}")
        return self._draft.formula(token.content, line, column, display=token.meta["display"])
