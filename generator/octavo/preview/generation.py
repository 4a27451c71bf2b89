"""One state of the site as the preview shows it."""

from collections.abc import Mapping

import msgspec

from octavo.engine.manifest import Job
from octavo.engine.planning import PlannedSite
from octavo.engine.ports import Stamp
from octavo.engine.rendering import Renderer
from octavo.engine.workers import LazyPool
from octavo.preview.problems import ProblemTable, share_problems
from octavo.urls import base_path

__all__ = ["Generation", "changed_files", "changed_outputs", "make_generation"]

_MADE = frozenset({"page", "redirect", "sitemap", "titles", "download"})


class Generation(msgspec.Struct, frozen=True):
    """A planned site with all that is needed to answer any address of it."""

    number: int
    planned: PlannedSite
    renderer: Renderer
    problems: ProblemTable
    base: str
    """The path of the site's root on its host, with slashes around it."""
    is_begun: bool
    """True while it is made from the beginnings of pages, and checks are still to come."""

    @property
    def jobs(self) -> dict[str, Job]:
        """Every output with its key."""
        return self.planned.plan.jobs

    def is_page(self, output: str) -> bool:
        """Tell a page from what nobody looks at while it changes; such a file is made when it is asked for."""
        return output in self.jobs and self.jobs[output].kind == "page"

    @property
    def content_dir(self) -> str:
        """The content folder, relative to the site folder."""
        return self.planned.snapshot.config.content_dir


def make_generation(
    number: int, planned: PlannedSite, pool: LazyPool, *, is_begun: bool = False
) -> Generation:
    """Make a generation of a plan; nothing is rendered yet."""
    config = planned.snapshot.config
    return Generation(
        number=number,
        planned=planned,
        renderer=Renderer(
            planned.plan,
            planned.slices,
            planned.around.theme.source,
            content_dir=config.content_dir,
            rows=planned.documents.rows,
            bodies=planned.documents.bodies,
            pool=pool,
        ),
        problems=share_problems(
            planned.diagnostics,
            content_dir=config.content_dir,
            includes={
                source: tuple(file for file, _ in row.includes)
                for source, row in planned.documents.rows.items()
            },
        ),
        base=base_path(config.url),
        is_begun=is_begun,
    )


def changed_outputs(old: Mapping[str, Job], new: Mapping[str, Job]) -> tuple[list[str], list[str], list[str]]:
    """Compare two plans: outputs that are to be made anew, files whose bytes differ, and outputs that came or went.

    The list of outputs is left out: the preview has none.
    """
    stale: list[str] = []
    files: list[str] = []
    for output, job in new.items():
        before = old.get(output)
        if before is None or before is job or before.parts == job.parts:
            continue
        if job.kind in _MADE:
            stale.append(output)
        elif job.kind != "list":
            files.append(output)
    moved = [output for output in new if output not in old] + [output for output in old if output not in new]
    return stale, files, moved


def changed_files(old: PlannedSite, new: PlannedSite, config_file: str) -> list[str]:
    """Name the files that differ between two plans, relative to the site folder, sorted; a theme is its folder."""
    snapshot, before = new.snapshot, old.snapshot
    content = _differing(before.pages, snapshot.pages) + _differing(before.assets, snapshot.assets)
    found = {f"{snapshot.config.content_dir}/{name}" for name in content}
    for source in new.documents.parsed:
        known = old.documents.rows.get(source)
        if known is not None:
            digests = dict(known.includes)
            includes = new.documents.rows[source].includes
            found |= {file for file, digest in includes if digests.get(file, digest) != digest}
    if before.config != snapshot.config:
        found.add(config_file)
    if old.around.theme.source != new.around.theme.source:
        found.add(f"{snapshot.config.theme.name or 'theme'}/")
    return sorted(found)


def _differing(old: Mapping[str, Stamp], new: Mapping[str, Stamp]) -> list[str]:
    gone = [name for name in old if name not in new]
    return gone + [
        name
        for name, stamp in new.items()
        if (known := old.get(name)) is not stamp and (known is None or known.digest != stamp.digest)
    ]
