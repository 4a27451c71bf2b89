"""References of pages, resolved against the site: pages by source, pages by url, files, headings."""

import difflib
import posixpath
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

from octavo.errors import Severity
from octavo.model import AssetCard, Fill, LinkRef, PageCard
from octavo.site.order import PAGE_SUFFIXES, is_page_name
from octavo.site.problems import Problem
from octavo.site.tree import MISSING_URL
from octavo.urls import is_external, relative_href, resolve_path, split_target

__all__ = ["Level", "LinkTable", "resolve_links"]

Level = Literal["error", "warning", "off"]

MAX_SEARCHES = 200
"""How many guesses at what was meant one site gets."""

MAX_CANDIDATES = 500
"""How many names one guess looks at."""


class LinkTable:
    """Everything that a link can point at, looked up in constant time.

    Args:
        cards: the page cards by source.
        url_of_source: the url of every page.
        titles: the title of every url, generated pages included.
        assets: the files that are copied, by source.
        drafts: sources that are left out of this build.
        content_dir: the content folder relative to the site folder.
        folders: the url of every folder of the content with pages in it.
        outputs: files that the build adds and that pages may link, such as the sitemap.
        missing_root: the site's base path, which links of the 404 page begin with.

    """

    def __init__(
        self,
        *,
        cards: Mapping[str, PageCard],
        url_of_source: Mapping[str, str],
        titles: Mapping[str, str],
        assets: Mapping[str, AssetCard],
        drafts: frozenset[str],
        content_dir: str,
        folders: Mapping[str, str],
        outputs: frozenset[str] = frozenset(),
        missing_root: str = "/",
    ) -> None:
        self.cards = cards
        self.url_of_source = url_of_source
        self.titles = titles
        self.assets = assets
        self.drafts = drafts
        self.content_dir = content_dir
        self.folders = folders
        self.outputs = outputs
        self.missing_root = missing_root
        self.source_of_url: dict[str, str] = {}
        for source, url in url_of_source.items():
            self.source_of_url.setdefault(url, source)
        self._ids: dict[str, frozenset[str]] = {}
        self._folded: dict[str, str] | None = None
        self._by_name: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        self._searches = 0

    def ids(self, source: str) -> frozenset[str]:
        """Give all ids of a page, for checking fragments."""
        known = self._ids.get(source)
        if known is None:
            card = self.cards[source]
            known = frozenset((*(heading.id for heading in card.headings), *card.anchors))
            self._ids[source] = known
        return known

    def href(self, url: str, target: str, query: str = "", fragment: str = "") -> str:
        """Give the address of *target* as the page at *url* writes it: relative, and encoded.

        On the 404 page it begins with the site's base path, since a host shows that page at any depth.
        """
        reference = relative_href(url, target, "" if query else fragment)
        if url == MISSING_URL and not reference.startswith("#"):
            reference = self.missing_root + reference.removeprefix("./")
        if not query:
            return reference
        _, mark, anchor = relative_href(url, target, fragment).partition("#")
        return f"{reference}?{query}{mark}{anchor}"

    def near(self, word: str, known: Iterable[str], cutoff: float) -> str:
        """Give the known word that is most like another; empty where none is, or too much was asked already.

        A search costs milliseconds: a site with thousands of wrong links gets its report at once, the later ones
        without a guess.
        """
        if self._searches >= MAX_SEARCHES:
            return ""
        self._searches += 1
        found = difflib.get_close_matches(word, sorted(known)[:MAX_CANDIDATES], n=1, cutoff=cutoff)
        return found[0] if found else ""

    def page_at(self, path: str) -> str | None:
        """Give the url of the page that a path names: a source, a folder, a url, or a source without its suffix."""
        if path in self.url_of_source:
            return self.url_of_source[path]
        bare = path.rstrip("/")
        as_url = bare + "/" if bare else ""
        if as_url in self.titles:
            return as_url
        if path in self.titles:
            return path
        if bare in self.folders:
            return self.folders[bare]
        if path.endswith("/"):
            return None
        stem = path.removesuffix(".html")
        for suffix in PAGE_SUFFIXES:
            if stem + suffix in self.url_of_source:
                return self.url_of_source[stem + suffix]
        if stem != path and stem.endswith("/index"):
            return self.page_at(stem[: -len("index")])
        return None

    def suggest(self, path: str, folder: str | None = "") -> str:
        """Say what the author may have meant by a path that leads nowhere; empty where nothing is near.

        A name is shown as it must be written: relative to *folder*, or with a leading slash where that is None.
        """
        if path in self.drafts:
            return f"`{path}` is a draft, which is left out of this build; `--drafts` takes it in"
        if path in self.assets:
            return f"`{path}` is a file; name a page, and link to the file from there"
        if self._folded is None:
            names = sorted((*self.url_of_source, *self.assets))
            self._folded = {name.casefold(): name for name in reversed(names)}
            for name in names:
                parent, base = posixpath.split(name)
                self._by_name.setdefault(base.casefold(), []).append(name)
                self._by_folder.setdefault(parent, []).append(name)
        folded = self._folded.get(path.casefold())
        if folded:
            return f"did you mean `{_written(folded, folder)}`? upper and lower case must match"
        same_name = self._by_name.get(posixpath.basename(path).casefold())
        if same_name:
            return f"did you mean `{_written(same_name[0], folder)}`?"
        siblings = {_stem(name): name for name in self._by_folder.get(posixpath.dirname(path), ())}
        near = self.near(_stem(path), siblings, 0.7)
        if near:
            return f"did you mean `{_written(siblings[near], folder)}`?"
        inside = self.near(path.rstrip("/"), self.folders, 0.7) if path.endswith("/") else ""
        return f"did you mean `{_written(inside, folder)}/`?" if inside else ""


