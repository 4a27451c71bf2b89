"""The keys of site.yaml: how each is read, its default and its line in the handbook.

This module knows no file and no rule that spans two keys; those stand in `config`.
"""

from typing import Any

from octavo.addresses import read_asset_path, read_inner_path, read_site_url, read_web_address
from octavo.configreaders import (
    read_edit,
    read_footer_link,
    read_language,
    read_nav,
    read_plain,
    read_plain_mapping,
    read_site_dir,
    read_theme_name,
)
from octavo.configtypes import HighlightOptions, Repository, ThemeChoice, ValidationLevels
from octavo.fields import (
    INVALID,
    Field,
    FieldReport,
    KeyReference,
    Reader,
    list_of,
    number_between,
    one_of,
    read_flag,
    read_keys,
    read_text,
    references,
)
from octavo.model import MarkdownOptions, Value
from octavo.yamlnodes import MappingNode, ScalarNode, YamlNode

__all__ = ["ELSEWHERE", "SITE_FIELDS", "SITE_KEYS"]


def _section(kind: type[Value], fields: tuple[Field, ...]) -> Reader:
    """Make a reader of a mapping with keys of its own; keys that are wrong keep their defaults."""
    table = {field.name: field for field in fields}

    def read_section(node: YamlNode, key: str, report: FieldReport) -> Any:
        if not isinstance(node, MappingNode):
            names = ", ".join(f"`{name}`" for name in table)
            return report.wrong_type(key, node, "a mapping", f"the keys of `{key}` are {names}")
        return kind(**read_keys(node, table, report, prefix=f"{key}."))

    return read_section


_REPOSITORY = (
    Field(name="url", type="address", read=read_web_address, meaning="The page of the repository."),
    Field(
        name="branch", type="text", read=read_text, default="main", meaning="The branch that edit links name."
    ),
    Field(
        name="edit",
        type="text",
        read=read_edit,
        meaning="Where a page is edited, with `{branch}` and `{file}`; the host tells the usual one.",
    ),
)
_THEME = (
    Field(name="name", type="text", read=read_theme_name, meaning="The folder or the name of the theme."),
    Field(name="options", type="mapping", read=read_plain_mapping, meaning="Options of the theme."),
)
_MARKDOWN = (
    Field(name="html", type="true or false", read=read_flag, default="true", meaning="Lets raw HTML pass."),
    Field(
        name="linkify",
        type="true or false",
        read=read_flag,
        default="true",
        meaning="Makes links of bare addresses.",
    ),
    Field(
        name="max_nesting",
        type="whole number",
        read=number_between(10, 200, whole=True),
        default="100",
        meaning="How deep lists and quotes may nest before it is an error.",
    ),
)
_HIGHLIGHT = tuple(
    Field(name=name, type="text", read=read_text, meaning=f"The Pygments style of the {name} colours.")
    for name in ("light", "dark")
)
_LEVEL = "error, warning or off"
_VALIDATION = tuple(
    Field(name=name, type=_LEVEL, read=one_of("error", "warning", "off"), default="warning", meaning=meaning)
    for name, meaning in (
        ("links", "Links to pages and files that do not exist."),
        ("anchors", "Links to headings that do not exist."),
        ("assets", "Images and files that pages show and that do not exist."),
        ("orphans", "Pages that stand in no entry of `nav`, nor in `footer`."),
    )
)
_read_theme_section = _section(ThemeChoice, _THEME)


