"""What templates see as `page` and `theme`: shapes made for reading, from the values of the engine."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from octavo.context import ChapterDownloads, ProofSlice, RenderTask, ThemeSource, TutorialSlice
from octavo.model import Fill, PageBody, TocEntry, Value
from octavo.urls import relative_href

__all__ = [
    "NavView",
    "PageView",
    "ThemeView",
    "TocNode",
    "TutorialView",
    "fill_slots",
    "safe_html",
    "view_page",
]


_NO_WORDS: Mapping[str, str] = {}
_NO_BLOCKS: Mapping[int, str] = {}


class TocNode(Value, frozen=True):
    """One heading of the page's table of contents, with the headings below it."""

    level: int
    id: str
    href: str
    """`#` and the id, percent-encoded."""
    html: Markup
    children: tuple["TocNode", ...] = ()


class TutorialView(Value, frozen=True):
    """What a page shows of its tutorial, besides its text."""

    project: str
    number: int
    """Of the chapter, counted from 1; 0 on the folder's page."""
    downloads: tuple[ChapterDownloads, ...]
    changes: tuple[Markup, ...]
    """What the chapter does to each file."""
    counted: int
    skipped: tuple[tuple[str, int], ...]
    """Reasons for which blocks are not run, with how many blocks have each."""
    proof: ProofSlice
    """Whether the chapter was verified, and by what run."""


class PageView(Value, frozen=True):
    """What templates see as `page`: what the author wrote, ready to be placed."""

    title: str
    description: str
    heading: Markup
    """The page's one `h1`: the author's where the text begins with it, else made from the title."""
    html: Markup
    """The text after the heading; empty for a generated page."""
    toc: tuple[TocNode, ...] = ()
    """Headings as a tree, down to the theme's `toc_depth`; empty where front matter says `toc: false`."""
    has_title: bool = False
    """True where the text itself begins with the heading."""
    minutes: float | None = None
    objectives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    search: bool = True
    extra: Any = None
    """Free data of the front matter; an empty mapping where there is none."""
    tutorial: TutorialView | None = None
    """On pages of a tutorial."""


class NavView(Markup):
    """What templates see as `nav`: the tree of the page's section as HTML, with the links to all sections beside it."""

    __slots__ = ("sections",)
    sections: Markup

    @classmethod
    def of(cls, tree: str, sections: str) -> "NavView":
        """Make it from two pieces of HTML that are safe to place."""
        view = cls(tree.strip("\n") + "\n" if tree.strip() else "")
        view.sections = safe_html(sections.strip())
        return view


class _Names:
    """Names to look up. A missing one is an undefined value, so that a template's `is defined` works.

    It is no Mapping, since a template's `theme.items` would then be a method and never an option.
    """

    def __init__(self, values: dict[str, Any], what: str) -> None:
        self._values = values
        self._what = what

    def __getitem__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        close = get_close_matches(str(name), list(self._values), n=1)
        hint = f"did you mean `{close[0]}`?" if close else ""
        return StrictUndefined(hint=f"the theme has no {self._what} `{name}`\n{hint}")

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


class ThemeView(_Names):
    """What templates see as `theme`: its options by name, and `assets`, from an asset's name to its output.

    `{{ context.root }}{{ theme.assets["css/base.css"] | path }}` is the address of a stylesheet, `{{ theme.words.search }}`
    a word of the interface in the language of the site.
    """

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(dict(theme.options), "option")
        self.assets = _Names({asset.name: asset.output for asset in theme.assets}, "asset")
        self.words = _Names(dict(theme.words), "word")


def view_page(task: RenderTask, toc_depth: int = 6, words: Mapping[str, str] = _NO_WORDS) -> PageView:
    """Make the view of one task's page; *toc_depth* is the deepest heading level that its contents list.

    *words* are those of the theme, for the slots of the body.
    """
    body, front, context = task.body or PageBody(html=""), task.front, task.context
    blocks = dict(task.tutorial.blocks) if task.tutorial else _NO_BLOCKS
    html = fill_slots(body.html, context.fills, words, blocks)
    heading, rest = Markup("<h1>{}</h1>").format(context.title), html
    if body.has_title:
        own, end, after = html.partition("</h1>")
        if end:
            heading, rest = safe_html(own + end), after.lstrip("\n")
    return PageView(
        title=context.title,
        description=context.description or front.description or body.summary,
        heading=heading,
        html=safe_html(rest),
        toc=nest_headings(body.toc, toc_depth) if front.toc else (),
        has_title=body.has_title,
        minutes=front.minutes,
        objectives=front.objectives,
        tags=front.tags,
        search=front.search,
        extra={} if front.extra is None else front.extra,
        tutorial=_view_tutorial(task.tutorial) if task.tutorial is not None else None,
    )


def _view_tutorial(tutorial: TutorialSlice) -> TutorialView:
    return TutorialView(
        project=tutorial.project,
        number=tutorial.number,
        downloads=tutorial.downloads,
        changes=tuple(safe_html(change) for change in tutorial.changes),
        counted=tutorial.counted,
        skipped=tuple(sorted(Counter(tutorial.skipped).items())),
        proof=tutorial.proof,
    )


def safe_html(html: str) -> Markup:
    """Mark HTML as safe to place: what the Markdown stage made, or what this package has escaped."""
    return Markup(html)  # noqa: S704 - the one place that vouches for HTML


def fill_slots(
    html: str,
    fills: tuple[Fill, ...],
    words: Mapping[str, str] = _NO_WORDS,
    blocks: Mapping[int, str] = _NO_BLOCKS,
) -> str:
    """Fill the slots of a body (`octavo.model.PageBody`), escaping each value for its place.

    *blocks* holds the HTML of code blocks that a tutorial shows in its own way, by their numbers. A reference without a
    fill is a bug of ours and raises IndexError; a word that the theme does not have is its name.
    """
    parts = html.split("\0")
    for position in range(1, len(parts), 2):
        slot = parts[position]
        kind, name = slot[0], slot[1:]
        if kind == "w":
            parts[position] = str(escape(words.get(name, name)))
        elif kind == "b":
            view = blocks.get(int(name))
            parts[position] = view or ""
            if view is not None:
                parts[position + 1] = ""
        else:
            parts[position] = "" if kind == "e" else _FILLERS[kind](fills[int(name)])
    return "".join(parts)


def _fill_size(fill: Fill) -> str:
    return f' width="{fill.width}" height="{fill.height}"' if fill.width and fill.height else ""


_FILLERS: Mapping[str, Callable[[Fill], str]] = {
    "h": lambda fill: str(escape(fill.href)),
    "t": lambda fill: str(escape(fill.text)),
    "d": _fill_size,
}


def nest_headings(entries: tuple[TocEntry, ...], depth: int) -> tuple[TocNode, ...]:
    """Arrange headings down to a level as a tree; a heading belongs to the nearest shallower one before it."""

    def take(position: int, level: int) -> tuple[tuple[TocNode, ...], int]:
        nodes: list[TocNode] = []
        while position < len(shown) and shown[position].level > level:
            entry = shown[position]
            children, position = take(position + 1, entry.level)
            nodes.append(
                TocNode(
                    level=entry.level,
                    id=entry.id,
                    href=relative_href("", "", entry.id),
                    html=safe_html(entry.html),
                    children=children,
                )
            )
        return tuple(nodes), position

    shown = [entry for entry in entries if entry.level <= depth]
    return take(0, 0)[0]
