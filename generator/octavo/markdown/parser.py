"""The markdown-it parser with our rules, built once for each set of options."""

from functools import lru_cache, partial

from markdown_it import MarkdownIt
from markdown_it import rules_inline as inline_rules
from markdown_it.common.normalize_url import normalizeLink, validateLink
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref

from octavo.markdown.attributes import attributes_block, attributes_inline, attributes_span
from octavo.markdown.autolinks import bare_url
from octavo.markdown.blockparser import BlockParser, paragraph
from octavo.markdown.comments import hidden_block, hidden_inline
from octavo.markdown.containers import container
from octavo.markdown.inlineparser import InlineParser, InlineRule
from octavo.markdown.math import math_block, math_inline
from octavo.markdown.tables import table
from octavo.model import MarkdownOptions
from octavo.urls import is_external

__all__ = ["build_parser"]

# How many open brackets are tried as links inside each other; further ones are text, and what is in them stays.
_MAX_BRACKETS = 40
_INTERRUPTS = {"alt": ["paragraph", "reference", "blockquote", "list"]}
# A browser drops control characters and white space from addresses, which could give a harmless text a scheme.
_UNSAFE = {code: f"%{code:02X}" for code in (*range(33), 127)}


class _Markdown(MarkdownIt):
    """markdown-it, which leaves the targets of the site as the author wrote them."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Give an outside address normalised, and a target in the site with nothing but control characters encoded."""
        return normalizeLink(url) if is_external(url) else url.translate(_UNSAFE)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Refuse `javascript:` and the like; a target without a scheme is always safe."""
        return validateLink(url) if is_external(url) else True


@lru_cache(maxsize=8)
def build_parser(options: MarkdownOptions) -> MarkdownIt:
    """Build the parser; it holds no state between two texts."""
    md = _Markdown(
        "commonmark",
        {"html": options.html, "maxNesting": _MAX_BRACKETS, "store_labels": True, "linkify": False},
    )
    md.block = _block_parser(md)
    md.inline = _inline_parser(options)
    return md


def _block_parser(md: MarkdownIt) -> BlockParser:
    parser = BlockParser()
    ruler = parser.ruler
    ruler.disable("lheading")
    ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    ruler.before("fence", "container", container, _INTERRUPTS)  # type: ignore[arg-type]
    ruler.before("fence", "attributes", attributes_block)
    ruler.before("fence", "math", math_block, _INTERRUPTS)  # type: ignore[arg-type]
    ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    ruler.before("html_block", "hidden_comment", hidden_block, _INTERRUPTS)  # type: ignore[arg-type]
    ruler.at("paragraph", paragraph)
    md.block = parser
    deflist_plugin(md)
    parser.compile(
        tuple((rule.name, rule.fn, "paragraph" in rule.alt) for rule in ruler.__rules__ if rule.enabled)
    )
    return parser


def _inline_parser(options: MarkdownOptions) -> InlineParser:
    rules: list[tuple[str, InlineRule]] = [
        ("\n", inline_rules.newline),
        ("\\", inline_rules.escape),
        ("`", inline_rules.backtick),
        ("$", math_inline),
        ("~", inline_rules.strikethrough.tokenize),
        ("*_", inline_rules.emphasis.tokenize),
        ("[", inline_rules.link),
        ("!", inline_rules.image),
        ("[", partial(footnote_ref, always_match=True)),
        ("[", attributes_span),
        ("{", attributes_inline),
        ("<", hidden_inline),
        ("<", inline_rules.autolink),
        ("&", inline_rules.entity),
    ]
    if options.html:
        rules.append(("<", inline_rules.html_inline))
    if options.linkify:
        rules.append((":", bare_url))
    parser = InlineParser()
    parser.compile(
        tuple(rules),
        (
            inline_rules.link_pairs,
            inline_rules.strikethrough.postProcess,
            inline_rules.emphasis.postProcess,
            inline_rules.fragments_join,
        ),
    )
    return parser
