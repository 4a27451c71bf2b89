"""The texts of pages, read one at a time with all that they include."""

from collections.abc import Iterable, Iterator

from octavo.digest import Digest, digest_bytes, digest_text, digest_value
from octavo.engine.ports import Workspace
from octavo.errors import Diagnostic, Location, error
from octavo.model import SourceText
from octavo.yamltext import decode_text

__all__ = ["IncludeReader", "Task", "read_sources"]

MAX_SOURCE_BYTES = 2 * 1024 * 1024

Task = tuple[SourceText, Digest, tuple[tuple[str, Digest], ...]]
"""A page, the digest of its bytes, and those of all that it includes."""


class IncludeReader:
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


def read_sources(
    stale: Iterable[str],
    content_dir: str,
    workspace: Workspace,
    includes: IncludeReader,
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
