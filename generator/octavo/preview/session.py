"""The engine of a preview: plans again when files changed, renders what is asked for, and tells what differs.

Everything here runs in one thread. Plans are those of a build; nothing is written but the preview's own state.
"""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from octavo.digest import digest_bytes
from octavo.engine.beginnings import count_unparsed, plan_from_beginnings
from octavo.engine.documents import warm_up
from octavo.engine.inputs import BuildRequest
from octavo.engine.manifest import Job, StaleJob
from octavo.engine.memory import Memory
from octavo.engine.planning import PlannedSite, plan_site
from octavo.engine.ports import Ports
from octavo.engine.rendering import merge_faults
from octavo.errors import Diagnostic, Location, UsageError, error, sort_diagnostics
from octavo.preview.errorpage import write_error_page
from octavo.preview.generation import Generation, changed_files, changed_outputs, make_generation
from octavo.preview.problems import ProblemTable, RunFailure
from octavo.preview.shelf import MadePage, PageShelf

__all__ = ["Change", "PreviewSession", "Service", "SupersededError"]

MANY = 48
"""Pages to parse from which the site is shown before all of them are."""

Service = Callable[[], None]
"""Called now and then during long work, to answer what cannot wait; may raise `SupersededError`."""


class SupersededError(Exception):
    """The files changed while they were being looked at: what was begun is of no use any more."""


class _TooManyError(Exception):
    """There is more to parse than anybody wants to wait for."""


class Change(msgspec.Struct, frozen=True):
    """What came of looking at the files again."""

    files: tuple[str, ...] = ()
    """Files of the content that differ, relative to the site folder."""
    stale: tuple[str, ...] = ()
    """Outputs that are to be rendered anew."""
    changed: tuple[str, ...] = ()
    """Outputs that are known to differ: files, and outputs that came or went."""
    problems: tuple[str, ...] = ()
    """Outputs of pages whose list of problems differs."""
    all_problems: bool = False
    """True where every page's list may differ."""
    is_checked: bool = True
    """False while checks that need all pages are still to come."""
    parsed: int = 0

    @property
    def is_news(self) -> bool:
        """True where anything differs for somebody who looks at the site."""
        return bool(self.files or self.stale or self.changed or self.problems or self.all_problems)