def _stem(path: str) -> str:
    """Give a file's name without folder and suffix, which many names share and which say nothing of what was meant."""
    return posixpath.splitext(posixpath.basename(path))[0]


def _written(name: str, folder: str | None) -> str:
    """Give a file's name as an author writes it in a file of a folder; with None, from the root."""
    return f"/{name}" if folder is None else posixpath.relpath(name, folder or ".")


def resolve_links(
    table: LinkTable, source: str, url: str, links: tuple[LinkRef, ...], levels: Mapping[str, Level]
) -> tuple[tuple[Fill, ...], tuple[Problem, ...]]:
    """Resolve every reference of one page.

    Returns one `Fill` for each reference, with hrefs relative to *url*, and the problems in the order of the
    references. *levels* maps `links`, `anchors` and `assets` to the severity that site.yaml gives them.
    """
    fills: list[Fill] = []
    problems: list[Problem] = []
    for index, link in enumerate(links):
        fill, fault = _resolve(table, source, url, link)
        fills.append(fill)
        if fault is None:
            continue
        code, group, message, hint = fault
        level = levels[group]
        if level != "off":
            severity: Severity = level
            problems.append(
                Problem(code=code, severity=severity, message=message, source=source, link=index, hint=hint)
            )
    return tuple(fills), tuple(problems)


_Fault = tuple[str, str, str, str]


def _resolve(table: LinkTable, source: str, url: str, link: LinkRef) -> tuple[Fill, _Fault | None]:
    """Resolve one reference: the first reading that names something wins."""
    if is_external(link.target):
        return Fill(href=link.target, text=link.target), None
    path, query, fragment = split_target(link.target.strip())
    path = unicodedata.normalize("NFC", path)
    if not path:
        return _to_page(table, url, url, link, query, fragment)
    for candidate in _readings(table, source, url, link, path):
        asset = table.assets.get(candidate)
        if asset is not None:
            return _to_asset(table, url, asset, link, query, fragment), None
        if candidate in table.outputs:
            return Fill(href=table.href(url, candidate, query, fragment), text=candidate), None
        target = table.page_at(candidate)
        if target is not None and link.kind == "link":
            return _to_page(table, url, target, link, query, fragment)
    return Fill(href=link.target, text=link.target), _missing(table, source, link, path)