def _read_theme(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a theme's name, or a mapping of its name and options."""
    if isinstance(node, ScalarNode):
        name = read_theme_name(node, key, report)
        return name if name is INVALID else ThemeChoice(name=name)
    return _read_theme_section(node, key, report)


_READ_PATHS = list_of(read_asset_path, "paths", example="[style.css]")
_FIELDS: tuple[Field, ...] = (
    Field(name="title", type="text", read=read_text, meaning="The site's title. Required."),
    Field(name="description", type="text", read=read_text, meaning="One or two sentences about the site."),
    Field(
        name="url",
        type="address",
        read=read_site_url,
        meaning="The address of the home page, for the sitemap, the feed and canonical links.",
    ),
    Field(
        name="language",
        type="language tag",
        read=read_language,
        default="en",
        meaning="The language of the site.",
    ),
    Field(name="author", type="text", read=read_text, meaning="Who wrote the site."),
    Field(name="copyright", type="text", read=read_text, meaning="The line of copyright in the footer."),
    Field(
        name="repository",
        type="mapping",
        read=_section(Repository, _REPOSITORY),
        meaning="Where the sources can be seen and edited.",
        children=_REPOSITORY,
    ),
    Field(
        name="content_dir",
        type="path",
        read=read_inner_path,
        default="content",
        meaning="The folder of the pages.",
    ),
    Field(
        name="site_dir",
        type="path",
        read=read_site_dir,
        default="_site",
        meaning="The folder that the site is written to.",
    ),
    Field(
        name="theme",
        type="text or mapping",
        read=_read_theme,
        meaning="A folder or an installed theme, laid over the bundled one; else `theme/` where there is one.",
        children=_THEME,
    ),
    Field(
        name="extra_css",
        type="list of paths",
        read=_READ_PATHS,
        meaning="Style sheets that every page loads.",
    ),
    Field(name="extra_js", type="list of paths", read=_READ_PATHS, meaning="Scripts that every page loads."),
    Field(name="logo", type="path", read=read_asset_path, meaning="The image beside the site's title."),
    Field(name="favicon", type="path", read=read_asset_path, meaning="The icon of browser tabs."),
    Field(
        name="footer",
        type="list of `Title: target`",
        read=list_of(read_footer_link, "links", example='[{"Imprint": "imprint.md"}]'),
        meaning="Links at the foot of every page.",
    ),
    Field(
        name="nav",
        type="list of entries",
        read=read_nav,
        meaning="The navigation, in place of the order of files and `order`.",
    ),
    Field(
        name="markdown",
        type="mapping",
        read=_section(MarkdownOptions, _MARKDOWN),
        meaning="How Markdown is read.",
        children=_MARKDOWN,
    ),
    Field(
        name="highlight",
        type="mapping",
        read=_section(HighlightOptions, _HIGHLIGHT),
        meaning="The colours of code; without it the theme's own.",
        children=_HIGHLIGHT,
    ),
    Field(
        name="search",
        type="true or false",
        read=read_flag,
        default="true",
        meaning="Builds the search index.",
    ),
    Field(name="feed", type="anything", read=read_plain, meaning="Settings of the feed."),
    Field(name="plugins", type="anything", read=read_plain, meaning="Plugins and their settings, in order."),
    Field(
        name="validation",
        type="mapping",
        read=_section(ValidationLevels, _VALIDATION),
        meaning="How severe the findings of the checks are.",
        children=_VALIDATION,
    ),
    Field(name="extra", type="anything", read=read_plain, meaning="Data for your own templates."),
)
SITE_FIELDS = {field.name: field for field in _FIELDS}

SITE_KEYS: tuple[KeyReference, ...] = references(_FIELDS)
"""Every key of site.yaml, keys of sections with a point, for the handbook."""

ELSEWHERE = {
    other: f"the key is `{ours}` here"
    for ours, others in {
        "title": ("site_name", "name"),
        "description": ("site_description", "tagline"),
        "url": ("site_url", "base_url", "baseURL", "baseurl"),
        "language": ("lang", "languageCode", "locale"),
        "author": ("site_author", "authors"),
        "repository.url": ("repo_url", "git-repository-url"),
        "repository.edit": ("edit_uri", "edit_uri_template", "edit-url-template"),
        "content_dir": ("docs_dir", "contentDir", "source", "src", "input"),
        "site_dir": ("output", "output_dir", "destination", "publishDir", "build_dir"),
        "extra_js": ("extra_javascript", "additional-js"),
        "extra_css": ("additional-css", "stylesheets"),
        "nav": ("menu", "menus", "navigation", "sidebar", "toc", "pages"),
        "markdown": ("markdown_extensions", "markup", "mdx_configs"),
        "highlight": ("pygments", "codehilite"),
        "extra": ("params", "vars", "variables"),
    }.items()
    for other in others
} | {
    "strict": "give the option: `octavo build --strict`",
    "dev_addr": "give the option: `octavo serve -a 127.0.0.1:8000`",
    "edit_page_url": "write `repository` with `edit` below it",
}
"""Keys of other systems, each with a hint."""
