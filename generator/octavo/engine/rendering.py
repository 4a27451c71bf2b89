"""Rendering of stale outputs, in batches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from octavo.context import RenderTask, ThemeSource, TutorialSlice
from octavo.digest import Digest, digest_bytes, digest_value
from octavo.engine.assembly import SiteSlices
from octavo.engine.documents import DocumentRow, PrivateRow, PrivateRows
from octavo.engine.indexing import pack_text
from octavo.engine.manifest import StaleJob
from octavo.engine.plan import REDIRECT_TEMPLATE, SITEMAP_TEMPLATE, Plan, titled_slices
from octavo.engine.workers import LazyPool, batched, run_batches
from octavo.errors import Diagnostic
from octavo.model import Value
from octavo.outputs import TitledPage, search_page, titles_script
from octavo.urls import relative_href, url_of

__all__ = ["RenderedFile", "Renderer", "merge_faults"]

BATCH = 16


class RenderedFile(Value, frozen=True):
    """The bytes of one output, or why there are none."""

    output: str
    data: bytes
    digest: Digest
    diagnostics: tuple[Diagnostic, ...] = ()
    text: bytes = b""
    """What the search index sees of a page, packed; empty where that is nothing, or nobody asked for it."""
    text_digest: Digest = Digest("")


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
    views: bytes | None = None
    """The encoded views of its code, for a chapter of a tutorial."""

    def __reduce__(self) -> tuple[type["Item"], tuple[str, bytes, str, bytes | None, bytes | None]]:
        # Text that many items share is sent once.
        return Item, (self.name, self.task, self.nav, self.private, self.views)


@lru_cache(maxsize=2)
def _environment(epoch: Digest, theme: msgspec.Raw | bytes) -> tuple[Any, ThemeSource]:
    """Build the template environment of a theme once in a process; *epoch* is the theme's digest."""
    del epoch  # the key: a worker that meets another theme builds anew
    from octavo.render import make_environment  # noqa: PLC0415 - a build that renders nothing need not know it

    source = msgspec.msgpack.decode(theme, type=ThemeSource)
    return make_environment(source), source


def render_batch(shared: tuple[Digest, bytes, int | None], batch: tuple[Item, ...]) -> tuple[bytes]:
    """Render pages into an encoded tuple of `RenderedFile`; runs in a worker.

    *shared* is the theme's digest, the encoded theme, and how much what the search index sees of pages is packed; None
    where nobody asks for it.
    """
    from octavo.render import render_page  # noqa: PLC0415 - as above

    epoch, encoded, packing = shared
    environment, theme = _environment(epoch, encoded)
    results: list[RenderedFile] = []
    for item in batch:
        body = _decode_private(item.private).body if item.private is not None else None
        task = msgspec.structs.replace(_decode_task(item.task), nav=item.nav, body=body)
        if item.views is not None and task.tutorial is not None:
            task = msgspec.structs.replace(task, tutorial=_fill_views(task.tutorial, item.views, theme))
        rendered = render_page(environment, theme, task)
        data = (rendered.text or "").encode("utf-8")
        text = search_page(rendered.text) if packing is not None and rendered.text else ""
        results.append(
            RenderedFile(
                output=rendered.output,
                data=data,
                digest=digest_bytes(data),
                diagnostics=rendered.diagnostics,
                text=pack_text(text, packing or 0),
                text_digest=digest_bytes(text.encode("utf-8")) if text else Digest(""),
            )
        )
    return (_encode(results),)


def _fill_views(tutorial: TutorialSlice, views: bytes, theme: ThemeSource) -> TutorialSlice:
    """Make the HTML of a chapter's views, with what its commands really printed."""
    from octavo.themewords import Speech  # noqa: PLC0415 - as above
    from octavo.tutorial import ChapterViews, block_html, change_html, show_captured  # noqa: PLC0415 - as above

    speech = Speech(dict(theme.words), theme.language)
    captured = dict(tutorial.captured)
    shown = msgspec.msgpack.decode(views, type=ChapterViews)
    return msgspec.structs.replace(
        tutorial,
        blocks=tuple(
            (view.block, block_html(show_captured(view, captured.get(view.block, ())), speech))
            for view in shown.blocks
        ),
        changes=tuple(change_html(change, speech) for change in shown.changes),
        counted=shown.counted,
        skipped=shown.skipped,
    )


