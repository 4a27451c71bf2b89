"""Markdown: a page's text becomes a `Document`. The only package that knows markdown-it.

The stages, each in its modules: `characters` (what may not be in a text), `blockparser` and `inlineparser` (markdown-it's
rules, dispatched, with ours), `blocks` (alerts, tasks, attributes), `writer` and `inline_writer` (HTML with slots),
`headings` (ids). Nothing here opens a file or knows another page.
"""

from octavo.markdown.beginning import parse_beginning
from octavo.markdown.commonmark import render_commonmark
from octavo.markdown.document import parse_document
from octavo.markdown.includes import include_targets

__all__ = ["include_targets", "parse_beginning", "parse_document", "render_commonmark"]
