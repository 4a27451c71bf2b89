"""Addresses: which source answers which url, and what happens when two want the same."""

from collections.abc import Iterable, Mapping

import msgspec

from octavo.model import FrontCard
from octavo.site.problems import Problem
from octavo.site.tree import Folder, build_tree, walk_folders, walk_leaves
from octavo.slugs import SlugCounter, slugify
from octavo.urls import output_of

__all__ = ["Addresses", "TagAddress", "address_pages", "check_collisions", "tag_addresses"]


class TagAddress(msgspec.Struct, frozen=True):
    """A tag with its page."""

    name: str
    url: str
    sources: tuple[str, ...]


class Addresses(msgspec.Struct, frozen=True):
    """Every page's address, and the folders as a tree."""

    tree: Folder
    url_of_source: dict[str, str]
    source_of_url: dict[str, str]
    """Pages with a source; the first where two claim a url."""
    generated: dict[str, Folder]
    """Urls of folders without a page of their own, the home page among them."""
    parents: dict[str, tuple[Folder, ...]]
    """For each page url, the folders above it, outermost first; a folder's own page is not below itself."""


def address_pages(fronts: Iterable[FrontCard]) -> Addresses:
    """Give every page its url, and every folder without a page a generated one."""
    tree = build_tree(fronts)
    url_of_source: dict[str, str] = {}
    source_of_url: dict[str, str] = {}
    generated: dict[str, Folder] = {}
    parents: dict[str, tuple[Folder, ...]] = {}

    def visit(folder: Folder, above: tuple[Folder, ...]) -> None:
        parents.setdefault(folder.url, above)
        for source in folder.pages:
            url_of_source[source] = folder.url
            source_of_url.setdefault(folder.url, source)
        if not folder.pages:
            generated[folder.url] = folder
        inside = (*above, folder)
        for child in folder.children:
            if isinstance(child, Folder):
                visit(child, inside)
            else:
                parents.setdefault(child.url, inside)
                url_of_source[child.source] = child.url
                source_of_url.setdefault(child.url, child.source)

    visit(tree, ())
    return Addresses(tree, url_of_source, source_of_url, generated, parents)


def tag_addresses(fronts: Iterable[FrontCard]) -> tuple[TagAddress, ...]:
    """Collect the tags of all pages, case aside, each with the url of its page, sorted by name."""
    names: dict[str, str] = {}
    sources: dict[str, list[str]] = {}
    for card in fronts:
        for tag in card.front.tags:
            key = tag.casefold()
            names[key] = min(names.get(key, tag), tag)
            sources.setdefault(key, []).append(card.source)
    counter = SlugCounter()
    return tuple(
        TagAddress(
            name=names[key],
            url=f"tags/{counter.unique(slugify(names[key]) or 'tag')}/",
            sources=tuple(dict.fromkeys(sources[key])),
        )
        for key in sorted(names)
    )


def check_collisions(
    addresses: Addresses, *, assets: Iterable[str], extra: Mapping[str, str], config_file: str
) -> tuple[Problem, ...]:
    """Report every two sources that would be published as one file, or as files that differ in case alone.

    Some disks and hosts fold case, so such a pair is an error on every system. *extra* maps further outputs (tag
    pages, aliases) to the source that asks for them; *config_file* stands in where nothing in the content does.
    """
    claims: dict[str, list[tuple[str, str]]] = {}

    def claim(output: str, owner: str) -> None:
        claims.setdefault(output.casefold(), []).append((output, owner))

    for folder in walk_folders(addresses.tree):
        for source in folder.pages:
            claim(output_of(folder.url), source)
        if not folder.pages:
            claim(output_of(folder.url), "")
    for leaf in walk_leaves(addresses.tree):
        claim(output_of(leaf.url), leaf.source)
    for source in assets:
        claim(source, source)
    for output, owner in extra.items():
        claim(output, owner)

    problems: list[Problem] = []
    for rivals in claims.values():
        if len(rivals) == 1:
            continue
        named = sorted({owner for _, owner in rivals if owner}) or [""]
        if (
            len(named) == 1
            and len({output for output, _ in rivals}) == 1
            and len(rivals) > 1
            and named != [""]
        ):
            others = f"the page that is generated at `{rivals[0][0]}`"
        else:
            others = ", ".join(f"`{name}`" for name in named[1:]) or "a generated page"
        output = min(output for output, _ in rivals)
        same = len({output for output, _ in rivals}) == 1
        how = "are both published as" if same else "differ only in case as"
        problems.append(
            Problem(
                code="duplicate-url",
                severity="error",
                message=f"`{named[0] or config_file}` and {others} {how} `{output}`",
                source=named[0],
                hint="rename one of them, or give it another `slug`",
            )
        )
    return tuple(problems)
