"""Parsed pages, kept by key: a page is parsed again only when something that it was made from differs.

The key of a document is the digest of its text, of every text that it includes (absent ones too), of the Markdown
options, of the engine and of the content folder's name, which diagnostics hold and includes are relative to. Texts are
only read where the key no longer holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from octavo.digest import Digest, digest_bytes, digest_text, digest_value
from octavo.engine.ports import Ports, Progress, Stamp, Store, Workspace
from octavo.engine.workers import batched, run_batches
from octavo.errors import Diagnostic, EnvironmentFault, Location, error
from octavo.model import FrontCard, MarkdownOptions, PageBody, PageCard, PagePlaces, SourceText, Value
from octavo.yamltext import decode_text

__all__ = ["DocumentRow", "Documents", "PrivateRow", "load_documents"]

BATCH = 12
MAX_SOURCE_BYTES = 2 * 1024 * 1024
ABSENT = Digest("")


class DocumentRow(Value, frozen=True):
    """What is kept of a parsed page and read in every build."""

    key: Digest
    text: Digest
    includes: tuple[tuple[str, Digest], ...]
    front: FrontCard
    card: PageCard
    front_digest: Digest
    card_digest: Digest
    body_digest: Digest
    diagnostics: tuple[Diagnostic, ...] = ()


class PrivateRow(Value, frozen=True):
    """What is read only when the page itself is rendered or complained about."""

    body: PageBody
    places: PagePlaces


class PrivateRows:
    """Gives the encoded private rows of pages; one that the store has lost is made again."""

    def __init__(
        self, store: Store, read: Callable[[Iterable[str]], Iterator["Task"]], options: MarkdownOptions
    ) -> None:
        self._store = store
        self._read = read
        self._options = options

    def encoded(self, sources: Sequence[str]) -> dict[str, bytes]:
        """Give a `PrivateRow`, encoded, for each source.

        Raises:
            EnvironmentFault: a row was lost, and the page went away while the build was running.

        """
        rows = self._store.get_many("bodies", sources)
        missing = [source for source in sources if source not in rows]
        if missing:
            tasks = tuple(self._read(missing))
            parsed = parse_batch((self._options, ABSENT), tasks)
            rows |= {task[0].source: private for task, (_, private) in zip(tasks, parsed, strict=True)}
            for source in sources:
                if source not in rows:
                    raise EnvironmentFault(
                        f"`{source}` cannot be read any more", hint="run the command again"
                    )
        return rows


class Documents(msgspec.Struct, frozen=True):
    """All pages of the content, parsed."""

    bodies: "PrivateRows"
    rows: dict[str, DocumentRow]
    parsed: tuple[str, ...]
    """Sources that were parsed in this build."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Problems with reading files; a page's own are in its row."""


_decode_row = msgspec.msgpack.Decoder(DocumentRow).decode
_encode = msgspec.msgpack.Encoder().encode


