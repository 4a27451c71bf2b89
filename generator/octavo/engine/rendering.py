"""Rendering of stale outputs, in batches."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from octavo.context import RenderTask, ThemeSource
from octavo.digest import Digest, digest_bytes, digest_value
from octavo.engine.assembly import SiteSlices
from octavo.engine.documents import PrivateRow, PrivateRows
from octavo.engine.manifest import StaleJob
from octavo.engine.plan import REDIRECT_TEMPLATE, SITEMAP_TEMPLATE, Plan
from octavo.engine.workers import LazyPool, batched, run_batches
from octavo.errors import Diagnostic
from octavo.model import Value
from octavo.urls import relative_href

__all__ = ["RenderedFile", "render_stale"]

BATCH = 16


class RenderedFile(Value, frozen=True):
    """The bytes of one output, or why there are none."""

    output: str
    data: bytes
    digest: Digest
    diagnostics: tuple[Diagnostic, ...] = ()


# Tasks and results cross to a worker as MessagePack: pickling structs one by one costs more than rendering them.
_decode_private = msgspec.msgpack.Decoder(PrivateRow).decode
_decode_task = msgspec.msgpack.Decoder(RenderTask).decode
_decode_results = msgspec.msgpack.Decoder(tuple[RenderedFile, ...]).decode
_encode = msgspec.msgpack.Encoder().encode


class Item(msgspec.Struct, frozen=True):
    """One page on its way to a worker."""

    name: str
    """What messages call it."""
    task: bytes
    """An encoded `RenderTask` without its navigation and body."""
    nav: str
    private: bytes | None
    """The page's encoded private row, for a page with a source."""

    def __reduce__(self) -> tuple[type["Item"], tuple[str, bytes, str, bytes | None]]:
        # Text that many items share is sent once.
        return Item, (self.name, self.task, self.nav, self.private)


@lru_cache(maxsize=2)
def _environment(epoch: Digest, theme: msgspec.Raw | bytes) -> tuple[Any, ThemeSource]:
    """Build the template environment of a theme once in a process; *epoch* is the theme's digest."""
    del epoch  # the key: a worker that meets another theme builds anew
    from octavo.render import make_environment  # noqa: PLC0415 - a build that renders nothing need not know it

    source = msgspec.msgpack.decode(theme, type=ThemeSource)
    return make_environment(source), source


def render_batch(shared: tuple[Digest, bytes], batch: tuple[Item, ...]) -> tuple[bytes]:
    """Render pages into an encoded tuple of `RenderedFile`; runs in a worker."""
    from octavo.render import render_page  # noqa: PLC0415 - as above

    environment, theme = _environment(*shared)
    results: list[RenderedFile] = []
    for item in batch:
        body = _decode_private(item.private).body if item.private is not None else None
        task = msgspec.structs.replace(_decode_task(item.task), nav=item.nav, body=body)
        rendered = render_page(environment, theme, task)
        data = (rendered.text or "").encode("utf-8")
        results.append(RenderedFile(rendered.output, data, digest_bytes(data), rendered.diagnostics))
    return (_encode(results),)


def render_stale(
    stale: list[StaleJob],
    plan: Plan,
    slices: SiteSlices,
    theme: ThemeSource,
    *,
    content_dir: str,
    bodies: PrivateRows,
    pool: LazyPool,
) -> Iterator[RenderedFile]:
    """Render the stale pages, redirects and listings of a plan, in the order of their outputs.

    Pages whose template fails come with diagnostics and without bytes. Equal faults of many pages are merged by the
    caller with `merge_repeated`.
    """
    if not stale:
        return
    encoded = msgspec.msgpack.encode(theme)
    epoch = digest_value(theme)
    environment, _ = _environment(epoch, encoded)
    fragments = _Fragments(environment, slices)
    info = slices.assembly.info
    outputs = [item.job.output for item in stale if item.job.kind == "page"]

    def tasks() -> Iterator[Item]:
        for chunk in batched(outputs, 256):
            pages = slices.pages(chunk)
            rows = bodies.encoded([page.source for page in pages.values() if page.source])
            for output in chunk:
                page = pages[output]
                task = RenderTask(
                    output=page.output,
                    template=page.template,
                    context=page.context,
                    site=info,
                    front=page.front,
                    file=f"{content_dir}/{page.source}" if page.source else "",
                )
                yield Item(
                    name=task.file or output,
                    task=_encode(task),
                    nav=fragments.text(page.context.nav),
                    private=rows[page.source] if page.source else None,
                )

    executor = pool.executor(len(outputs))
    for _, (results,) in run_batches(
        executor,
        render_batch,
        (epoch, encoded),
        batched(tasks(), BATCH),
        jobs=pool.jobs,
        describe=lambda item: item.name,
    ):
        yield from _decode_results(results)
    yield from fragments.faults
    for item in stale:
        if item.job.kind == "redirect":
            redirect, title, canonical = plan.redirects[item.job.output]
            values = {
                "href": relative_href(redirect.url, redirect.target),
                "title": title,
                "language": info.language,
                "canonical": canonical,
            }
            yield _system(environment, REDIRECT_TEMPLATE, item.job.output, values)
        elif item.job.kind == "sitemap":
            yield _system(
                environment, SITEMAP_TEMPLATE, item.job.output, {"entries": slices.assembly.sitemap}
            )


def _system(environment: Any, template: str, output: str, values: dict[str, Any]) -> RenderedFile:
    from octavo.render import render_system  # noqa: PLC0415 - as above

    rendered = render_system(environment, template.removeprefix("system/"), values, output=output)
    data = (rendered.text or "").encode("utf-8")
    return RenderedFile(output, data, digest_bytes(data), rendered.diagnostics)


class _Fragments:
    """Renders each section's navigation once in a build, when a page first asks for it."""

    def __init__(self, environment: Any, slices: SiteSlices) -> None:
        self._environment = environment
        self._slices = slices
        self._texts: dict[str, str] = {}
        self.faults: list[RenderedFile] = []

    def text(self, key: str) -> str:
        """Give the fragment of a section; empty where its template fails."""
        if key not in self._texts:
            from octavo.render import render_nav  # noqa: PLC0415 - as above

            rendered = render_nav(self._environment, self._slices.section(key))
            self._texts[key] = rendered.text or ""
            if rendered.diagnostics:
                self.faults.append(RenderedFile("", b"", digest_bytes(b""), rendered.diagnostics))
        return self._texts[key]


def merge_faults(diagnostics: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Report a template's fault once, however many pages show it.

    *known* are the mistakes found before rendering: what fails in a file with wrong syntax fails because of it.
    """
    broken = {item.location.file for item in known if item.code == "template-syntax"}
    listed = tuple(item for item in diagnostics if item.location.file not in broken)
    if not listed:
        return ()
    from octavo.render import merge_repeated  # noqa: PLC0415 - as above

    return tuple(merge_repeated(listed))
