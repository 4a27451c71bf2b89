"""Parsed pages, kept by key: a page is parsed again only when something that it was made from differs.

The key of a document is the digest of its text, of every text that it includes (absent ones too), of the Markdown
options, of the engine and of the content folder's name, which diagnostics hold and includes are relative to. Texts are
only read where the key no longer holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from octavo.codeblocks import PageBlocks
from octavo.digest import Digest, digest_value
from octavo.engine.memory import Memory
from octavo.engine.ports import Ports, Progress, Stamp, Store
from octavo.engine.sources import IncludeReader, Task, read_sources
from octavo.engine.workers import batched, run_batches
from octavo.errors import Diagnostic, EnvironmentFault
from octavo.model import FrontCard, MarkdownOptions, PageBody, PageCard, PagePlaces, SourceText, Value

__all__ = [
    "ABSENT",
    "DocumentRow",
    "Documents",
    "PrivateRow",
    "PrivateRows",
    "document_base",
    "fresh_rows",
    "known_rows",
    "load_documents",
    "parse_sources",
    "warm_up",
]

BATCH = 12
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
    blocks_digest: Digest = ABSENT
    """Of the code blocks without their places; `ABSENT` for a page without any."""
    diagnostics: tuple[Diagnostic, ...] = ()
    block_problems: tuple[Diagnostic, ...] = ()
    """Mistakes that matter where the page is a chapter of a tutorial."""


class PrivateRow(Value, frozen=True):
    """What is read only when the page itself is rendered or complained about."""

    body: PageBody
    places: PagePlaces


class PrivateRows:
    """Gives the encoded private rows of pages; one that the store has lost is made again."""

    def __init__(
        self, store: Store, read: Callable[[Iterable[str]], Iterator[Task]], options: MarkdownOptions
    ) -> None:
        self._store = store
        self._read = read
        self._options = options

    def encoded(self, sources: Sequence[str]) -> dict[str, bytes]:
        """Give a `PrivateRow`, encoded, for each source.

        Raises:
            EnvironmentFault: a row was lost, and the page went away while the build was running.

        """
        return self._rows("bodies", sources, 1)

    def blocks(self, sources: Sequence[str]) -> dict[str, PageBlocks]:
        """Give the code blocks of pages that have some, with their places.

        Raises:
            EnvironmentFault: a row was lost, and the page went away while the build was running.

        """
        return {
            source: _decode_blocks(data) for source, data in self._rows("blocks", sources, 2).items() if data
        }

    def _rows(self, table: str, sources: Sequence[str], position: int) -> dict[str, bytes]:
        rows = self._store.get_many(table, sources)
        missing = [source for source in sources if source not in rows]
        if missing:
            tasks = tuple(self._read(missing))
            parsed = parse_batch((self._options, ABSENT), tasks)
            rows |= {task[0].source: made[position] for task, made in zip(tasks, parsed, strict=True)}
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


_decode_blocks = msgspec.msgpack.Decoder(PageBlocks).decode
_decode_row = msgspec.msgpack.Decoder(DocumentRow).decode
_encode = msgspec.msgpack.Encoder().encode


def load_documents(
    sources: Mapping[str, Stamp],
    *,
    content_dir: str,
    options: MarkdownOptions,
    engine: Digest,
    ports: Ports,
    memory: Memory,
    progress: Progress,
    meanwhile: Callable[[], None],
    waiting: Callable[[], None] | None = None,
) -> Documents:
    """Give every page's document, parsing those that are new or have changed.

    Args:
        sources: the page files by path relative to the content folder.
        content_dir: that folder, relative to the site folder.
        options: what site.yaml says of Markdown.
        engine: the digest of this version of Octavo.
        ports: where texts come from, where documents are kept (rows of pages that are gone are removed), and where
            parsing runs.
        memory: what this process knows of the pages already.
        progress: told how far parsing is.
        meanwhile: called once while the first pages are being parsed.
        waiting: called again and again while workers are waited for; without it this process sleeps meanwhile.

    """
    store, pool = ports.store, ports.pool
    base = document_base(engine, options, content_dir)
    includes = IncludeReader(ports.workspace)
    known = known_rows(store, memory)
    rows = fresh_rows(known, sources, base, includes)
    stale = [source for source in sorted(sources) if source not in rows]
    gone = [source for source in known if source not in sources]
    store.delete_many("documents", gone)
    store.delete_many("bodies", gone)
    store.delete_many("blocks", gone)

    problems: list[Diagnostic] = []
    texts = read_sources(stale, content_dir, ports.workspace, includes, problems)
    done = 0
    try:
        for batch, encoded in run_batches(
            pool.executor(len(stale)),
            parse_batch,
            (options, base),
            batched(texts, BATCH),
            jobs=pool.jobs,
            describe=lambda item: item[0].file,
            meanwhile=meanwhile,
            idle=waiting,
        ):
            rows |= _keep(batch, encoded, store)
            done += len(batch)
            progress("reading", done, len(stale))
    finally:
        # Whoever breaks off in the middle keeps what was parsed so far.
        memory.documents = {source: rows[source] for source in sorted(rows)}
    bodies = PrivateRows(
        store, lambda missing: read_sources(missing, content_dir, ports.workspace, includes, []), options
    )
    parsed = tuple(source for source in stale if source in rows)
    return Documents(bodies=bodies, rows=memory.documents, parsed=parsed, diagnostics=tuple(problems))


def document_base(engine: Digest, options: MarkdownOptions, content_dir: str) -> Digest:
    """Digest what the keys of all documents have in common."""
    return digest_value((engine, options, content_dir))


def known_rows(store: Store, memory: Memory) -> Mapping[str, DocumentRow | None]:
    """Give every row that was kept; one that another version of ours has written is None."""
    if memory.documents is not None:
        return memory.documents
    known: dict[str, DocumentRow | None] = {}
    for source, data in store.all("documents"):
        try:
            known[source] = _decode_row(data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            known[source] = None
    return known


def fresh_rows(
    known: Mapping[str, DocumentRow | None],
    sources: Mapping[str, Stamp],
    base: Digest,
    includes: IncludeReader,
) -> dict[str, DocumentRow]:
    """Give the rows whose pages are as they were when they were parsed."""
    return {
        source: row
        for source, row in known.items()
        if row is not None
        and (stamp := sources.get(source)) is not None
        and row.text == stamp.digest
        and row.key == _key(base, row.text, row.includes, includes.digest)
    }


def parse_sources(
    sources: Sequence[str],
    *,
    content_dir: str,
    options: MarkdownOptions,
    base: Digest,
    ports: Ports,
    memory: Memory,
) -> dict[str, DocumentRow]:
    """Parse a few pages now, in this process, and keep them; those that memory has are not parsed again.

    Raises:
        EnvironmentFault: one of them cannot be read any more.

    """
    known = memory.documents or {}
    rows = {source: known[source] for source in sources if source in known}
    missing = [source for source in sources if source not in rows]
    tasks = tuple(read_sources(missing, content_dir, ports.workspace, IncludeReader(ports.workspace), []))
    rows |= _keep(tasks, parse_batch((options, base), tasks), ports.store)
    for source in missing:
        if source not in rows:
            raise EnvironmentFault(f"`{source}` cannot be read any more", hint="run the command again")
    memory.documents = {**known, **rows}
    return rows


def warm_up(options: MarkdownOptions) -> None:
    """Parse a page that nobody wrote, so that the next one need not wait for the parser and its libraries."""
    text = "---\ntitle: Page\n---\n\n# Page\n\n```python\na = 1\n```\n"
    task = (SourceText(source="page.md", file="page.md", text=text), ABSENT, ())
    parse_batch((options, ABSENT), (task,))


def _keep(
    batch: Sequence[Task], encoded: Sequence[tuple[bytes, bytes, bytes]], store: Store
) -> dict[str, DocumentRow]:
    """Put what was parsed into the store, and give it decoded."""
    kept = [(task[0].source, *pair) for task, pair in zip(batch, encoded, strict=True)]
    store.put_many("documents", [(source, data) for source, data, _, _ in kept])
    store.put_many("bodies", [(source, private) for source, _, private, _ in kept])
    # A row that stays behind when a page loses its last block is never asked for.
    store.put_many("blocks", [(source, blocks) for source, _, _, blocks in kept if blocks])
    return {source: _decode_row(data) for source, data, _, _ in kept}


def parse_batch(
    shared: tuple[MarkdownOptions, Digest], batch: tuple[Task, ...]
) -> tuple[tuple[bytes, bytes, bytes], ...]:
    """Parse pages into encoded rows, the last empty for a page without code blocks; runs in a worker."""
    from octavo.markdown import parse_document  # noqa: PLC0415 - a build that parses nothing need not know it

    options, base = shared
    results: list[tuple[bytes, bytes, bytes]] = []
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
            blocks_digest=digest_value(document.blocks.blocks) if document.blocks.blocks else ABSENT,
            diagnostics=document.diagnostics,
            block_problems=document.blocks.problems,
        )
        private = PrivateRow(body=document.body, places=document.places)
        blocks = _encode(document.blocks) if document.blocks.blocks else b""
        results.append((_encode(row), _encode(private), blocks))
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
