"""The keys of front matter: how each is read, its default and its line in the handbook.

This module knows no page: where front matter stands and what else it needs is known to `frontmatter`.
"""

from typing import Any

from octavo.addresses import read_component, read_image_path, read_old_address, read_template_name
from octavo.dates import read_date
from octavo.fields import (
    INVALID,
    Field,
    FieldReport,
    KeyReference,
    list_of,
    number_between,
    read_flag,
    read_text,
    references,
)
from octavo.model import Alias
from octavo.tutorialkeys import TUTORIAL_FIELDS, read_tutorial
from octavo.yamlnodes import MappingNode, ScalarNode, YamlNode, to_plain

__all__ = ["ELSEWHERE", "FRONT_FIELDS", "FRONT_MATTER_KEYS"]


def _read_alias(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read an old address, or an old heading with the new one as `"#old: new"` or `"#old": new`."""
    if isinstance(node, ScalarNode):
        if not node.text.startswith("#"):
            old = read_old_address(node, key, report)
            return INVALID if old is INVALID else Alias(old=old)
        old_id, colon, new_id = node.text.partition(":")
        return _heading_alias(old_id, new_id if colon else "", node, key, report)
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        old_node, new_node = node.entries[0]
        if old_node.text.startswith("#") and isinstance(new_node, ScalarNode):
            return _heading_alias(old_node.text, new_node.text, node, key, report)
    return report.wrong_type(key, node, "an old address or a heading", _ALIAS_HINT)


_ALIAS_HINT = 'write `old/page/`, or `"#old-heading": new-heading`'


def _heading_alias(old: str, new: str, node: YamlNode, key: str, report: FieldReport) -> Any:
    """Make the alias of a heading from two ids, with or without their number signs."""
    old_id = old.strip().removeprefix("#")
    new_id = new.strip().removeprefix("#")
    if not old_id or not new_id:
        return report.invalid(key, node, "must name an old and a new heading", _ALIAS_HINT)
    if any(not char.isprintable() or char.isspace() for char in old_id + new_id):
        return report.invalid(key, node, "must name headings by their ids, without spaces", _ALIAS_HINT)
    return Alias(old=old_id, new=new_id)


def _read_free(node: YamlNode, _key: str, _report: FieldReport) -> Any:
    """Keep any value as plain data."""
    return to_plain(node)


_TEXTS = "list of text"
_READ_TEXTS = list_of(read_text, "texts")

_FIELDS: tuple[Field, ...] = (
    Field(
        name="title",
        type="text",
        read=read_text,
        meaning="The page's title; without it the first heading, else the file name.",
    ),
    Field(
        name="description",
        type="text",
        read=read_text,
        meaning="One or two sentences for listings, search engines and the feed.",
    ),
    Field(
        name="order",
        type="number",
        read=number_between(-1e9, 1e9),
        meaning="The page's place among its siblings.",
    ),
    Field(
        name="draft",
        type="true or false",
        read=read_flag,
        default="false",
        meaning="Leaves the page out of `build`; `serve` shows it, marked.",
    ),
    Field(name="tags", type=_TEXTS, read=_READ_TEXTS, meaning="Tags; each has a page that lists its pages."),
    Field(name="date", type="date", read=read_date, meaning="When the page was published."),
    Field(
        name="updated",
        type="date",
        read=read_date,
        meaning="When the page was last changed; without it, git is asked.",
    ),
    Field(
        name="slug",
        type="text",
        read=read_component,
        meaning="The last part of the page's address, in place of the file name.",
    ),
    Field(
        name="aliases",
        type="list of addresses",
        read=list_of(_read_alias, "old addresses", example="[old/page/]"),
        meaning='Old addresses that lead to the page; `"#old": new` for a heading.',
    ),
    Field(
        name="template",
        type="text",
        read=read_template_name,
        meaning="The template that renders the page, below `templates/`.",
    ),
    Field(
        name="toc",
        type="true or false",
        read=read_flag,
        default="true",
        meaning="Shows the page's own table of contents.",
    ),
    Field(
        name="search",
        type="true or false",
        read=read_flag,
        default="true",
        meaning="Puts the page into the search index.",
    ),
    Field(
        name="image",
        type="path",
        read=read_image_path,
        meaning="The image that stands for the page where it is shared.",
    ),
    Field(
        name="objectives", type=_TEXTS, read=_READ_TEXTS, meaning="What the reader can do after the chapter."
    ),
    Field(
        name="prerequisites",
        type=_TEXTS,
        read=_READ_TEXTS,
        meaning="Chapters or knowledge that the chapter builds on.",
    ),
    Field(
        name="minutes",
        type="number",
        read=number_between(0, 1e5),
        meaning="How long the chapter takes, reading and doing.",
    ),
    Field(
        name="tutorial",
        type="mapping",
        read=read_tutorial,
        reads_null=True,
        meaning="Makes the folder a tutorial, or says what differs in a chapter.",
        children=TUTORIAL_FIELDS,
    ),
    Field(name="extra", type="anything", read=_read_free, meaning="Data for your own templates."),
)
FRONT_FIELDS = {field.name: field for field in _FIELDS}

FRONT_MATTER_KEYS: tuple[KeyReference, ...] = references(_FIELDS)
"""Every key of front matter, for the handbook."""

ELSEWHERE = {
    other: f"the key is `{ours}` here"
    for ours, others in {
        "title": ("linktitle", "linkTitle", "sidebar_label", "nav_title", "menu_title"),
        "description": ("summary", "excerpt", "subtitle", "abstract"),
        "order": ("weight", "nav_order", "sidebar_position", "position"),
        "tags": ("categories", "keywords", "taxonomies"),
        "date": ("publishDate", "pubDate", "created"),
        "updated": ("lastmod", "last_modified", "last_modified_at", "last_update", "modified"),
        "slug": ("permalink", "url", "path"),
        "aliases": ("redirect_from", "redirects", "alias"),
        "template": ("layout", "type"),
        "image": ("cover", "thumbnail", "banner", "images", "og_image"),
        "minutes": ("duration", "reading_time", "time"),
        "extra": ("params", "vars", "data"),
    }.items()
    for other in others
} | {
    "hide": "write `toc: false` to hide the table of contents, `search: false` to leave the page out of the search",
    "hide_toc": "write `toc: false`",
    "published": "write `draft: true` for a page that is not published yet",
    "status": "write `draft: true` for a page that is not published yet",
    "author": "the author stands in site.yaml; put data for templates under `extra`",
    "authors": "the author stands in site.yaml; put data for templates under `extra`",
}
"""Keys of other systems, each with a hint."""
