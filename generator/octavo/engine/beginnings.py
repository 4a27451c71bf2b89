"""A plan from the beginnings of pages alone: front matter gives addresses, order and navigation.

The preview shows a large site with it before all pages are parsed. A page that is asked for is parsed then; its bytes
are those of the whole plan, unless another page gets its title from a heading far below. What needs every page
follows with `plan_site`: all checks, and the code of tutorials, whose blocks stand as they were written until then.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from octavo.digest import Digest, digest_value
from octavo.engine.assembly import SiteSlices, summarise
from octavo.engine.documents import (
    ABSENT,
    DocumentRow,
    Documents,
    PrivateRows,
    document_base,
    fresh_rows,
    known_rows,
    parse_sources,
)
from octavo.engine.inputs import BuildRequest, look_around, take_snapshot
from octavo.engine.memory import Memory
from octavo.engine.plan import make_plan
from octavo.engine.planning import PlannedSite, left_out_drafts, site_facts
from octavo.engine.ports import Ports
from octavo.engine.sources import IncludeReader, read_sources
from octavo.engine.trees import forget_other_engines
from octavo.model import MarkdownOptions, SourceText
from octavo.site import AssembledSite, PageOutput, assemble, fill_page

__all__ = ["count_unparsed", "plan_from_beginnings"]


def count_unparsed(request: BuildRequest, ports: Ports, memory: Memory) -> int:
    """Count the pages that a plan would have to parse; scans the files, and parses nothing.

    Raises:
        UsageError: site.yaml is missing or has errors.

    """
    forget_other_engines(ports.store, request.engine)
    snapshot = take_snapshot(ports.workspace, ports.store, request, memory)
    base = document_base(request.engine, snapshot.config.markdown, snapshot.config.content_dir)
    known = known_rows(ports.store, memory)
    fresh = fresh_rows(known, snapshot.pages, base, IncludeReader(ports.workspace))
    return len(snapshot.pages) - len(fresh)


def plan_from_beginnings(request: BuildRequest, ports: Ports, memory: Memory) -> PlannedSite:
    """Plan a site of which most pages are not parsed yet; its diagnostics are those of files and theme.

    Raises:
        UsageError: site.yaml is missing or has errors.

    """
    snapshot = take_snapshot(ports.workspace, ports.store, request, memory)
    config = snapshot.config
    around = look_around(ports.workspace, ports.store, request, snapshot, memory)
    base = document_base(request.engine, config.markdown, config.content_dir)
    includes = IncludeReader(ports.workspace)
    fresh = fresh_rows(known_rows(ports.store, memory), snapshot.pages, base, includes)
    memory.documents = fresh
    stale = [source for source in sorted(snapshot.pages) if source not in fresh]
    begun = _read_beginnings(stale, config.content_dir, config.markdown, ports)
    rows = dict(sorted((begun | fresh).items()))
    left_out = left_out_drafts(rows, request)
    shown = {source: row for source, row in rows.items() if source not in left_out}
    site = assemble(
        {source: (row.front, row.card) for source, row in shown.items()},
        around.cards,
        config,
        site_facts(around, left_out),
    )

    def parse(sources: Sequence[str]) -> Mapping[str, DocumentRow]:
        return parse_sources(
            sources,
            content_dir=config.content_dir,
            options=config.markdown,
            base=base,
            ports=ports,
            memory=memory,
        )

    slices = _BegunSlices(site, frozenset(begun), parse, ports)
    plan = make_plan(
        slices.assembly,
        shown,
        snapshot.assets,
        around.theme.source,
        closures=around.theme.closures,
        engine=request.engine,
        memory=memory,
    )
    bodies = PrivateRows(
        ports.store,
        lambda missing: read_sources(missing, config.content_dir, ports.workspace, includes, []),
        config.markdown,
    )
    documents = Documents(bodies=bodies, rows=rows, parsed=())
    return PlannedSite(
        snapshot,
        around,
        documents,
        slices,
        plan,
        left_out,
        (*snapshot.diagnostics, *around.theme.diagnostics),
    )


class _BegunSlices(SiteSlices):
    """Gives the slices of pages, parsing those that are asked for first."""

    def __init__(
        self,
        site: AssembledSite,
        begun: frozenset[str],
        parse: Callable[[Sequence[str]], Mapping[str, DocumentRow]],
        ports: Ports,
    ) -> None:
        super().__init__(summarise(site), ports.store, lambda: site)
        self.use(site)
        self._site = site
        self._begun = begun
        self._parse = parse

    def pages(self, outputs: Sequence[str]) -> dict[str, PageOutput]:
        """Give the pages of these outputs, with the references that their whole text has."""
        pages = super().pages(outputs)
        rows = self._parse([page.source for page in pages.values() if page.source in self._begun])
        return {
            output: fill_page(self._site, page, rows[page.source].card) if page.source in rows else page
            for output, page in pages.items()
        }


def _read_beginnings(
    stale: Sequence[str], content_dir: str, options: MarkdownOptions, ports: Ports
) -> dict[str, DocumentRow]:
    """Parse front matter, and of the text what a title may need; a page that cannot be read is left out."""
    from octavo.markdown import parse_beginning  # noqa: PLC0415 - a start with all pages parsed need not know it

    alone = _NoIncludes(ports.workspace)
    rows: dict[str, DocumentRow] = {}
    for source, text, _ in read_sources(stale, content_dir, ports.workspace, alone, []):
        begun: SourceText = msgspec.structs.replace(source, includes=(), include_problems=())
        front, card = parse_beginning(begun, options)
        rows[source.source] = DocumentRow(
            key=ABSENT,
            text=text,
            includes=(),
            front=front,
            card=card,
            front_digest=digest_value(front),
            card_digest=digest_value(card),
            body_digest=Digest(""),
        )
    return rows


class _NoIncludes(IncludeReader):
    """Looks for no includes: a beginning is made of the page's own text."""

    def close_over(self, file: str, text: str) -> tuple[str, ...]:
        """Give nothing."""
        del file, text
        return ()
