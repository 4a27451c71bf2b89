"""The folders of the content as a tree, with the address and the order of every page."""

import posixpath
from collections.abc import Iterable
from typing import Self

import msgspec

from octavo.model import FrontCard
from octavo.site.order import humanise, is_page_name, natural_key, page_stem, prefixed_names, split_prefix

__all__ = ["MISSING_URL", "Folder", "Leaf", "build_tree", "walk_folders", "walk_leaves"]

MISSING_URL = "404.html"
"""The page that hosts show for an address that does not exist: it has no place in the navigation or in a listing."""

_INDEX_STEMS = ("index", "readme")
_LAST = float("inf")


class Leaf(msgspec.Struct, frozen=True):
    """A page that is no folder's page."""

    source: str
    url: str
    number: int | None = None
    """Its place among the neighbours whose names bear a number, too; None where its own name bears none."""


class Folder(msgspec.Struct, frozen=True):
    """A folder with at least one page somewhere below it."""

    path: str
    """Relative to the content folder, `""` for its root."""
    url: str
    name: str
    """A title made from the folder's name, for a page that is generated."""
    pages: tuple[str, ...]
    """The sources that claim to be this folder's page: none, one, or a mistake to report."""
    children: "tuple[Leaf | Folder, ...]"
    """In reading order."""


class _Entry:
    """What is being collected for one folder."""

    def __init__(self) -> None:
        self.pages: dict[str, FrontCard] = {}
        self.folders: dict[str, Self] = {}


def build_tree(fronts: Iterable[FrontCard]) -> Folder:
    """Arrange the pages by folder; sources in, addresses and reading order out."""
    root = _Entry()
    for card in fronts:
        *folders, name = card.source.split("/")
        entry = root
        for folder in folders:
            entry = entry.folders.setdefault(folder, _Entry())
        entry.pages[name] = card
    return _freeze(root, "", "", "", ())


def _freeze(entry: _Entry, path: str, url: str, name: str, outer: tuple[FrontCard, ...]) -> Folder:
    """Turn one collected folder into its value; *outer* are pages beside the folder that bear its name."""
    own = [card for page, card in entry.pages.items() if _is_index(page)]
    beside: dict[str, tuple[FrontCard, ...]] = {}
    plain: list[tuple[str, FrontCard]] = []
    for page, card in entry.pages.items():
        stem = page_stem(page)
        if _is_index(page):
            continue  # this folder's own page, also beside a folder `index/`
        if stem in entry.folders:
            beside[stem] = (*beside.get(stem, ()), card)
        else:
            plain.append((stem, card))
    prefixed = prefixed_names({stem for stem, _ in plain} | set(entry.folders))

    ordered: list[tuple[tuple[object, ...], Leaf | Folder]] = []
    for stem, card in plain:
        address = url + (card.front.slug or _bare(stem, prefixed)) + "/"
        if not path and stem == "404":
            address = MISSING_URL
        ordered.append((_order((card,), stem, prefixed), Leaf(card.source, address)))
    for folder, inner in entry.folders.items():
        outside = beside.get(folder, ())
        pages = outside + tuple(card for page, card in inner.pages.items() if _is_index(page))
        slug = next((card.front.slug for card in pages if card.front.slug), "")
        address = url + (slug or _bare(folder, prefixed)) + "/"
        child = _freeze(inner, posixpath.join(path, folder), address, _bare(folder, prefixed), outside)
        ordered.append((_order(pages, folder, prefixed), child))
    ordered.sort(key=lambda item: item[0])
    claims = sorted(card.source for card in (*own, *outer))
    children = _number((node for _, node in ordered), prefixed)
    return Folder(path, url, humanise(name), tuple(claims), tuple(children))


def _number(nodes: "Iterable[Leaf | Folder]", prefixed: frozenset[str]) -> "Iterable[Leaf | Folder]":
    """Give the nodes with numbers for chapters, from 1, or from 0 where the first file does."""
    number: int | None = None
    for node in nodes:
        if isinstance(node, Folder):
            yield node
            continue
        stem = page_stem(node.source.rpartition("/")[2])
        split = split_prefix(stem) if stem in prefixed else None
        if split is None:
            yield node
            continue
        number = min(split[0], 1) if number is None else number + 1
        yield Leaf(node.source, node.url, number)


def _is_index(page: str) -> bool:
    return is_page_name(page) and page_stem(page).lower() in _INDEX_STEMS


def _bare(name: str, prefixed: frozenset[str]) -> str:
    split = split_prefix(name) if name in prefixed else None
    return split[1] if split else name


def _order(cards: tuple[FrontCard, ...], name: str, prefixed: frozenset[str]) -> tuple[object, ...]:
    """Sort by `order:`, else by the numeric prefix, else last; then by natural order of the name."""
    given = next((card.front.order for card in cards if card.front.order is not None), None)
    if given is None and name in prefixed and (split := split_prefix(name)):
        given = split[0]
    return (_LAST if given is None else given, natural_key(_bare(name, prefixed)), name)


def walk_leaves(folder: Folder) -> Iterable[Leaf]:
    """Give every leaf below a folder in reading order."""
    for child in folder.children:
        if isinstance(child, Folder):
            yield from walk_leaves(child)
        else:
            yield child


def walk_folders(folder: Folder) -> Iterable[Folder]:
    """Give the folder and every folder below it, outermost first."""
    yield folder
    for child in folder.children:
        if isinstance(child, Folder):
            yield from walk_folders(child)
