"""The slices of the site that one output may see, and the theme that renders it.

`assemble` makes these values from cards; rendering reads them and nothing else. A change that leaves a page's slices
equal does not reach the page. All `href` values are relative to the page that holds them and percent-encoded; values
shared by many pages (`NavSection`, `SiteInfo`) hold urls or root-relative paths instead and meet the page's `root` in
the template. This module knows nothing of templates.
"""

from typing import Any, Literal

from octavo.digest import Digest
from octavo.model import Fill, FrontMatter, PageBody, Value

__all__ = [
    "ChapterDownloads",
    "ChapterEntry",
    "FooterLink",
    "NavItem",
    "NavSection",
    "PageContext",
    "PageKind",
    "PageLink",
    "ProofSlice",
    "ProofState",
    "RenderTask",
    "Rendered",
    "SiteInfo",
    "ThemeAsset",
    "ThemeSource",
    "TutorialSlice",
]

PageKind = Literal["home", "section", "page", "tag", "tags", "contents", "missing"]


class PageLink(Value, frozen=True):
    """A link to a page, with its title; `href` is empty where a text stands without a target."""

    title: str
    href: str = ""
    number: int | None = None
    """The number of a chapter; see `NavItem.number`."""


class ChapterEntry(Value, frozen=True):
    """One page in a listing."""

    title: str
    href: str
    description: str = ""
    minutes: float | None = None
    draft: bool = False
    children: tuple["ChapterEntry", ...] = ()
    number: int | None = None


class NavItem(Value, frozen=True):
    """One entry of the navigation: a page of the site (`url`), an outside address (`external`), or a group."""

    title: str
    url: str | None = None
    """The page's url; `""` is the home page, None is a group without a page or an outside link."""
    external: str = ""
    draft: bool = False
    mark: str = ""
    """Names an entry with children in `PageContext.trail`: its url, or its first page's where it has none."""
    children: tuple["NavItem", ...] = ()
    number: int | None = None
    """Where the page stands among its neighbours, for files that bear a number: `03-routing.md`. Else None."""


class NavSection(Value, frozen=True):
    """The navigation that all pages of one top-level section share: one rendered fragment each."""

    key: str
    """The url of the section, `./` for one that begins with the home page, or `""` for pages outside all sections."""
    tops: tuple[NavItem, ...]
    """The top-level entries, without children; empty where the site has more than fifty."""
    items: tuple[NavItem, ...]
    """The pages of this section as a tree, the section's own page first."""
    title: str = ""
    contents_url: str = "contents/"


class FooterLink(Value, frozen=True):
    """A link of site.yaml's `footer`: `path` is relative to the site's root unless `external`."""

    title: str
    path: str
    external: bool = False


class SiteInfo(Value, frozen=True):
    """What every page may know of the site. Paths are relative to the site's root."""

    title: str
    description: str = ""
    url: str = ""
    """Absolute, with a trailing slash; empty where site.yaml gives none."""
    language: str = "en"
    author: str = ""
    copyright: str = ""
    repository: str = ""
    logo: str = ""
    favicon: str = ""
    footer: tuple[FooterLink, ...] = ()
    extra_css: tuple[str, ...] = ()
    extra_js: tuple[str, ...] = ()
    has_tags: bool = False
    search: bool = True
    extra: Any = None


class PageContext(Value, frozen=True):
    """The slice of the site that one page sees."""

    url: str
    kind: PageKind
    root: str
    """The way from this page to the site's root, `../../`; on the 404 page an absolute path."""
    title: str
    description: str = ""
    canonical: str = ""
    """Absolute; empty where site.yaml gives no url."""
    nav: str = ""
    """The key of the section's navigation fragment."""
    trail: tuple[str, ...] = ()
    """Marks of the navigation entries above this page, outermost first."""
    breadcrumbs: tuple[PageLink, ...] = ()
    """From the home page to the parent; the page itself is not listed."""
    previous: PageLink | None = None
    next: PageLink | None = None
    fills: tuple[Fill, ...] = ()
    """One for each reference of the page's card."""
    children: tuple[ChapterEntry, ...] = ()
    """The pages of a section, of a tag, or of the whole site."""
    tags: tuple[PageLink, ...] = ()
    prerequisites: tuple[PageLink, ...] = ()
    date: str = ""
    updated: str = ""
    edit_href: str = ""
    image: str = ""
    """Absolute address of the social image; empty where there is none."""
    draft: bool = False
    number: int | None = None
    """The number of the chapter; see `NavItem.number`."""


