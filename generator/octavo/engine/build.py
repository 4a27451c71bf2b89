"""The one build: cold, warm, watch, check and CI are this call."""

import time
from collections.abc import Iterable

import msgspec

from octavo.digest import Digest, digest_bytes
from octavo.engine.inputs import BuildRequest
from octavo.engine.manifest import Job, OutputRow, StaleJob, encode_parts, stale_jobs
from octavo.engine.plan import OUTPUTS_FILE, Plan, list_job
from octavo.engine.planning import PlannedSite, plan_site
from octavo.engine.ports import Ports, Progress
from octavo.engine.rendering import RenderedFile, Renderer, merge_faults
from octavo.engine.report import BuildCounts, BuildReport
from octavo.engine.search import IndexFeed, IndexUpdate
from octavo.engine.trees import (
    SiteState,
    TreeUpdate,
    check_foreign_files,
    load_state,
    save_rows,
)
from octavo.errors import Diagnostic, count_errors, sort_diagnostics

__all__ = ["build_site"]


class _Clock:
    """Measures the stages of one build."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self._last = self.start
        self.stages: list[tuple[str, float]] = []

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.stages.append((stage, now - self._last))
        self._last = now


def build_site(request: BuildRequest, ports: Ports, *, progress: Progress = lambda *_: None) -> BuildReport:
    """Bring the output up to date with the content, or report why it cannot be.

    Errors in the content are in the report and leave the old site as it was; warnings do not stop the build unless
    the request is strict.

    Raises:
        UsageError: site.yaml is missing or has errors.
        EnvironmentFault: the machine did not do its part, or the output holds files of somebody else.

    """
    clock = _Clock()
    planned = plan_site(request, ports, progress=progress, lap=clock.lap)
    state, rows, observed = _look(request, ports, planned.plan)
    stale = stale_jobs(_without_list(planned.plan), rows, observed)
    clock.lap("compare")
    update = TreeUpdate(ports.output, state, rows)
    blocked = not request.write or _fails(request, planned.diagnostics)
    feed = None
    if planned.snapshot.config.search and not blocked:
        feed = IndexFeed(planned.plan, rows, observed, indexer=ports.indexer, read=ports.output.read)
    index = IndexUpdate({}, {})
    try:
        made = _make(stale, planned, update, rows, ports, feed, progress=progress, blocked=blocked)
        clock.lap("render")
        blocked = blocked or _fails(request, made.diagnostics)
        if feed is not None and not blocked:
            index = feed.finish(request.config_file)
        clock.lap("index")
    finally:
        if feed is not None:
            feed.close()
    diagnostics = sort_diagnostics((*planned.diagnostics, *made.diagnostics, *index.diagnostics))
    jobs = {**_without_list(planned.plan), **index.jobs}
    jobs[OUTPUTS_FILE] = list_job(jobs)
    gone = sorted(rows.keys() - jobs.keys())
    published = not blocked and not _fails(request, diagnostics)
    if published:
        _write_index(index, jobs, update, rows, made, observed)
        for path in gone:
            update.remove(path)
        if made.rows or gone or not state.generation:
            merged = {path: row for path, row in rows.items() if path in jobs} | made.rows
            save_rows(ports.store, merged, (*made.rows, *gone))
            if update.is_needed or not state.generation:
                update.publish(ports.store, merged)
    ports.store.commit()
    clock.lap("write")
    counts = BuildCounts(
        pages=planned.plan.pages,
        parsed=len(planned.documents.parsed),
        rendered=made.rendered,
        copied=made.copied,
        written=len(update.written) if published else 0,
        unchanged=len(jobs) - len(update.written),
        pruned=len(gone) if published else 0,
        drafts=len(planned.drafts),
        folded=planned.plan.tutorials.folded,
    )
    return BuildReport(
        counts=counts,
        diagnostics=diagnostics,
        published=published,
        seconds=time.perf_counter() - clock.start,
        stages=tuple(clock.stages),
        notes=(planned.around.git.problem,) if planned.around.git.problem else (),
        written=tuple(sorted(update.written)),
        pruned=tuple(gone),
    )


def _look(
    request: BuildRequest, ports: Ports, plan: Plan
) -> tuple[SiteState, dict[str, OutputRow], dict[str, tuple[int, int]]]:
    """Read the manifest and the output as it is on disk."""
    store, output = ports.store, ports.output
    if not request.write:
        # What was rendered without a complaint before needs no second look, whatever became of its file.
        state, rows = load_state(store, output, request.output_folder, heal=False)
        return state, rows, {path: (row.size, row.mtime_ns) for path, row in rows.items()}
    output.recover()
    state, rows = load_state(store, output, request.output_folder, heal=True)
    observed = output.observe()
    if not rows:
        store.clear("outputs")
    listed = (output.read(OUTPUTS_FILE) or b"").decode("utf-8", "replace").splitlines()
    check_foreign_files(rows or listed, plan.jobs, observed, request.output_shown)
    return state, rows, observed


def _fails(request: BuildRequest, diagnostics: Iterable[Diagnostic]) -> bool:
    listed = tuple(diagnostics)
    return bool(listed) if request.strict else bool(count_errors(listed))


def _without_list(plan: Plan) -> dict[str, Job]:
    """Give all outputs but their list, which is made when the files of the search index are known."""
    return {output: job for output, job in plan.jobs.items() if job.kind != "list"}


def _row(
    item: StaleJob,
    digest: Digest,
    size: int,
    mtime_ns: int,
    text: Digest = Digest(""),  # noqa: B008 - a text
) -> OutputRow:
    parts = msgspec.Raw(encode_parts(item.job.parts))
    return OutputRow(
        parts=parts, digest=digest, size=size, mtime_ns=mtime_ns, reasons=item.reasons, text=text
    )


def _keep(
    item: StaleJob,
    data: bytes,
    digest: Digest,
    update: TreeUpdate,
    row: OutputRow | None,
    text: Digest = Digest(""),  # noqa: B008 - a text
) -> OutputRow:
    """Write an output whose bytes differ from those on disk, and give its row; *row* is the one that it had."""
    if row is not None and row.digest == digest and not {"missing", "file"} & set(item.reasons):
        return _row(item, digest, row.size, row.mtime_ns, text)
    return _row(item, digest, len(data), update.write(item.job.output, data), text)


def _write_index(
    index: IndexUpdate,
    jobs: dict[str, Job],
    update: TreeUpdate,
    rows: dict[str, OutputRow],
    made: "_Made",
    observed: dict[str, tuple[int, int]],
) -> None:
    """Write the files of the search index that differ, and the list of all outputs."""
    for item in stale_jobs({path: jobs[path] for path in index.files}, rows, observed):
        path = item.job.output
        data = index.files[path]
        made.rows[path] = _keep(item, data, digest_bytes(data), update, rows.get(path))
    for item in stale_jobs({OUTPUTS_FILE: jobs[OUTPUTS_FILE]}, rows, observed):
        data = "".join(f"{name}\n" for name in sorted(jobs) if name != OUTPUTS_FILE).encode()
        made.rows[OUTPUTS_FILE] = _keep(item, data, digest_bytes(data), update, rows.get(OUTPUTS_FILE))


class _Made(msgspec.Struct):
    """What rendering brought."""

    rows: dict[str, OutputRow]
    diagnostics: tuple[Diagnostic, ...]
    rendered: int
    copied: int


def _make(
    stale: list[StaleJob],
    planned: PlannedSite,
    update: TreeUpdate,
    rows: dict[str, OutputRow],
    ports: Ports,
    feed: IndexFeed | None,
    *,
    progress: Progress,
    blocked: bool,
) -> _Made:
    """Make every stale output, and write those whose bytes differ; when blocked, only look for problems.

    *feed* is told of every page, sorted by output.
    """
    reasons = {item.job.output: item for item in stale}
    changed: dict[str, OutputRow] = {}
    faults: list[Diagnostic] = []
    rendered = copied = 0
    pages = [item for item in stale if item.job.kind in {"page", "redirect", "sitemap", "titles", "download"}]
    pages.sort(key=lambda item: item.job.output)
    renderer = Renderer(
        planned.plan,
        planned.slices,
        planned.around.theme.source,
        content_dir=planned.snapshot.config.content_dir,
        rows=planned.documents.rows,
        bodies=planned.documents.bodies,
        pool=ports.pool,
        packing=None if feed is None else int(not feed.is_certain),
    )
    results: Iterable[RenderedFile] = renderer.render(pages)
    kinds = {item.job.output: item.job.kind for item in stale}
    for result in results:
        faults += result.diagnostics
        if not result.output:
            continue
        rendered += kinds[result.output] == "page"
        if not blocked and not faults:
            path = result.output
            changed[path] = _keep(
                reasons[path], result.data, result.digest, update, rows.get(path), result.text_digest
            )
            if feed is not None and kinds[path] == "page":
                feed.add(path, result.text_digest, result.text)
        progress("rendering", rendered, len(pages))
    folder = planned.snapshot.config.content_dir
    for item in stale:
        path, digest = item.job.output, item.job.parts[0][1]
        if blocked or faults:
            break
        if item.job.kind == "theme":
            changed[path] = _keep(item, planned.around.theme.data[path], digest, update, rows.get(path))
        elif item.job.kind == "asset":
            copied += 1
            size, mtime = update.copy(ports.workspace.absolute(f"{folder}/{item.job.source}"), path)
            changed[path] = _row(item, digest, size, mtime)
    return _Made(changed, merge_faults(faults, planned.diagnostics), rendered, copied)