def _readings(table: LinkTable, source: str, url: str, link: LinkRef, path: str) -> list[str]:
    """List what a path can mean: relative to the source's folder, then to the page's own url."""
    folder = _folder(table, source, link)
    readings = [resolve_path(folder, path)]
    if not path.startswith("/"):
        readings.append(resolve_path(url, path))
    return [reading for reading in dict.fromkeys(readings) if reading is not None]


def _folder(table: LinkTable, source: str, link: LinkRef) -> str:
    """Give the folder that a reference is relative to: that of its source, or of the included file it stands in."""
    prefix = table.content_dir + "/"
    if link.base.startswith(prefix):
        return posixpath.dirname(link.base[len(prefix) :])
    return posixpath.dirname(source)


def _to_asset(table: LinkTable, url: str, asset: AssetCard, link: LinkRef, query: str, fragment: str) -> Fill:
    is_image = link.kind == "image"
    return Fill(
        href=table.href(url, asset.source, query, fragment),
        text=posixpath.basename(asset.source),
        width=asset.width if is_image else 0,
        height=asset.height if is_image else 0,
    )


def _to_page(
    table: LinkTable, url: str, target: str, link: LinkRef, query: str, fragment: str
) -> tuple[Fill, _Fault | None]:
    anchor = fragment.split(":~:", 1)[0]  # a text fragment is the browser's affair (WICG, Text Fragments)
    text = table.titles.get(target, "")
    source = table.source_of_url.get(target)
    fault: _Fault | None = None
    if anchor and source is not None:
        if link.wants_text:
            text = next((item.text for item in table.cards[source].headings if item.id == anchor), text)
        if anchor not in table.ids(source):
            near = table.near(anchor, table.ids(source), 0.6)
            where = "on this page" if target == url else f"in `{source}`"
            hint = f"did you mean `#{near}`?" if near else f"the page has {_count_ids(table, source)}"
            fault = ("broken-anchor", "anchors", f"no heading `#{anchor}` {where}", hint)
    return Fill(href=table.href(url, target, query, fragment), text=text or target), fault


def _count_ids(table: LinkTable, source: str) -> str:
    headings = [f"`#{heading.id}`" for heading in table.cards[source].headings if heading.id]
    if not headings:
        return "no headings"
    shown = ", ".join(headings[:5])
    return f"the headings {shown}" + (f" and {len(headings) - 5} more" if len(headings) > 5 else "")


def _missing(table: LinkTable, source: str, link: LinkRef, path: str) -> _Fault:
    """Say which file a reference asked for, and what is near."""
    folder = _folder(table, source, link)
    first = resolve_path(folder, path)
    is_file = link.kind == "image" or (
        "." in posixpath.basename(path) and not is_page_name(path) and not path.endswith(".html")
    )
    code, group = ("missing-asset", "assets") if is_file else ("broken-link", "links")
    if first is None:
        hint = "write the path relative to this page's folder, or from the content folder with a leading `/`"
        return code, group, f"`{link.target}` leads out of the content folder", hint
    what = "no file" if is_file else "no page or file"
    usual = "put the file there, or write its path" if is_file else "write the path of the source file,"
    near = table.suggest(first, None if path.startswith("/") else folder)
    hint = near or _habit(table, path, first) or f"{usual} relative to this page's folder"
    return code, group, f"{what} `{first}`", hint


def _habit(table: LinkTable, path: str, resolved: str) -> str:
    """Recognise what is right elsewhere: Windows' slashes, an address without a scheme, the site's base path."""
    if path.startswith("www."):
        return f"write `https://{path}` for another site"
    if "\\" in path:
        return "write `/` between folders"
    if table.missing_root != "/" and path.startswith(table.missing_root):
        return f"paths begin at the content folder: write `/{path.removeprefix(table.missing_root)}`"
    if any(part.startswith(("_", ".")) for part in resolved.removeprefix(".well-known/").split("/")):
        return "names that begin with `_` or `.` are not published: rename the file or its folder"
    return ""
