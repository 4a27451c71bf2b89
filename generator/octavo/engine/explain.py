"""Why an output was made, or would be: the named parts of its key."""

from octavo.engine.build import plan_site
from octavo.engine.inputs import BuildRequest
from octavo.engine.manifest import stale_jobs
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
    path = _find(wanted, frozenset(jobs), {job.source: job.output for job in jobs.values() if job.source})
    if path is None:
        tail = wanted.rstrip("/").rpartition("/")[2]
        near = tuple(sorted(name for name in jobs if tail and tail in name))[:5]
        return Explanation(output=wanted, exists=False, near=near)
    _, rows = load_state(ports.store, ports.output, request.output_folder, heal=False)
    observed = ports.output.observe()
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


def _find(wanted: str, outputs: frozenset[str], by_source: dict[str, str]) -> str | None:
    """Read what the user typed as an output, a url with or without its slash, or a source."""
    bare = wanted.removeprefix("./").lstrip("/")
    candidates = (bare, output_of(bare), output_of(bare.rstrip("/") + "/"))
    found = next((name for name in candidates if name in outputs), None)
    return found or by_source.get(bare) or by_source.get(bare.partition("/")[2])
