"""The assembled site, kept by key: it is assembled again only when a card, an asset or site.yaml differs.

A body edit leaves every card as it was, so the whole site's slices are those of the last build: then only digests are
read, and the slices of the pages that are rendered. What is kept is checked again when it is read; a row that is gone
means assembling anew, never a wrong page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from octavo.context import NavSection, SiteInfo
from octavo.digest import Digest, digest_value
from octavo.engine.memory import Memory
from octavo.engine.ports import Store
from octavo.model import Value
from octavo.outputs import SitemapEntry, sitemap_entries
from octavo.site import AssembledSite, PageOutput, Problem, Redirect, TutorialOutline

__all__ = ["Assembly", "PageSlice", "SiteSlices", "assemble_or_recall", "summarise"]

_NAV = "nav:"
_encode = msgspec.msgpack.Encoder().encode
_decode_page = msgspec.msgpack.Decoder(PageOutput).decode
_decode_section = msgspec.msgpack.Decoder(NavSection).decode


class PageSlice(Value, frozen=True):
    """What planning needs of one page: where it goes, and the digests of what it sees of the site."""

    output: str
    template: str
    source: str
    nav: str
    digest: Digest
    """Of the whole context: rows of pages whose context did not change are not written again."""
    parts: tuple[tuple[str, Digest], ...]


class Assembly(Value, frozen=True):
    """The assembled site without its contexts."""

    slices: tuple[PageSlice, ...]
    sections: tuple[tuple[str, Digest], ...]
    info: SiteInfo
    redirects: tuple[Redirect, ...]
    redirect_titles: tuple[tuple[str, str], ...]
    """For each redirect, the title and the canonical address of the page that it leads to."""
    sitemap: tuple[SitemapEntry, ...]
    problems: tuple[Problem, ...]
    tutorials: tuple[TutorialOutline, ...]


class SiteSlices:
    """Gives contexts and navigation sections when rendering asks for them."""

    def __init__(self, assembly: Assembly, store: Store, assemble: Callable[[], AssembledSite]) -> None:
        self.assembly = assembly
        self._store = store
        self._assemble = assemble
        self._pages: dict[str, PageOutput] | None = None
        self._sections: Mapping[str, NavSection] = {}

    def use(self, site: AssembledSite) -> None:
        """Answer from a site that was assembled just now."""
        self._pages = {page.output: page for page in site.pages}
        self._sections = site.sections

    def pages(self, outputs: Sequence[str]) -> dict[str, PageOutput]:
        """Give the pages of these outputs."""
        if self._pages is None:
            rows = self._store.get_many("contexts", outputs)
            if len(rows) == len(outputs):
                return {output: _decode_page(data) for output, data in rows.items()}
            self.use(self._assemble())
        pages = self._pages or {}
        return {output: pages[output] for output in outputs}

    def section(self, key: str) -> NavSection:
        """Give one section's navigation."""
        if self._pages is None:
            data = self._store.get_many("contexts", [_NAV + key]).get(_NAV + key)
            if data is not None:
                return _decode_section(data)
            self.use(self._assemble())
        return self._sections[key]


def assemble_or_recall(
    key: Digest, store: Store, assemble: Callable[[], AssembledSite], memory: Memory
) -> SiteSlices:
    """Give the site's slices: those kept under *key*, else newly assembled ones, which are then kept.

    *key* is the digest of everything that assembling reads.
    """
    remembered = memory.assembly.get(key)
    if remembered is not None:
        return SiteSlices(remembered, store, assemble)
    kept = _recall(store)
    if kept is not None and kept[0] == key:
        return SiteSlices(memory.assembly.keep(key, kept[1]), store, assemble)
    site = assemble()
    assembly = summarise(site)
    _keep(store, key, site, assembly, kept[1] if kept is not None else None)
    slices = SiteSlices(memory.assembly.keep(key, assembly), store, assemble)
    slices.use(site)
    return slices


def _recall(store: Store) -> tuple[Digest, Assembly] | None:
    data = store.get_meta("assembly")
    if not data:
        return None
    try:
        return msgspec.msgpack.decode(data, type=tuple[Digest, Assembly])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def _keep(store: Store, key: Digest, site: AssembledSite, assembly: Assembly, old: Assembly | None) -> None:
    """Write what differs from the assembly before."""
    before = {} if old is None else {item.output: item.digest for item in old.slices}
    nav_before = {} if old is None else dict(old.sections)
    digests = {item.output: item.digest for item in assembly.slices}
    if old is None:
        store.clear("contexts")
    store.put_many(
        "contexts",
        [
            (page.output, _encode(page))
            for page in site.pages
            if before.get(page.output) != digests[page.output]
        ],
    )
    store.put_many(
        "contexts",
        [
            (_NAV + name, _encode(site.sections[name]))
            for name, digest in assembly.sections
            if nav_before.get(name) != digest
        ],
    )
    gone = [output for output in before if output not in digests]
    gone += [_NAV + name for name in nav_before if name not in site.sections]
    store.delete_many("contexts", gone)
    store.set_meta("assembly", _encode((key, assembly)))


def summarise(site: AssembledSite) -> Assembly:
    """Reduce a site to what planning needs of it."""
    by_url = {page.context.url: page.context for page in site.pages}
    return Assembly(
        slices=tuple(_slice(page) for page in site.pages),
        sections=tuple((name, digest_value(section)) for name, section in site.sections.items()),
        info=site.info,
        redirects=site.redirects,
        redirect_titles=tuple(
            (by_url[each.target].title, by_url[each.target].canonical) for each in site.redirects
        ),
        sitemap=sitemap_entries(site.info.url, site.pages),
        problems=site.problems,
        tutorials=site.tutorials,
    )


def _slice(page: PageOutput) -> PageSlice:
    """Name what a page sees of the site, so that `octavo why` can say which of it changed."""
    context = page.context
    facts = (
        context.url, context.kind, context.root, context.title, context.description, context.canonical,
        context.tags, context.prerequisites, context.date, context.updated, context.edit_href, context.image,
        context.draft,
    )  # fmt: skip
    parts: Iterable[tuple[str, Digest]] = (
        ("neighbours", digest_value((context.previous, context.next, context.breadcrumbs, context.trail))),
        ("links", digest_value(context.fills)),
        ("listing", digest_value(context.children)),
        ("page facts", digest_value(facts)),
    )
    return PageSlice(
        output=page.output,
        template=page.template,
        source=page.source,
        nav=context.nav,
        digest=digest_value(page),
        parts=tuple(parts),
    )
