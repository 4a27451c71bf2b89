"""The search index: made of the texts of rendered pages, and only where one of them differs from what is indexed.

Every row of the manifest holds the digest of what the index sees of its page. The key of the index is the digest of
all of these; each of its files is an output like any other, with that key. Names of files are known only after the
index was made, so the plan does not list them: they join it here, before the list of outputs is written.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from octavo.digest import Digest, digest_bytes, digest_value
from octavo.engine.manifest import Job, OutputRow, encode_parts
from octavo.engine.plan import SEARCH_FOLDER, Plan
from octavo.engine.ports import SearchIndexer
from octavo.errors import Diagnostic, EnvironmentFault, Location, error, warning
from octavo.outputs import search_page

__all__ = ["IndexUpdate", "missing_indexer", "pack_text", "search_key", "unpack_text", "update_index"]

_CODE = "search-index"
_OFF = "write `search: false` to build without search"


class IndexUpdate(msgspec.Struct, frozen=True):
    """What has to happen so that the index on disk is that of the pages."""

    jobs: dict[str, Job]
    """Every file of the index."""
    files: dict[str, bytes]
    """Those that were made now; empty where the index is as it was."""
    diagnostics: tuple[Diagnostic, ...] = ()


def missing_indexer(indexer: SearchIndexer, file: str) -> tuple[Diagnostic, ...]:
    """Say that there is nothing that could make an index, where that is so; *file* is what messages call site.yaml."""
    if indexer.identity:
        return ()
    hint = f"install octavo again, or the package `pagefind-bin`; {_OFF}"
    return (warning(_CODE, "no search index is made: Pagefind is not installed", Location(file), hint=hint),)


def pack_text(text: str) -> bytes:
    """Pack what the index sees of a page: many of them are held at once."""
    return zlib.compress(text.encode("utf-8"), 1) if text else b""


def unpack_text(packed: bytes) -> str:
    """Unpack what `pack_text` packed."""
    return zlib.decompress(packed).decode("utf-8") if packed else ""


def search_key(identity: str, texts: Sequence[tuple[str, Digest]]) -> Digest:
    """Digest what an index is made from: outputs, sorted, with the digests of their texts."""
    return digest_value((identity, texts))


def update_index(
    plan: Plan,
    rows: Mapping[str, OutputRow],
    made: Mapping[str, OutputRow],
    observed: Mapping[str, tuple[int, int]],
    texts: Mapping[str, bytes],
    *,
    indexer: SearchIndexer,
    read: Callable[[str], bytes | None],
    file: str,
) -> IndexUpdate:
    """Make the index anew where a text differs, or a file of it is not there as it was written.

    Args:
        plan: the outputs of this build.
        rows: the manifest as it was.
        made: the rows of this build's outputs, which stand for older ones.
        observed: size and time of the files on disk.
        texts: the packed texts of the pages that were rendered in this build.
        indexer: what makes an index.
        read: gives a page as it is on disk, for those that were not rendered.
        file: what messages call site.yaml.

    """
    listed: list[tuple[str, Digest]] = []
    for output, job in plan.jobs.items():
        row = made.get(output) or rows.get(output)
        if job.kind == "page" and row is not None and row.text:
            listed.append((output, row.text))
    if not listed or not indexer.identity:
        return IndexUpdate({}, {})
    listed.sort()
    parts = (("indexed texts", search_key(indexer.identity, listed)),)
    encoded = encode_parts(parts)
    kept = {
        path: row
        for path, row in rows.items()
        if path.startswith(SEARCH_FOLDER) and path not in plan.jobs and bytes(row.parts) == encoded
    }
    if kept and all(observed.get(path) == (row.size, row.mtime_ns) for path, row in kept.items()):
        return IndexUpdate({path: Job(output=path, kind="search", parts=parts) for path in kept}, {})
    result = indexer.index(_pages(listed, texts, read))
    if result.problem:
        message = f"the search index could not be made: {result.problem}"
        return IndexUpdate({}, {}, (error(_CODE, message, Location(file), hint=_OFF),))
    files = {
        path: data for name, data in result.files.items() if (path := SEARCH_FOLDER + name) not in plan.jobs
    }
    return IndexUpdate({path: Job(output=path, kind="search", parts=parts) for path in sorted(files)}, files)


def _pages(
    listed: Sequence[tuple[str, Digest]], texts: Mapping[str, bytes], read: Callable[[str], bytes | None]
) -> Iterator[tuple[str, str]]:
    """Give the pages of the index in their order."""
    for output, digest in listed:
        text = unpack_text(texts[output]) if output in texts else search_page((read(output) or b"").decode())
        if digest_bytes(text.encode()) != digest:
            raise EnvironmentFault(
                f"`{output}` was changed while the site was built", hint="run the command again"
            )
        yield output, text
