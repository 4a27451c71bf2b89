"""Why an output was made, or would be: the named parts of its key."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from octavo.engine.inputs import BuildRequest
from octavo.engine.manifest import Job, OutputRow, stale_jobs
from octavo.engine.plan import SEARCH_FOLDER
from octavo.engine.planning import plan_site
from octavo.engine.ports import Ports
from octavo.engine.trees import load_state
from octavo.model import Value
from octavo.urls import output_of

__all__ = ["Explanation", "explain_output"]


class Explanation(Value, frozen=True):
    """What is known of one output."""

    output: str
    exists: bool
    """True when the site as planned has it."""
    kind: str = ""
    source: str = ""
    stale: tuple[str, ...] = ()
    """Names of the parts that differ now; empty where the output is up to date."""
    last: tuple[str, ...] = ()
    """Names of the parts that differed when it was made last."""
    parts: tuple[str, ...] = ()
    """Names of everything that it is made from."""
    near: tuple[str, ...] = ()
    """Outputs of a similar name, where there is none of this one."""


def explain_output(wanted: str, request: BuildRequest, ports: Ports) -> Explanation:
    """Say of an output, a url or a source why it was made last and whether it would be made now.

    Raises:
        UsageError: site.yaml is missing or has errors.

    """
    planned = plan_site(request, ports)
    jobs = planned.plan.jobs
    bare = wanted.removeprefix("./").removeprefix(f"{request.output_shown}/").lstrip("/")
    _, rows = load_state(ports.store, ports.output, request.output_folder, heal=False)
    observed = ports.output.observe()
    if bare.startswith(SEARCH_FOLDER) and bare in rows and bare not in jobs:
        return _explain_index(bare, jobs, rows, observed)
    path = _find(bare, frozenset(jobs), {job.source: job.output for job in jobs.values() if job.source})
    if path is None:
        return Explanation(output=wanted, exists=False, near=_near(bare, jobs))
    job = jobs[path]
    stale = stale_jobs({path: job}, rows, observed)
    row = rows.get(path)
    return Explanation(
        output=path,
        exists=True,
        kind=job.kind,
        source=job.source,
        stale=stale[0].reasons if stale else (),
        last=row.reasons if row else (),
        parts=tuple(name for name, _ in job.parts),
    )


def _explain_index(
    path: str,
    jobs: Mapping[str, Job],
    rows: Mapping[str, OutputRow],
    observed: Mapping[str, tuple[int, int]],
) -> Explanation:
    """Explain a file of the search index, which no plan names: it follows from what the pages say once they are made."""
    row = rows[path]
    pages = {output: job for output, job in jobs.items() if job.kind == "page"}
    stale = ["pages"] if stale_jobs(pages, rows, observed) else []
    if observed.get(path) != (row.size, row.mtime_ns):
        stale.append("file" if path in observed else "missing")
    return Explanation(
        output=path,
        exists=True,
        kind="search",
        stale=tuple(stale),
        last=row.reasons,
        parts=("indexed texts",),
    )


def _near(bare: str, outputs: Iterable[str]) -> tuple[str, ...]:
    """Name a few outputs that hold the last word of what was typed, else those that are spelled like it."""
    names = sorted(outputs)
    tail = bare.rstrip("/").rpartition("/")[2].removesuffix("index.html").removesuffix(".")
    inside = tuple(name for name in names if tail and tail in name)[:5]
    return inside or tuple(get_close_matches(bare, names, n=3))


def _find(bare: str, outputs: frozenset[str], by_source: dict[str, str]) -> str | None:
    """Read what the user typed as an output, a url with or without its slash, or a source."""
    candidates = (bare, output_of(bare), output_of(bare.rstrip("/") + "/"))
    found = next((name for name in candidates if name in outputs), None)
    return found or by_source.get(bare) or by_source.get(bare.partition("/")[2])