def load_documents(
    sources: Mapping[str, Stamp],
    *,
    content_dir: str,
    options: MarkdownOptions,
    engine: Digest,
    ports: Ports,
    progress: Progress,
    meanwhile: Callable[[], None],
) -> Documents:
    """Give every page's document, parsing those that are new or have changed.

    Args:
        sources: the page files by path relative to the content folder.
        content_dir: that folder, relative to the site folder.
        options: what site.yaml says of Markdown.
        engine: the digest of this version of Octavo.
        ports: where texts come from, where documents are kept (rows of pages that are gone are removed), and where
            parsing runs.
        progress: told how far parsing is.
        meanwhile: called once while the first pages are being parsed.

    """
    workspace, store, pool = ports.workspace, ports.store, ports.pool
    base = digest_value((engine, options, content_dir))
    includes = _IncludeReader(workspace)
    rows: dict[str, DocumentRow] = {}
    stale: list[str] = []
    gone: list[str] = []
    for source, data in store.all("documents"):
        stamp = sources.get(source)
        if stamp is None:
            gone.append(source)
            continue
        try:
            row = _decode_row(data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
        if row.text == stamp.digest and row.key == _key(base, row.text, row.includes, includes.digest):
            rows[source] = row
    stale = [source for source in sorted(sources) if source not in rows]
    store.delete_many("documents", gone)
    store.delete_many("bodies", gone)

    problems: list[Diagnostic] = []
    texts = _read_sources(stale, content_dir, workspace, includes, problems)
    executor = pool.executor(len(stale))
    done = 0
    for batch, encoded in run_batches(
        executor,
        parse_batch,
        (options, base),
        batched(texts, BATCH),
        jobs=pool.jobs,
        describe=lambda item: item[0].file,
        meanwhile=meanwhile,
    ):
        kept = [(task[0].source, *pair) for task, pair in zip(batch, encoded, strict=True)]
        rows |= {source: _decode_row(data) for source, data, _ in kept}
        store.put_many("documents", [(source, data) for source, data, _ in kept])
        store.put_many("bodies", [(source, private) for source, _, private in kept])
        done += len(batch)
        progress("reading", done, len(stale))
    bodies = PrivateRows(
        store, lambda missing: _read_sources(missing, content_dir, workspace, includes, []), options
    )
    ordered = {source: rows[source] for source in sorted(rows)}
    parsed = tuple(source for source in stale if source in rows)
    return Documents(bodies=bodies, rows=ordered, parsed=parsed, diagnostics=tuple(problems))


Task = tuple[SourceText, Digest, tuple[tuple[str, Digest], ...]]
"""A page, the digest of its bytes, and those of all that it includes."""


def parse_batch(
    shared: tuple[MarkdownOptions, Digest], batch: tuple[Task, ...]
) -> tuple[tuple[bytes, bytes], ...]:
    """Parse pages into encoded rows; runs in a worker."""
    from octavo.markdown import parse_document  # noqa: PLC0415 - a build that parses nothing need not know it

    options, base = shared
    results: list[tuple[bytes, bytes]] = []
    for source, text, includes in batch:
        document = parse_document(source, options)
        digests = dict(includes)
        row = DocumentRow(
            key=_key(base, text, includes, digests.__getitem__),
            text=text,
            includes=includes,
            front=document.front,
            card=document.card,
            front_digest=digest_value(document.front),
            card_digest=digest_value(document.card),
            body_digest=digest_value(document.body),
            diagnostics=document.diagnostics,
        )
        private = PrivateRow(body=document.body, places=document.places)
        results.append((_encode(row), _encode(private)))
    return tuple(results)


def _key(
    base: Digest,
    text: Digest,
    includes: tuple[tuple[str, Digest], ...],
    digest_of: Callable[[str], Digest],
) -> Digest:
    """Digest everything that a document is made from, as it is now."""
    if not includes:
        return Digest(base + text)
    return digest_value((base, text, tuple((file, digest_of(file)) for file, _ in includes)))


class _IncludeReader:
    """Reads each included file once in a build."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._texts: dict[str, tuple[str | None, str]] = {}

    def read(self, file: str) -> tuple[str | None, str]:
        """Give a file's text, or None and why."""
        if file not in self._texts:
            self._texts[file] = self._workspace.read_include(file)
        return self._texts[file]

    def digest(self, file: str) -> Digest:
        """Digest a file's text, or the reason that there is none."""
        text, problem = self.read(file)
        return digest_text(text) if text is not None else digest_value(("absent", problem))

    def close_over(self, file: str, text: str) -> tuple[str, ...]:
        """Give every file that a text includes, directly or through another, in the order of discovery."""
        from octavo.markdown import include_targets  # noqa: PLC0415 - as above

        found: dict[str, None] = {}
        waiting = [(file, text)]
        while waiting:
            name, content = waiting.pop()
            for target in include_targets(name, content):
                if target not in found:
                    found[target] = None
                    inner, _ = self.read(target)
                    if inner is not None:
                        waiting.append((target, inner))
        return tuple(found)


def _read_sources(
    stale: Iterable[str],
    content_dir: str,
    workspace: Workspace,
    includes: _IncludeReader,
    problems: list[Diagnostic],
) -> Iterator[Task]:
    """Read the texts of pages, one at a time, with all that they include."""
    for source in stale:
        file = f"{content_dir}/{source}"
        try:
            data = workspace.read_bytes(file)
        except OSError as fault:
            problems.append(error("unreadable", f"cannot be read: {fault.strerror}", Location(file)))
            continue
        if len(data) > MAX_SOURCE_BYTES:
            limit = MAX_SOURCE_BYTES // 1024
            problems.append(
                error(
                    "source-too-large",
                    f"the page has {len(data) // 1024} KiB, more than the {limit} KiB that a page may have",
                    Location(file),
                    hint="split it into chapters",
                )
            )
            continue
        text, problem = decode_text(data)
        if text is None:
            place = Location(file, problem.line if problem else 0)
            message, hint = (problem.message, problem.hint) if problem else ("not UTF-8", "")
            problems.append(error("not-utf8", message, place, hint=hint))
            continue
        targets = includes.close_over(file, text)
        pairs = tuple((target, includes.digest(target)) for target in targets)
        loaded = tuple((target, includes.read(target)[0]) for target in targets)
        faults = tuple(
            (target, includes.read(target)[1]) for target in targets if includes.read(target)[0] is None
        )
        yield (
            SourceText(source=source, file=file, text=text, includes=loaded, include_problems=faults),
            digest_bytes(data),
            pairs,
        )
