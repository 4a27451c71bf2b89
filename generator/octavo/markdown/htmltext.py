"""Text and attributes as HTML."""

from collections.abc import Iterable
from urllib.parse import quote

from markdown_it.token import Token

from octavo.markdown.mathml import read_formula

__all__ = ["escape", "fragment", "join_attributes", "plain_text", "simple_html"]


def escape(text: str) -> str:
    """Escape text for an element or a quoted attribute, as CommonMark's examples do."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text


def join_attributes(pairs: Iterable[tuple[str, object]]) -> str:
    """Write attributes, each with a space before it."""
    return "".join(f' {name}="{escape(str(value))}"' for name, value in pairs)


def plain_text(tokens: Iterable[Token], line_break: str = " ") -> str:
    """Give the text of inline tokens without markup: for titles, `alt` and summaries."""
    out = []
    for token in tokens:
        kind = token.type
        if kind in {"text", "text_special", "code_inline", "math"}:
            out.append(token.content)
        elif kind in {"softbreak", "hardbreak"}:
            out.append(line_break)
        elif kind == "image":
            out.append(plain_text(token.children or (), line_break))
    return "".join(out)


def fragment(identifier: str) -> str:
    """Give the escaped `href` of an id on the same page, percent-encoded where it must be (RFC 3986, section 3.5)."""
    if identifier.isascii() and identifier.replace("-", "").isalnum():
        return "#" + identifier
    return "#" + escape(quote(identifier, safe="!$&'()*+,;=:@-._~/?"))


_KEPT = frozenset({"em", "strong", "s"})


def simple_html(tokens: Iterable[Token]) -> str:
    """Give inline HTML without links, images, footnotes and raw HTML: for tables of contents."""
    out = []
    for token in tokens:
        kind = token.type
        if kind in {"text", "text_special"}:
            out.append(escape(token.content))
        elif kind == "code_inline":
            out.append(f"<code>{escape(token.content)}</code>")
        elif kind in {"softbreak", "hardbreak"}:
            out.append(" ")
        elif kind == "math":
            formula = read_formula(token.content, display=False)
            out.append(formula.html or f"<code>{escape(token.content)}</code>")
        elif kind == "image":
            out.append(escape(plain_text(token.children or ())))
        elif token.tag in _KEPT:
            tag = "del" if token.tag == "s" else token.tag
            out.append(f"</{tag}>" if token.nesting < 0 else f"<{tag}>")
    return "".join(out).strip()
