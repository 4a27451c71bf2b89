"""Chapters that are said to have run: keys of a site's chapters, and proofs as `octavo test` would write them."""

import contextlib

from octavo.cli.console import Console
from octavo.cli.project import open_project
from octavo.codeblocks import PageBlocks
from octavo.edges.proofstore import write_proof
from octavo.engine.planning import plan_site
from octavo.engine.proving import ChapterKey, chapter_keys, prove_chapter
from octavo.tutorial import Given, read_steps
from octavo.tutorial.results import ChapterResult, Recorded, StepResult
from sitebuilder import Site

__all__ = ["FACTS", "keys", "prove", "result_of"]

FACTS = Recorded(
    python="3.13.1",
    system="Linux",
    versions=(("Flask", "3.1.3"), ("click", "8.1.8")),
    isolation="namespaces",
    date="2026-11-25",
)


@contextlib.contextmanager
def planned(site: Site):
    with open_project(str(site.root / "site.yaml"), Console(quiet=True), write=False) as project:
        yield plan_site(project.request, project.ports)


def keys(site: Site) -> dict[str, ChapterKey]:
    """Give the keys of all chapters by source."""
    with planned(site) as plan:
        return {each.source: each for each in chapter_keys(plan)}


def result_of(plan, chapter: ChapterKey, **steps: dict) -> ChapterResult:
    """Give a result in which every block passed, but for what *steps* says of a block, `b3={"status": "skipped"}`."""
    page = plan.documents.bodies.blocks([chapter.source]).get(chapter.source, PageBlocks())
    found, _ = read_steps(page.blocks, Given())
    made = [
        StepResult(
            **{"block": step.block, "role": step.role, "status": "passed", **steps.get(f"b{step.block}", {})}
        )
        for step in found
    ]
    return ChapterResult(
        source=chapter.source,
        title="",
        tutorial=chapter.settings.project,
        status="verified",
        steps=tuple(made),
        recorded=FACTS,
    )


def prove(site: Site, *sources: str, **steps: dict) -> Site:
    """Write proofs of these chapters, of all with blocks where none is named."""
    with planned(site) as plan:
        for chapter in chapter_keys(plan):
            if not sources or chapter.source in sources:
                file = prove_chapter(chapter, result_of(plan, chapter, **steps))
                if file is not None:
                    write_proof(str(site.root), chapter.source, file[1])
    return site