class Renderer:
    """Renders outputs of one plan; what they share is made once, when it is first needed.

    Pages whose template fails come with diagnostics and without bytes. Equal faults of many pages are merged by the
    caller with `merge_faults`.
    """

    def __init__(
        self,
        plan: Plan,
        slices: SiteSlices,
        theme: ThemeSource,
        *,
        content_dir: str,
        rows: Mapping[str, DocumentRow],
        bodies: PrivateRows,
        pool: LazyPool,
        packing: int | None = None,
    ) -> None:
        self._plan = plan
        self._slices = slices
        self._theme = theme
        self._content_dir = content_dir
        self._rows = rows
        self._bodies = bodies
        self._pool = pool
        self._packing = packing
        self._shared: tuple[Digest, bytes, int | None] | None = None
        self._fragments: _Fragments | None = None

    def render(self, stale: Sequence[StaleJob]) -> Iterator[RenderedFile]:
        """Render the pages, redirects, listings and downloads among these jobs: pages first, in the order given."""
        if not stale:
            return
        if self._shared is None:
            self._shared = (digest_value(self._theme), msgspec.msgpack.encode(self._theme), self._packing)
        environment, _ = _environment(*self._shared[:2])
        if self._fragments is None:
            self._fragments = _Fragments(environment, self._slices)
        outputs = [item.job.output for item in stale if item.job.kind == "page"]
        executor = self._pool.executor(len(outputs))
        for _, (results,) in run_batches(
            executor,
            render_batch,
            self._shared,
            batched(self._items(outputs, self._fragments), BATCH),
            jobs=self._pool.jobs,
            describe=lambda item: item.name,
        ):
            yield from _decode_results(results)
        yield from self._fragments.take_faults()
        info = self._slices.assembly.info
        for item in stale:
            if item.job.kind == "redirect":
                redirect, title, canonical = self._plan.redirects[item.job.output]
                values = {
                    "href": relative_href(redirect.url, redirect.target),
                    "title": title,
                    "language": info.language,
                    "canonical": canonical,
                }
                yield _system(environment, REDIRECT_TEMPLATE, item.job.output, values)
            elif item.job.kind == "sitemap":
                entries = {"entries": self._slices.assembly.sitemap}
                yield _system(environment, SITEMAP_TEMPLATE, item.job.output, entries)
            elif item.job.kind == "titles":
                data = self._titles()
                yield RenderedFile(output=item.job.output, data=data, digest=digest_bytes(data))
            elif item.job.kind == "download":
                data = self._plan.tutorials.zip(item.job.output)
                yield RenderedFile(output=item.job.output, data=data, digest=digest_bytes(data))

    def _titles(self) -> bytes:
        """Write the list of titles, with the words that the dialog needs."""
        pages = [
            TitledPage(url=url_of(page.output), title=row.card.title, headings=row.card.headings)
            for page, row in titled_slices(self._slices.assembly, self._rows)
        ]
        words = {
            name: text for name, text in self._theme.words if name.startswith("search") or name == "close"
        }
        return titles_script(pages, self._slices.assembly.info.language, words)

    def _items(self, outputs: Sequence[str], fragments: "_Fragments") -> Iterator[Item]:
        """Gather what each page is made from."""
        info = self._slices.assembly.info
        for chunk in batched(outputs, 256):
            pages = self._slices.pages(chunk)
            rows = self._bodies.encoded([page.source for page in pages.values() if page.source])
            views = self._plan.tutorials.views(chunk)
            for output in chunk:
                page = pages[output]
                task = RenderTask(
                    output=page.output,
                    template=page.template,
                    context=page.context,
                    site=info,
                    front=page.front,
                    file=f"{self._content_dir}/{page.source}" if page.source else "",
                    tutorial=self._plan.tutorials.slices.get(output),
                )
                yield Item(
                    name=task.file or output,
                    task=_encode(task),
                    nav=fragments.text(page.context.nav),
                    private=rows[page.source] if page.source else None,
                    views=views.get(output),
                )


def _system(environment: Any, template: str, output: str, values: dict[str, Any]) -> RenderedFile:
    from octavo.render import render_system  # noqa: PLC0415 - as above

    rendered = render_system(environment, template.removeprefix("system/"), values, output=output)
    data = (rendered.text or "").encode("utf-8")
    return RenderedFile(output=output, data=data, digest=digest_bytes(data), diagnostics=rendered.diagnostics)


class _Fragments:
    """Renders each section's navigation once, when a page first asks for it."""

    def __init__(self, environment: Any, slices: SiteSlices) -> None:
        self._environment = environment
        self._slices = slices
        self._texts: dict[str, str] = {}
        self._faults: list[RenderedFile] = []

    def text(self, key: str) -> str:
        """Give the fragment of a section; empty where its template fails."""
        if key not in self._texts:
            from octavo.render import render_nav  # noqa: PLC0415 - as above

            rendered = render_nav(self._environment, self._slices.section(key))
            self._texts[key] = rendered.text or ""
            if rendered.diagnostics:
                self._faults.append(RenderedFile("", b"", digest_bytes(b""), rendered.diagnostics))
        return self._texts[key]

    def take_faults(self) -> tuple[RenderedFile, ...]:
        """Give what failed since the last call."""
        faults, self._faults = tuple(self._faults), []
        return faults


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
