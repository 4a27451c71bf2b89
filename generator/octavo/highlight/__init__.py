"""Syntax highlighting at build time: the only user of pygments.

`highlight_lines` lexes with the lexers of pygments and writes its own HTML. pygments is imported at the first use.
This package knows nothing of Markdown, files and pages.
"""

from octavo.highlight.languages import suggest_language
from octavo.highlight.lines import Highlighted, escape_text, highlight_lines
from octavo.highlight.marking import write_lines
from octavo.highlight.styles import style_css, style_names

__all__ = [
    "Highlighted",
    "escape_text",
    "highlight_lines",
    "style_css",
    "style_names",
    "suggest_language",
    "write_lines",
]
