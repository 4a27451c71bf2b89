"""The script tag of a page under preview, and where in the page it goes.

It stands directly after the page's `<head>` start tag, which the templates write before any content. The search for it
follows the HTML standard's tokenizer (13.2.5) through what may come before a head, and ends at anything else: text in a
comment or an attribute is never taken for the tag, and a page of any size costs the same.
"""

import re
from html import escape

__all__ = ["inject", "script_tag"]

_BLANK = rb"[\t\n\f\r ]"
# An attribute's name may begin with "=", and a value without quotes may hold quotes; a quote that nothing closes hides the
# rest of the page.
_NAME = rb"(?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"
_VALUE = rb"(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+|(?=>))"
_ATTRIBUTE = _NAME + _BLANK + rb"*+(?:=" + _BLANK + rb"*+" + _VALUE + rb"|(?!=))"
_ATTRIBUTES = rb"(?>[\t\n\f\r /]++|" + _ATTRIBUTE + rb")*+>"
_BEFORE_HEAD = (
    rb"(?:\xef\xbb\xbf)?+(?>"
    + _BLANK
    + rb"++|<!--(?>-?>|.*?--!?>)|<(?:!(?!--)|\?)[^>]*+>|<html(?=[\t\n\f\r />])"
    + _ATTRIBUTES
    + rb")*+"
)
_HEAD = re.compile(_BEFORE_HEAD + rb"<head(?=[\t\n\f\r />])" + _ATTRIBUTES, re.IGNORECASE | re.DOTALL)


def script_tag(*, token: str, page: str, etag: str, generation: int, run: str, problems: int) -> bytes:
    """Write the tag that tells the browser's end of the preview what it looks at.

    *page* is the percent-encoded address of the page itself, *etag* the digest of the page without the tag, *problems* how
    many it shows.
    """
    return (
        f'<script src="/-octavo/preview.js" defer data-octavo-token="{escape(token)}"'
        f' data-octavo-page="{escape(page)}" data-octavo-etag="{escape(etag)}" data-octavo-generation="{generation}"'
        f' data-octavo-run="{escape(run)}" data-octavo-problems="{problems}"></script>'
    ).encode()


def inject(page: bytes, tag: bytes) -> bytes:
    """Put the tag directly after the start tag of the page's head; at the end where no such tag is written."""
    head = _HEAD.match(page)
    if head is None:
        return page + tag
    return b"".join((page[: head.end()], tag, page[head.end() :]))
