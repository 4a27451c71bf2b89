"""Navigation: the automatic tree, `nav:` of site.yaml, reading order, and what each page shows of them."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from octavo.config import NavEntry
from octavo.context import NavItem, NavSection
from octavo.site.order import page_stem
from octavo.site.problems import Problem
from octavo.site.tree import MISSING_URL, Folder, Leaf, walk_folders
from octavo.urls import is_external, resolve_path

__all__ = ["Navigation", "automatic_navigation", "given_navigation"]

MAX_TOPS = 50
"""Above this many top-level entries a page shows its own section and a link to the contents."""

NO_SECTION = ""
HOME_SECTION = "./"
"""The key of a group that begins with the home page, whose url is empty."""


class Navigation(msgspec.Struct, frozen=True):
    """The navigation of the whole site."""

    tops: tuple[NavItem, ...]
    """The top-level entries with all that is below them."""
    sections: dict[str, NavSection]
    section_of: dict[str, str]
    """Section key of each page url."""
    trails: dict[str, tuple[str, ...]]
    """Marks of the entries above each page url, outermost first."""
    orders: tuple[tuple[str, ...], ...]
    """Reading orders: previous and next never leave one."""
    numbers: dict[str, int]
    """The number of each chapter by its url."""


Titles = Mapping[str, str]


def automatic_navigation(tree: Folder, titles: Titles, drafts: frozenset[str], contents: str) -> Navigation:
    """Make the navigation from folders: each top-level folder is a section, with a reading order of its own.

    *titles* holds the title of every page url, *drafts* the urls that are marked as drafts, *contents* the url of the
    contents page. Pages beside the home page have one reading order together.
    """
    tops = _from_node(tree, titles, drafts).children
    orders = [tuple(_urls(item)) for item in tops if item.children]
    orders.append(tuple(item.url for item in tops if not item.children and item.url is not None))
    return _assemble(tops, tuple(order for order in orders if order), contents)


def given_navigation(
    entries: Iterable[NavEntry],
    tree: Folder,
    *,
    titles: Titles,
    drafts: frozenset[str],
    left_out: frozenset[str],
    contents: str,
    resolve: Callable[[str], str | None],
    suggest: Callable[[str], str],
) -> tuple[Navigation, tuple[Problem, ...]]:
    """Make the navigation from `nav:`; one reading order runs through all of it.

    *resolve* gives the url of a page named by its source, *left_out* are the sources of drafts that this build does
    not have, which nav may name. Returns the navigation and what is wrong with the entries.
    """
    folders = {folder.path: folder for folder in walk_folders(tree)}
    absent = _names_of(left_out)
    seen: dict[str, str] = {}
    problems: list[Problem] = []

    def fault(key: str, message: str, hint: str) -> None:
        problems.append(Problem(code="bad-nav", severity="error", message=message, key=key, hint=hint))

    def convert(entry: NavEntry, key: str) -> NavItem | None:
        if entry.children:
            inner = [convert(child, f"{key}.{number}") for number, child in enumerate(entry.children)]
            children = tuple(item for item in inner if item is not None)
            return _group(entry.title or "", children) if children else None
        if is_external(entry.target):
            return NavItem(title=entry.title or entry.target, external=entry.target)
        path = resolve_path("", entry.target)
        if path is None:
            fault(
                key,
                f"`{entry.target}` leads out of the content folder",
                "name a page below the content folder",
            )
            return None
        url = resolve(path)
        folder = folders.get(path.rstrip("/")) if url is None or path.endswith("/") else None
        if folder is not None:
            item = _from_node(folder, titles, drafts)
        elif url is not None:
            item = NavItem(title=titles[url], url=url, draft=url in drafts)
        elif path.rstrip("/") in absent:
            return None
        else:
            hint = suggest(path) or "write the path of a page or folder, relative to the content folder"
            fault(key, f"no page `{entry.target}`", hint)
            return None
        for inner_url in _urls(item):
            if inner_url in seen:
                fault(key, f"`{entry.target}` stands in `nav` twice", f"the first is `{seen[inner_url]}`")
                return None
        for inner_url in _urls(item):
            seen[inner_url] = entry.target
        return msgspec.structs.replace(item, title=entry.title) if entry.title else item

    converted = [convert(entry, f"nav.{number}") for number, entry in enumerate(entries)]
    tops = tuple(item for item in converted if item is not None)
    order = tuple(url for item in tops for url in _urls(item))
    return _assemble(tops, (order,) if order else (), contents), tuple(problems)


def _group(title: str, children: tuple[NavItem, ...]) -> NavItem:
    mark = next((url for child in children for url in _urls(child)), title)
    return NavItem(title=title, mark=mark, children=children)


def _from_node(node: Leaf | Folder, titles: Titles, drafts: frozenset[str]) -> NavItem:
    """Turn a page or a folder into an entry, children in reading order."""
    children: tuple[NavItem, ...] = ()
    if isinstance(node, Folder):
        children = tuple(
            _from_node(child, titles, drafts) for child in node.children if child.url != MISSING_URL
        )
    mark = node.url if children else ""
    return NavItem(
        title=titles[node.url],
        url=node.url,
        draft=node.url in drafts,
        mark=mark,
        children=children,
        number=node.number if isinstance(node, Leaf) else None,
    )


def _names_of(sources: Iterable[str]) -> frozenset[str]:
    """Give what `nav` may call pages that are left out: their sources, with or without suffix, and their folders."""
    names: set[str] = set()
    for source in sources:
        name = page_stem(source)
        names.add(source)
        while name and name not in names:
            names.add(name)
            name = name.rpartition("/")[0]
    return frozenset(names)


def _urls(item: NavItem) -> Iterable[str]:
    if item.url is not None:
        yield item.url
    for child in item.children:
        yield from _urls(child)


def _assemble(tops: tuple[NavItem, ...], orders: tuple[tuple[str, ...], ...], contents: str) -> Navigation:
    """Cut the tree into one section for each top-level entry, and note where each page stands."""
    shown: tuple[NavItem, ...] = ()
    if len(tops) <= MAX_TOPS:
        shown = tuple(_top_entry(item) for item in tops)
    loose = tuple(item for item in tops if not item.children)
    sections = {
        NO_SECTION: NavSection(
            key=NO_SECTION, tops=shown, items=loose if len(loose) <= MAX_TOPS else (), contents_url=contents
        )
    }
    section_of: dict[str, str] = {}
    trails: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, int] = {}

    def note(item: NavItem, key: str, trail: tuple[str, ...]) -> None:
        if item.url is not None:
            if item.number is not None:
                numbers[item.url] = item.number
            section_of.setdefault(item.url, key)
            trails.setdefault(item.url, trail)
        below = (*trail, item.mark) if item.children else trail
        for child in item.children:
            note(child, key, below)

    for item in tops:
        key = NO_SECTION
        if item.children:
            key = item.mark or HOME_SECTION
            sections[key] = NavSection(
                key=key, tops=shown, items=(item,), title=item.title, contents_url=contents
            )
        note(item, key, ())
    return Navigation(tops, sections, section_of, trails, orders, numbers)


def _top_entry(item: NavItem) -> NavItem:
    """Give a top-level entry without children; a group without a page leads to its first page."""
    url = item.url
    if url is None and not item.external:
        url = next(iter(_urls(item)), None)
    return NavItem(title=item.title, url=url, external=item.external, draft=item.draft, number=item.number)
