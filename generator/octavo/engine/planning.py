"""From files to a plan: scan, parse, assemble; everything that comes before anybody looks at the output."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from octavo.config import Config
from octavo.digest import Digest, digest_value
from octavo.engine.assembly import SiteSlices, assemble_or_recall
from octavo.engine.diagnose import locate_problems
from octavo.engine.documents import DocumentRow, Documents, load_documents
from octavo.engine.inputs import BuildRequest, Snapshot, Surroundings, look_around, take_snapshot
from octavo.engine.memory import Memory
from octavo.engine.plan import Plan, add_tutorials, make_plan
from octavo.engine.ports import Ports, Progress
from octavo.engine.search import missing_indexer
from octavo.engine.trees import forget_other_engines
from octavo.engine.tutorials import TutorialStates, fold_tutorials
from octavo.errors import Diagnostic
from octavo.model import AssetCard
from octavo.site import SiteFacts, assemble

_STRICT_IN_CHAPTERS = frozenset({"fence-attribute", "fence-syntax", "unclosed-comment", "unclosed-fence"})
"""What elsewhere is a slip, and in a chapter switches a check off."""

__all__ = ["PlannedSite", "left_out_drafts", "plan_site", "site_facts"]


class PlannedSite(msgspec.Struct, frozen=True):
    """A site that is planned but not rendered."""

    snapshot: Snapshot
    around: Surroundings
    documents: Documents
    slices: SiteSlices
    plan: Plan
    drafts: frozenset[str]
    """Sources that are left out."""
    diagnostics: tuple[Diagnostic, ...]


def plan_site(
    request: BuildRequest,
    ports: Ports,
    *,
    memory: Memory | None = None,
    progress: Progress = lambda *_: None,
    waiting: Callable[[], None] | None = None,
    lap: Callable[[str], None] = lambda _: None,
) -> PlannedSite:
    """Scan, parse, assemble and plan: everything that comes before the output is looked at.

    *memory* is what this process knows from its last plan of this site, where it plans more than once. *waiting* is
    called while workers are waited for.

    Raises:
        UsageError: site.yaml is missing or has errors.

    """
    memory = Memory() if memory is None else memory
    forget_other_engines(ports.store, request.engine)
    snapshot = take_snapshot(ports.workspace, ports.store, request, memory)
    lap("scan")
    config = snapshot.config
    looked: list[Surroundings] = []
    documents = load_documents(
        snapshot.pages,
        content_dir=config.content_dir,
        options=config.markdown,
        engine=request.engine,
        ports=ports,
        memory=memory,
        progress=progress,
        waiting=waiting,
        meanwhile=lambda: looked.append(look_around(ports.workspace, ports.store, request, snapshot, memory)),
    )
    (around,) = looked
    lap("parse")
    left_out = left_out_drafts(documents.rows, request)
    rows = {source: row for source, row in documents.rows.items() if source not in left_out}
    facts = site_facts(around, left_out)
    slices = assemble_or_recall(
        _assembly_key(rows, config, around.cards, facts, request.engine),
        ports.store,
        lambda: assemble(
            {source: (row.front, row.card) for source, row in rows.items()}, around.cards, config, facts
        ),
        memory,
    )
    lap("assemble")
    tutorials = fold_tutorials(
        slices.assembly.tutorials,
        rows,
        documents.bodies,
        workspace=ports.workspace,
        store=ports.store,
        engine=request.engine,
        runner=request.runner,
        content_dir=config.content_dir,
    )
    lap("fold")
    plan = make_plan(
        slices.assembly,
        rows,
        snapshot.assets,
        around.theme.source,
        closures=around.theme.closures,
        engine=request.engine,
        memory=memory,
    )
    plan = add_tutorials(plan, tutorials, request.engine)
    lap("plan")
    problems = (*slices.assembly.problems, *tutorials.problems)
    diagnostics = (
        *snapshot.diagnostics,
        *around.theme.diagnostics,
        *documents.diagnostics,
        *_page_diagnostics(rows, tutorials),
        *_fold_diagnostics(rows, tutorials),
        *_unproven(tutorials, documents, request, config.content_dir),
        *locate_problems(problems, documents, config, request.config_file),
        *(missing_indexer(ports.indexer, request.config_file) if config.search else ()),
    )
    return PlannedSite(snapshot, around, documents, slices, plan, left_out, diagnostics)


def _page_diagnostics(rows: Mapping[str, DocumentRow], tutorials: TutorialStates) -> Iterator[Diagnostic]:
    """Give what parsing said of every page; a chapter whose blocks cannot be read as they are meant is an error."""
    for source, row in rows.items():
        if source not in tutorials.chapters:
            yield from row.diagnostics
            continue
        yield from row.block_problems
        for problem in row.diagnostics:
            strict = problem.code in _STRICT_IN_CHAPTERS
            yield msgspec.structs.replace(problem, severity="error") if strict else problem


def _fold_diagnostics(rows: Mapping[str, DocumentRow], tutorials: TutorialStates) -> Iterator[Diagnostic]:
    """Give what folding said, but of blocks whose attributes cannot be read: these seem to have none."""
    unread = {
        (problem.location.file, problem.location.line)
        for source in (tutorials.chapters if tutorials.diagnostics else ())
        for problem in rows[source].diagnostics
        if problem.code == "fence-syntax"
    }
    for problem in tutorials.diagnostics:
        if problem.code != "block-role" or (problem.location.file, problem.location.line) not in unread:
            yield problem


def _unproven(
    tutorials: TutorialStates, documents: Documents, request: BuildRequest, content_dir: str
) -> tuple[Diagnostic, ...]:
    """Report the chapters without a valid proof, where that is asked for."""
    if not request.require_proof or not tutorials.keys:
        return ()
    misread = {problem.location.file for problem in tutorials.diagnostics if problem.severity == "error"}
    for source in tutorials.chapters:
        row = documents.rows[source]
        slips = (problem for problem in row.diagnostics if problem.code in _STRICT_IN_CHAPTERS)
        if any(slips) or any(problem.severity == "error" for problem in row.block_problems):
            misread.add(f"{content_dir}/{source}")
    from octavo.engine.proving import report_unproven  # noqa: PLC0415 - a site without tutorials need not know it

    return report_unproven(tutorials.keys, documents.bodies, content_dir, misread)


def left_out_drafts(rows: Mapping[str, DocumentRow], request: BuildRequest) -> frozenset[str]:
    """Name the sources that this build leaves out."""
    return frozenset(source for source, row in rows.items() if row.front.front.draft and not request.drafts)


def site_facts(around: Surroundings, left_out: frozenset[str]) -> SiteFacts:
    """Gather what assembling reads besides cards and site.yaml."""
    return SiteFacts(
        dates=tuple(sorted(around.git.dates.items())),
        templates=around.theme.page_templates,
        drafts=left_out,
        repository_prefix=around.git.prefix,
    )


def _assembly_key(
    rows: Mapping[str, DocumentRow],
    config: Config,
    cards: Mapping[str, AssetCard],
    facts: SiteFacts,
    engine: Digest,
) -> Digest:
    """Digest everything that assembling reads: cards, assets as pages know them, site.yaml without its lines."""
    pages = [(source, row.front_digest, row.card_digest) for source, row in rows.items()]
    assets = [(card.source, card.width, card.height) for card in cards.values()]
    settings = msgspec.structs.replace(config, places=(), place_excerpts=())
    known = msgspec.structs.replace(facts, drafts=frozenset())
    return digest_value((engine, pages, assets, settings, known, sorted(facts.drafts)))
