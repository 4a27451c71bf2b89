"""The frozen values that cross a stage of the build.

All of them are msgspec structs: picklable, comparable, with a canonical digest (`octavo.digest.digest_value`), holding
tuples and text only. They do no I/O and never point back at the site. Paths are POSIX text: a *source* is relative to
the content folder (`flask/03-routing.md`), a *file* to the site folder (`content/flask/03-routing.md`), a *url* and an
*output* as `octavo.urls` says.

Every field added to `FrontCard` or `PageCard` widens what an edit can reach: review such a change like an API.
"""

from typing import Any, Literal

import msgspec

from octavo.codeblocks import PageBlocks
from octavo.digest import Digest
from octavo.errors import Diagnostic, Location

__all__ = [
    "Alias",
    "AssetCard",
    "Document",
    "Fill",
    "FrontCard",
    "FrontMatter",
    "Heading",
    "LinkRef",
    "MarkdownOptions",
    "Normaliser",
    "PageBody",
    "PageCard",
    "PagePlaces",
    "SourceText",
    "TocEntry",
    "TutorialEnv",
    "TutorialSettings",
    "Value",
]


class Value(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """The base of all values: frozen, compared by content, encoded as an array."""


# ---------------------------------------------------------------- what an author says of a page


class Alias(Value, frozen=True):
    """An old address of a page, or of a heading on it."""

    old: str
    """An old url as the author wrote it, or an old heading id where `new` is given."""
    new: str = ""
    """The heading id that took over; empty for an alias of the page."""


class TutorialEnv(Value, frozen=True):
    """In what the commands of a tutorial run."""

    python: str = ""
    """A version or a range of versions, as the author wrote it."""
    requirements: str = ""
    """A file of pinned requirements, relative to the site folder or to the tutorial's."""
    vars: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()


class Normaliser(Value, frozen=True):
    """What is replaced in shown and in real output before they are compared."""

    find: str
    to: str = ""


class TutorialSettings(Value, frozen=True):
    """`tutorial:` in front matter, of a folder's page or of a chapter."""

    project: str = ""
    env: TutorialEnv = TutorialEnv()
    base_url: str = ""
    ports: tuple[int, ...] = ()
    timeout: float = 0
    """In seconds; 0 for the usual one."""
    files: str = ""
    """A folder whose files every chapter that starts empty has."""
    depends: tuple[str, ...] = ()
    normalise: tuple[Normaliser, ...] = ()
    exclude: tuple[str, ...] = ()
    """Patterns of files that no download holds."""
    profiles: tuple[str, ...] = ()
    starts: str = ""
    """Of a chapter: `empty`, or the file of the chapter that it goes on from; empty for the chapter before."""


class FrontMatter(Value, frozen=True):
    """The front matter of a page, typed; every key of the reference, with its default."""

    title: str = ""
    description: str = ""
    order: float | None = None
    draft: bool = False
    tags: tuple[str, ...] = ()
    date: str = ""
    """ISO 8601 date, `2026-11-23`, or date and time."""
    updated: str = ""
    slug: str = ""
    aliases: tuple[Alias, ...] = ()
    template: str = ""
    toc: bool = True
    search: bool = True
    image: str = ""
    objectives: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    minutes: float | None = None
    tutorial: TutorialSettings | None = None
    """Makes the folder a tutorial; on a chapter, what differs there."""
    extra: Any = None
    """Free data for templates: mappings, lists and text."""


class FrontCard(Value, frozen=True):
    """Path and front matter: enough for urls, order and navigation."""

    source: str
    front: FrontMatter


# ---------------------------------------------------------------- what a page says of itself


class Heading(Value, frozen=True):
    """A heading as other pages may know it."""

    id: str
    text: str
    """Plain text."""


class LinkRef(Value, frozen=True):
    """One reference of a page that is resolved against the site: a link, an image, or raw HTML's href and src."""

    kind: Literal["link", "image"]
    """`image` wants a file, its width and height; `link` a page, a heading or a file."""
    target: str
    """As the author wrote it, entities and percent-encoding included."""
    base: str = ""
    """The site-relative file whose folder the target is relative to; empty for the page's own source."""
    wants_text: bool = False
    """True where the author left the link text empty: the target's title stands in."""


class PageCard(Value, frozen=True):
    """The firewall: all that other pages may know of a page. It holds no positions."""

    title: str
    """Front matter's title, else the first heading, else the file name; plain text, never empty."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Ids on the page that are not headings: attributes, raw HTML, footnotes, heading aliases."""
    links: tuple[LinkRef, ...] = ()
    """Every reference, in the order of its slots in the body."""


class TocEntry(Value, frozen=True):
    """One line of the page's own table of contents."""

    level: int
    """2 for `h2` and so on; the page's own title is not listed."""
    id: str
    html: str
    """Inline HTML of the heading, without links; safe."""


class PageBody(Value, frozen=True):
    r"""What only its own page knows.

    `html` holds slots between NUL characters, which input can never hold: `\0h3\0` is the escaped href (or src) of
    reference 3, `\0t3\0` the escaped text that stands in for an empty link text, `\0d3\0` the attributes
    ` width="640" height="480"` of an image, or nothing; `\0wnote\0` is the escaped word `note` of the theme. Code block 3
    may stand between `\0b3\0` and `\0e3\0`: there a tutorial shows it in its own way.
    """

    html: str
    toc: tuple[TocEntry, ...] = ()
    summary: str = ""
    """The first paragraph as plain text, at most 200 code points: the description where the author gave none."""
    has_title: bool = False
    """True when the body itself begins with the page's `h1`."""


class PagePlaces(Value, frozen=True):
    """Where things stand in the source: only diagnostics look here."""

    links: tuple[Location, ...] = ()
    """One for each of `PageCard.links`."""
    link_excerpts: tuple[str, ...] = ()
    """The source line of each."""
    link_ways: tuple[tuple[int, str], ...] = ()
    """Number and way of each reference that stands in an included text: through which files it came into the page."""
    front: tuple[tuple[str, Location, str], ...] = ()
    """Front matter key, place of its value, source line. List items as `aliases.0`."""


class Document(Value, frozen=True):
    """The result of parsing one page: never fails, carries its complaints."""

    front: FrontCard
    card: PageCard
    body: PageBody
    places: PagePlaces
    diagnostics: tuple[Diagnostic, ...] = ()
    blocks: PageBlocks = PageBlocks()


# ---------------------------------------------------------------- what goes into parsing


class MarkdownOptions(Value, frozen=True):
    """The part of site.yaml that parsing reads."""

    html: bool = True
    linkify: bool = True
    max_nesting: int = 100


class SourceText(Value, frozen=True):
    """One page on its way into the parser, with all the text that it includes."""

    source: str
    """Relative to the content folder."""
    file: str
    """Relative to the site folder; what diagnostics name."""
    text: str
    """Decoded, without a byte order mark, line ends as they stand."""
    includes: tuple[tuple[str, str | None], ...] = ()
    """Site-relative file and its text, or None where it does not exist or cannot be read."""
    include_problems: tuple[tuple[str, str], ...] = ()
    """Site-relative file and why it cannot be included, for those that are None."""


# ---------------------------------------------------------------- what the site says of files and references


class AssetCard(Value, frozen=True):
    """A file that is copied, as pages may know it."""

    source: str
    """Relative to the content folder."""
    digest: Digest
    width: int = 0
    height: int = 0
    """In CSS pixels; 0 where the file is no image or its size is unknown."""


class Fill(Value, frozen=True):
    """What the slots of one reference are filled with."""

    href: str
    """Relative and percent-encoded, ready for an attribute once escaped."""
    text: str = ""
    width: int = 0
    height: int = 0
