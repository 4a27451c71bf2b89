"""The beginning of a page: what its address, its order and its title are made from, without the rest of its text."""

import msgspec

from octavo.frontmatter import split_front_matter
from octavo.markdown.document import parse_document
from octavo.model import FrontCard, MarkdownOptions, PageCard, SourceText

__all__ = ["parse_beginning"]

_ENOUGH = 2_000
"""Code points of the body in which the first heading is looked for; most pages begin with it."""


def parse_beginning(source: SourceText, options: MarkdownOptions) -> tuple[FrontCard, PageCard]:
    """Parse front matter, and as much of the text as a title needs.

    Returns the page's front card, and a page card that holds its title alone. The title is that of the whole page, but
    for a page without `title` in its front matter whose first heading comes late.
    """
    split = split_front_matter(source.text)
    head = source.text[: len(source.text) - len(split.body)]
    document = parse_document(msgspec.structs.replace(source, text=head), options)
    if document.front.front.title.strip():
        return document.front, PageCard(title=document.card.title)
    cut = split.body[:_ENOUGH]
    if len(cut) < len(split.body):
        cut = cut[: cut.rfind("\n") + 1] or cut
    document = parse_document(msgspec.structs.replace(source, text=head + cut), options)
    return document.front, PageCard(title=document.card.title)
