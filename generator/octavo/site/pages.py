"""Addresses: which source answers which url, and what happens when two want the same."""

import posixpath
from collections.abc import Iterable, Mapping

import msgspec

from octavo.model import FrontCard
from octavo.site.problems import Problem
from octavo.site.tree import Folder, build_tree, walk_folders, walk_leaves
from octavo.slugs import SlugCounter, slugify
from octavo.urls import output_of

__all__ = ["Addresses", "TagAddress", "address_pages", "check_collisions", "tag_addresses"]


THEME_FOLDER = "assets"
"""The folder of the output that holds the theme's files."""


_LONGEST_TAG = 200
"""In bytes of UTF-8, with room for a number behind it."""


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
            url=f"tags/{counter.unique(_cut(slugify(names[key])) or 'tag')}/",
            sources=tuple(dict.fromkeys(sources[key])),
        )
        for key in sorted(names)
    )


def _cut(slug: str) -> str:
    """Cut a slug to a length that every file system takes for a name."""
    return slug.encode()[:_LONGEST_TAG].decode(errors="ignore").rstrip("-")


def check_collisions(
    addresses: Addresses, *, assets: Iterable[str], extra: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Report every two sources that would be published as one file, or as files that differ in case alone.

    Some disks and hosts fold case, so such a pair is an error on every system. *extra* maps further outputs (tag
    pages, aliases) to the source that asks for them; a page that is generated for a folder belongs to the folder.
    """
    claims: dict[str, list[tuple[str, str]]] = {}

    def claim(output: str, owner: str) -> None:
        claims.setdefault(output.casefold(), []).append((output, owner))

    for folder in walk_folders(addresses.tree):
        for source in folder.pages:
            claim(output_of(folder.url), source)
        if not folder.pages:
            claim(output_of(folder.url), folder.path and folder.path + "/")
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
        named = sorted({owner for _, owner in rivals if owner})
        shown = [*(f"`{name}`" for name in named), *(["a generated page"] if len(named) < 2 else [])]
        output = min(output for output, _ in rivals)
        differ = len({output for output, _ in rivals}) > 1
        how = (
            "differ only in case as" if differ else f"are {'both' if len(shown) < 3 else 'all'} published as"
        )
        problems.append(
            Problem(
                code="duplicate-url",
                severity="error",
                message=f"{', '.join(shown[:-1])} and {shown[-1]} {how} `{output}`",
                source=named[0] if named else "",
                key="slug",
                hint="rename one of them, or give it another `slug`",
            )
        )
    return (*problems, *_files_for_folders(claims))


def _owner(source: str) -> str:
    """Name who asks for an output; without a source it is Octavo."""
    return f"`{source}`" if source else "a generated page"


def _files_for_folders(claims: Mapping[str, list[tuple[str, str]]]) -> tuple[Problem, ...]:
    """Report every output that is a file where other outputs need a folder; *claims* has output and owner by key."""
    folders = {THEME_FOLDER: ("the theme", "")}
    for key in sorted(claims):
        owner = claims[key][0][1]
        folder = posixpath.dirname(key)
        while folder and folder not in folders:
            folders[folder] = (_owner(owner), owner)
            folder = posixpath.dirname(folder)
    problems: list[Problem] = []
    for key in sorted(folders.keys() & claims.keys()):
        output, owner = claims[key][0]
        rival, rival_source = folders[key]
        problems.append(
            Problem(
                code="duplicate-url",
                severity="error",
                message=f"{_owner(owner)} puts the file `{output}` where {rival} needs a folder",
                source=owner or rival_source,
                hint="rename one of them",
            )
        )
    return tuple(problems)
