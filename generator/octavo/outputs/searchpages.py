"""What the search index sees of a page: what bears the mark `data-pagefind-body`, as text with its ids.

Pagefind reads HTML. It gets the marked parts without the tags and attributes that it has no use for, so that a change
which no reader could search for leaves the index as it is. A page that uses other marks of Pagefind (filters, weights,
metadata) is given as it stands.

Pagefind tells words by the spaces between them. Chinese and Japanese have none: their characters are set apart here, each
a word of its own, and the dialog asks for them as a phrase. So any part of a sentence is found, as readers of these
languages expect, and no dictionary decides where a word ends.
"""

import re

__all__ = ["search_page"]

_BODY = "data-pagefind-body"
_MARK = "data-pagefind-"
_PLAIN_MARKS = (_BODY, "data-pagefind-ignore")
# A tag ends at the first `>` outside quotes; one that begins before it ends is none (HTML Standard, section 13.2.5).
_TAG = re.compile(r"""<([a-zA-Z][^\s<>/]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_WITH_ATTRIBUTES = re.compile(r"""<([a-zA-Z][^\s<>/]*)\s((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
# A piece of highlighted code: it holds text alone, and the index cares for that.
_PIECE = re.compile(r'<span class="[a-z0-9]{1,3}">([^<]*)</span>')
_ANCHOR = re.compile(r'\s*<a class="anchor"[^<>]*>#</a>')
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_LANGUAGE = re.compile(r"""<html\b[^<>]*?\slang=("[^"]*"|'[^']*'|[^\s"'<>]+)""", re.IGNORECASE)
# Han, Hiragana and Katakana with their marks of repetition and length (Unicode 17, Scripts.txt), and the punctuation of
# the same languages; `assets/js/search.js` has the same list.
_CONTINUOUS = (
    "\u3000-\u303f\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff9d\U00020000-\U000323af"
)
_IS_CONTINUOUS = re.compile(f"[{_CONTINUOUS}]")
_TEXT = re.compile(r">[^<]+")
_BETWEEN = re.compile(rf"(?<=[{_CONTINUOUS}])(?=\S)|(?<=[^\s>])(?=[{_CONTINUOUS}])")
_KEPT = frozenset({"id", "lang"})


def search_page(html: str) -> str:
    """Reduce a rendered page to what the index is made from; nothing for a page that is not for the index."""
    bodies = _find_bodies(html)
    if not bodies:
        return ""
    if html.count(_MARK) != sum(html.count(mark) for mark in _PLAIN_MARKS):
        return _set_apart(html)
    language = _LANGUAGE.search(html)
    lang = f" lang={language[1]}" if language else ""
    text = _set_apart("".join(map(_reduce, bodies)))
    return f"<!doctype html>\n<html{lang}><body>\n{text}\n</body></html>\n"


def _set_apart(html: str) -> str:
    """Put a space between characters of languages that are written without any, and leave tags as they are."""
    if html.isascii() or not _IS_CONTINUOUS.search(html):
        return html
    return _TEXT.sub(lambda text: _BETWEEN.sub(" ", text[0]), html)


def _find_bodies(html: str) -> list[str]:
    """Give the elements that bear the mark, each from its start tag to its end tag."""
    found: list[str] = []
    position = html.find(_BODY)
    while position >= 0:
        tag = _TAG.match(html, html.rfind("<", 0, position))
        if tag is None or tag.end() < position or not _has_attribute(tag[2], _BODY):
            position = html.find(_BODY, position + 1)  # the words stand in the text, as here
            continue
        end = _end_of(html, tag[1], tag.end())
        found.append(html[tag.start() : end])
        position = html.find(_BODY, end)
    return found


def _has_attribute(attributes: str, name: str) -> bool:
    return any(found == name for found, _ in _ATTRIBUTE.findall(attributes))


def _end_of(html: str, name: str, position: int) -> int:
    """Find the end of an element whose start tag ends at a position; the end of the page where it is not closed."""
    depth = 1
    for tag in re.finditer(rf"<(/?){re.escape(name)}(?=[\s/>])", html[position:], re.IGNORECASE):
        depth += -1 if tag[1] else 1
        if depth == 0:
            close = html.find(">", position + tag.end())
            return close + 1 if close >= 0 else len(html)
    return len(html)


def _reduce(html: str) -> str:
    text = _ANCHOR.sub("", _PIECE.sub(r"\1", html))
    return _BLANKS.sub(" ", _COMMENT.sub("", _WITH_ATTRIBUTES.sub(_keep_attributes, text)))


def _keep_attributes(tag: re.Match[str]) -> str:
    kept = [
        f" {name}={value}" if value else f" {name}"
        for name, value in _ATTRIBUTE.findall(tag[2])
        if name in _KEPT or name.startswith(_MARK)
    ]
    return f"<{tag[1]}{''.join(kept)}>"
