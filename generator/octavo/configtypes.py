"""The values that site.yaml becomes. They hold no positions, so that moving a line changes no digest.

The one exception is `Config.places`, kept apart from what it places: give stages the fields that they read, never
the whole `Config`.
"""

from typing import Any, Literal

from octavo.errors import Location
from octavo.model import MarkdownOptions, Value

__all__ = [
    "CheckLevel",
    "Config",
    "HighlightOptions",
    "NavEntry",
    "Repository",
    "ThemeChoice",
    "ValidationLevels",
]

CheckLevel = Literal["error", "warning", "off"]


class Repository(Value, frozen=True):
    """Where the sources of the site can be seen and edited."""

    url: str = ""
    branch: str = "main"
    edit: str = ""
    """Where a page is edited: empty for what the host is known to use, else an address, absolute or relative to
    `url`, in which `{branch}` and `{file}` are replaced."""


class ThemeChoice(Value, frozen=True):
    """The theme that is laid over the bundled one."""

    name: str = ""
    """A folder or an installed theme; empty for the folder `theme/` where there is one."""
    options: Any = None
    """Plain data for the theme's own table of options: a dict, or None."""


class HighlightOptions(Value, frozen=True):
    """Names of Pygments styles; empty for the colours of the theme."""

    light: str = ""
    dark: str = ""


class ValidationLevels(Value, frozen=True):
    """How severe the findings of each check are."""

    links: CheckLevel = "warning"
    anchors: CheckLevel = "warning"
    assets: CheckLevel = "warning"
    orphans: CheckLevel = "warning"


class NavEntry(Value, frozen=True):
    """One entry of `nav`."""

    title: str | None
    """None where the author gave only a path: the page's own title stands in."""
    target: str
    """A page or a folder with a slash at its end, below the content folder; an outside address; empty for a group."""
    children: tuple["NavEntry", ...] = ()


class Config(Value, frozen=True):
    """Everything that site.yaml says, with defaults where it says nothing."""

    title: str
    description: str = ""
    url: str = ""
    """Absolute, with a slash at its end; empty where the author gave none."""
    language: str = "en"
    author: str = ""
    copyright: str = ""
    repository: Repository = Repository()
    content_dir: str = "content"
    site_dir: str = "_site"
    """Relative to the site folder, or absolute."""
    theme: ThemeChoice = ThemeChoice()
    extra_css: tuple[str, ...] = ()
    """Files below the content folder."""
    extra_js: tuple[str, ...] = ()
    logo: str = ""
    favicon: str = ""
    footer: tuple[tuple[str, str], ...] = ()
    """Title and target of each link."""
    nav: tuple[NavEntry, ...] = ()
    """Empty where the author gave none."""
    markdown: MarkdownOptions = MarkdownOptions()
    highlight: HighlightOptions = HighlightOptions()
    search: bool = True
    """True, False, or the author's settings as a dict."""
    feed: Any = None
    """Plain data: text, a dict, or None."""
    plugins: Any = None
    """Plain data: a list, a dict, or None."""
    validation: ValidationLevels = ValidationLevels()
    extra: Any = None
    """Free data for templates: mappings, lists and text."""
    places: tuple[tuple[str, Location], ...] = ()
    """Key path and place of its value, in the order of the file: `markdown.html`, `extra_css.0`, `nav.2.0`."""
    place_excerpts: tuple[str, ...] = ()
    """The source line of each of `places`."""
