"""What the search index sees of a page: what bears the mark `data-pagefind-body`, as text with its ids.

Pagefind reads HTML. It gets the marked parts without the tags and attributes that it has no use for: there is less to read,
and a change which no reader could search for leaves the index as it is. A page that uses other marks of Pagefind (filters, weights,
metadata) is given as it stands.

Pagefind tells words by the spaces between them. Chinese and Japanese have none: their characters are set apart here, each
a word of its own, and the dialog asks for them as a phrase. So any part of a sentence is found, as readers of these
languages expect, and no dictionary decides where a word ends.
"""

import re
from functools import lru_cache

__all__ = ["search_page"]

_BODY = "data-pagefind-body"
_MARK = "data-pagefind-"
_PLAIN_MARKS = (_BODY, "data-pagefind-ignore")
# A tag ends at the first `>` outside quotes; one that begins before it ends is none (HTML Standard, section 13.2.5).
_TAG = re.compile(r"""<([a-zA-Z][^\s<>/]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
# Start tags and end tags, in one group, so that splitting gives texts and tags in turn.
_TAGS = re.compile(r"""(<[a-zA-Z/][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>)""")
_PARTS = re.compile(r"<(/?)([^\s<>/]*)(.*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
# Elements within a line, which break no word and no sentence: Pagefind sees the same text without their tags.
_INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small", "span", "strong"}
    | {"sub", "sup", "time", "var"}
)
_ANCHOR = re.compile(r' <a class="anchor"[^<>]*>#</a>')
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
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
    for tag in re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])", re.IGNORECASE).finditer(html, position):
        depth += -1 if tag[1] else 1
        if depth == 0:
            close = html.find(">", tag.end())
            return close + 1 if close >= 0 else len(html)
    return len(html)


def _reduce(html: str) -> str:
    pieces = _TAGS.split(_ANCHOR.sub("", " ".join(html.split())))
    tags = pieces[1::2]
    reduced = {tag: _reduce_tag(tag) for tag in set(tags)}
    # The end tag of an element does not say whether its start tag was dropped: those of one name go all, or none.
    kept = {name for name, with_more, _ in reduced.values() if with_more}
    shown = {tag: "" if name in _INLINE - kept else short for tag, (name, _, short) in reduced.items()}
    pieces[1::2] = map(shown.__getitem__, tags)
    text = "".join(pieces)
    return _COMMENT.sub("", text) if "<!--" in text else text


@lru_cache(maxsize=1024)  # pages of a site have few tags that differ
def _reduce_tag(tag: str) -> tuple[str, bool, str]:
    """Give the name of a tag, whether it keeps an attribute, and the tag with no others."""
    parts = _PARTS.fullmatch(tag)
    if parts is None or parts[1]:
        return tag.strip("</ >").lower(), False, tag
    kept = [
        f" {name}={value}" if value else f" {name}"
        for name, value in _ATTRIBUTE.findall(parts[3])
        if name in _KEPT or name.startswith(_MARK)
    ]
    end = "/" if parts[3].endswith("/") else ""  # in formulas and drawings it ends the element
    return parts[2].lower(), bool(kept), f"<{parts[2]}{''.join(kept)}{end}>"