ProofState = Literal["verified", "stale", "none"]
"""Whether a chapter ran as its page says: `verified`; `stale`, where a run is on record and the page is another now; or
`none`."""


class ProofSlice(Value, frozen=True):
    """What a page says of the run that verified it; only the state where nothing did."""

    state: ProofState = "none"
    verified: int = 0
    """How many blocks passed."""
    counted: int = 0
    """How many are written, run or compared."""
    skipped: tuple[tuple[str, int], ...] = ()
    """Why blocks could not run on that machine, and how many."""
    failing: tuple[tuple[str, int], ...] = ()
    """Why blocks failed as the page says they must, and how many."""
    retried: int = 0
    """How many blocks passed at a later attempt."""
    python: str = ""
    system: str = ""
    date: str = ""
    """ISO date of the run."""
    versions: tuple[tuple[str, str], ...] = ()
    """Packages with their versions, those that the requirements name first."""


class ChapterDownloads(Value, frozen=True):
    """The project of a tutorial before and after one chapter, to take away."""

    title: str
    href: str
    """Of the chapter, as seen from the page that lists it; empty on the chapter itself."""
    start: str = ""
    """Empty where the project has no files there."""
    end: str = ""
    state: ProofState | Literal[""] = ""
    """Of the chapter, on the page that lists it; empty where nothing in it can be verified."""


class TutorialSlice(Value, frozen=True):
    """What a page of a tutorial knows of it: a chapter of itself, the folder's page of all chapters."""

    project: str
    number: int = 0
    """Of the chapter, counted from 1; 0 on the folder's page."""
    downloads: tuple[ChapterDownloads, ...] = ()
    """Of this chapter where it has some; on the folder's page one for every chapter."""
    blocks: tuple[tuple[int, str], ...] = ()
    """Number and HTML of each code block that is shown in its own way."""
    changes: tuple[str, ...] = ()
    """HTML of what the chapter does to each file."""
    counted: int = 0
    """How many blocks are written, run or compared."""
    skipped: tuple[str, ...] = ()
    """Why blocks are not run, one reason for each."""
    proof: ProofSlice = ProofSlice()
    """Of a chapter."""
    captured: tuple[tuple[int, tuple[tuple[int, int, tuple[str, ...]], ...]], ...] = ()
    """By number of the block: where output begins in it, how many lines of it there are, and what was really printed."""


class RenderTask(Value, frozen=True):
    """Everything that rendering one page-like output needs, besides the theme of the epoch."""

    output: str
    template: str
    context: PageContext
    site: SiteInfo
    nav: str = ""
    """The section's navigation fragment: HTML with NUL for the root, and marks for the open groups."""
    front: FrontMatter = FrontMatter()
    body: PageBody | None = None
    file: str = ""
    """The page's source, for diagnostics; empty for generated pages."""
    tutorial: TutorialSlice | None = None
    """For pages of a tutorial."""


class Rendered(Value, frozen=True):
    """The result of rendering one output: its text, or the diagnostics that say why there is none."""

    output: str
    text: str | None
    diagnostics: tuple[Any, ...] = ()


class ThemeAsset(Value, frozen=True):
    """A file of the theme's `assets/` folder, with the output it is published as."""

    name: str
    """Relative to `assets/`: `css/base.css`."""
    output: str
    """Fingerprinted: `assets/css/base.3f2a91c04d5e.css`."""
    digest: Digest


class ThemeSource(Value, frozen=True):
    """A theme laid file by file over the bundled one, as values."""

    templates: tuple[tuple[str, str, str], ...]
    """Name below `templates/`, text, and the file to name in messages; sorted by name."""
    assets: tuple[ThemeAsset, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    """Every option of theme.yaml with its value, sorted by name."""
    words: tuple[tuple[str, str], ...] = ()
    """Every word of the interface in the site's language, sorted by name."""
    language: str = "en"
    """The language of these words, for plural forms and dates."""