class PreviewSession:
    """One site under preview."""

    def __init__(self, request: BuildRequest, ports: Ports, shelf: PageShelf) -> None:
        self._request = request
        self._ports = ports
        self._memory = Memory()
        self.shelf = shelf
        self.generation: Generation | None = None
        self.fault: tuple[Diagnostic, ...] = ()
        """Why the files as they are now make no site; the last good one is shown meanwhile."""
        self.render_faults: dict[str, tuple[Diagnostic, ...]] = {}
        self.failures: dict[str, tuple[RunFailure, ...]] = {}
        """What failed when chapters were run, by the source of the page that shows it; never changed in place."""

    def begin(self) -> Change:
        """Make the first generation: of the beginnings of pages where many are to be parsed, else of the whole.

        Raises:
            UsageError: site.yaml is missing or has errors, or names folders that do not exist.

        """
        request = self._now()
        if count_unparsed(request, self._ports, self._memory) > MANY:
            return self._adopt(plan_from_beginnings(request, self._ports, self._memory), is_begun=True)
        return self._adopt(plan_site(request, self._ports, memory=self._memory), is_begun=False)

    def update(self, service: Service) -> Iterator[Change]:
        """Look at the files, and give what changed: once, or twice where the checks take long.

        *service* is called between batches of pages. Where site.yaml is wrong the site stays as it is, and `fault`
        says why.

        Raises:
            SupersededError: *service* raised it.

        """
        try:
            request = self._now()
            yield from self._plan_shown(request, service)
        except UsageError as problem:
            yield self._fail(problem)

    def forget(self) -> None:
        """Begin anew after the store has lost what it held."""
        self._memory = Memory()

    def make(self, outputs: Sequence[str]) -> tuple[str, ...]:
        """Render outputs of the present generation; gives those whose bytes differ from what was shown before."""
        generation = self._present()
        jobs = [generation.jobs[output] for output in outputs if output in generation.jobs]
        wanted = [job for job in jobs if not self._is_made(job)]
        differing: list[str] = []
        kept = [job for job in wanted if self._keep_last_good(job, generation)]
        rendering = [StaleJob(job, ("preview",)) for job in wanted if job not in kept]
        by_output = {item.job.output: item.job for item in rendering}
        loose: list[Diagnostic] = []
        for result in generation.renderer.render(rendering):
            job = by_output.get(result.output)
            if job is None:
                loose += result.diagnostics
                continue
            faults = merge_faults(result.diagnostics, generation.planned.diagnostics) or result.diagnostics
            data = b"" if result.diagnostics else result.data
            differing += self._put(job, data, faults)
        if loose:
            self.render_faults[""] = sort_diagnostics(loose)
        return tuple(differing)

    def problems_of(self, output: str) -> tuple[Diagnostic, ...]:
        """Give the problems that an output's page shows."""
        generation = self.generation
        table = generation.problems if generation is not None else ProblemTable()
        job = generation.jobs.get(output) if generation is not None else None
        found = (
            *self.fault,
            *table.of(job.source if job is not None else ""),
            *self.render_faults.get(output, ()),
            *self.render_faults.get("", ()),
        )
        return sort_diagnostics(found)

    def failures_of(self, output: str) -> tuple[RunFailure, ...]:
        """Give what failed when the chapter of an output's page was run."""
        job = self.generation.jobs.get(output) if self.generation is not None else None
        return self.failures.get(job.source, ()) if job is not None else ()

    def all_problems(self) -> tuple[Diagnostic, ...]:
        """Give every problem that is known of the site."""
        generation = self.generation
        planned = generation.planned.diagnostics if generation is not None else ()
        rendered = tuple(item for items in self.render_faults.values() for item in items)
        return sort_diagnostics((*self.fault, *planned, *merge_faults(rendered, planned)))

    def warm_up(self) -> None:
        """Load what parsing needs: where all pages came from the state, or from workers, nothing has done so yet."""
        warm_up(self._present().planned.snapshot.config.markdown)

    def commit(self) -> None:
        """Make the state of this preview last."""
        self._ports.store.commit()

    # ------------------------------------------------------------ planning

    def _now(self) -> BuildRequest:
        return msgspec.structs.replace(self._request, now_ns=time.time_ns())

    def _plan_shown(self, request: BuildRequest, service: Service) -> Iterator[Change]:
        """Plan the whole, after its beginnings where there is much to parse."""
        begun = self.generation is not None and self.generation.is_begun
        if begun and not self._has_moved(request):
            yield self._adopt(self._plan(request, service), is_begun=False)
            return
        try:
            yield self._adopt(
                plan_site(request, self._ports, memory=self._memory, progress=_refuse_many), is_begun=False
            )
        except _TooManyError:
            yield self._adopt(plan_from_beginnings(request, self._ports, self._memory), is_begun=True)
            yield self._adopt(self._plan(request, service), is_begun=False)

    def _plan(self, request: BuildRequest, service: Service) -> PlannedSite:
        return plan_site(
            request,
            self._ports,
            memory=self._memory,
            progress=lambda *_: service(),
            waiting=service,
        )

    def _has_moved(self, request: BuildRequest) -> bool:
        """Tell whether files changed since the generation of beginnings was made."""
        generation = self._present()
        count_unparsed(request, self._ports, self._memory)
        scan = self._memory.scan
        snapshot = generation.planned.snapshot
        return scan is None or scan.stamps != {**snapshot.pages, **snapshot.assets}

    def _adopt(self, planned: PlannedSite, *, is_begun: bool) -> Change:
        """Make a plan the present generation, and say what differs from the one before."""
        old = self.generation
        if old is None:
            self.generation = make_generation(1, planned, self._ports.pool, is_begun=is_begun)
            return Change(is_checked=not is_begun, parsed=len(planned.documents.parsed))
        stale, files, moved = changed_outputs(old.jobs, planned.plan.jobs)
        has_fault = bool(self.fault)
        is_same = (
            not (stale or files or moved or has_fault)
            and old.is_begun == is_begun
            and old.planned.diagnostics == planned.diagnostics
            and old.planned.snapshot.config.url == planned.snapshot.config.url
        )
        if is_same:
            return Change(is_checked=not is_begun, parsed=len(planned.documents.parsed))
        mended = tuple(dict.fromkeys(item.location.file for item in self.fault))
        self.fault = ()
        new = make_generation(old.number + 1, planned, self._ports.pool, is_begun=is_begun)
        self.generation = new
        for output in moved:
            if output not in new.jobs:
                self.shelf.forget(output)
        self.render_faults = {
            output: faults
            for output, faults in self.render_faults.items()
            if output in new.jobs and output in old.jobs and new.jobs[output].parts == old.jobs[output].parts
        }
        problems, all_problems = _differing_problems(old, new)
        return Change(
            files=tuple(changed_files(old.planned, planned, self._request.config_file)) or mended,
            stale=tuple(stale),
            changed=(*files, *moved),
            problems=problems,
            all_problems=all_problems or has_fault,
            is_checked=not is_begun,
            parsed=len(planned.documents.parsed),
        )

    def _fail(self, problem: UsageError) -> Change:
        """Keep the last good site, and say what is wrong with the files."""
        place = Location(self._request.config_file)
        before = self.fault
        self.fault = problem.diagnostics or (
            error("site-unusable", problem.message, place, hint=problem.hint),
        )
        files = tuple(dict.fromkeys(item.location.file for item in self.fault))
        return Change(files=files, all_problems=True) if before != self.fault else Change()

    # ------------------------------------------------------------ rendering

    def _present(self) -> Generation:
        assert self.generation is not None, "begin comes first"  # noqa: S101 - a bug of ours
        return self.generation

    def _is_made(self, job: Job) -> bool:
        page = self.shelf.get(job.output)
        return page is not None and page.data is not None and self.shelf.is_fresh(job.output, job)

    def _keep_last_good(self, job: Job, generation: Generation) -> bool:
        """Let a page whose own text has errors stay as it was last, where that is still on the shelf."""
        if not job.source or all(
            item.severity != "error" for item in generation.problems.by_source.get(job.source, ())
        ):
            return False
        last = self.shelf.get(job.output)
        if last is None or last.data is None or last.is_error:
            return False
        self.shelf.put(job.output, msgspec.structs.replace(last, job=job))
        return True

    def _put(self, job: Job, data: bytes, faults: tuple[Diagnostic, ...]) -> list[str]:
        """Put what rendering gave on the shelf; gives the output where its bytes differ from those before."""
        last = self.shelf.get(job.output)
        if faults:
            self.render_faults[job.output] = faults
            if last is not None and last.data is not None and not last.is_error:
                self.shelf.put(job.output, msgspec.structs.replace(last, job=job))
                return []
            data = write_error_page(faults)
        else:
            self.render_faults.pop(job.output, None)
        digest = digest_bytes(data)
        self.shelf.put(job.output, MadePage(job, digest, data, is_error=bool(faults)))
        return [job.output] if last is not None and last.digest != digest else []


def _refuse_many(_stage: str, _done: int, total: int) -> None:
    if total > MANY:
        raise _TooManyError


def _differing_problems(old: Generation, new: Generation) -> tuple[tuple[str, ...], bool]:
    """Name the outputs whose pages show other problems than before; True where all pages do."""
    before, after = old.problems, new.problems
    if before == after:
        return (), False
    if before.everywhere != after.everywhere:
        return (), True
    sources = {
        source
        for source in before.by_source.keys() | after.by_source.keys()
        if before.by_source.get(source) != after.by_source.get(source)
    }
    return tuple(
        job.output for job in new.jobs.values() if job.kind == "page" and job.source in sources
    ), False
