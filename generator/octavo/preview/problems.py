"""Which page shows which problem."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from octavo.errors import Diagnostic, sort_diagnostics
from octavo.model import Value

__all__ = ["ProblemTable", "RunFailure", "encode_problems", "share_problems"]


class ProblemTable(msgspec.Struct, frozen=True):
    """The problems of a site, by the page that shows them."""

    by_source: dict[str, tuple[Diagnostic, ...]] = {}
    """Problems of a page's own text, and of texts that it includes."""
    everywhere: tuple[Diagnostic, ...] = ()
    """Problems of site.yaml, the theme and of files that are no page: every page shows them."""

    def of(self, source: str) -> tuple[Diagnostic, ...]:
        """Give the problems that the page of a source shows; an empty source is a generated page."""
        return self.by_source.get(source, ()) + self.everywhere


class RunFailure(Value, frozen=True):
    """A block that failed when its chapter was run, or why a tutorial cannot be run, as the page shows it."""

    problem: Diagnostic
    step: int = -1
    """Which of the blocks of the chapter that readers see, counted from 0; -1 for none of them."""
    role: str = ""
    """Of the block."""
    changes: tuple[tuple[str, str], ...] = ()
    """What was expected and what came, line by line: a sign as in a diff, and the text."""
    log: tuple[str, ...] = ()
    """The last lines that a server or the command printed."""


def share_problems(
    diagnostics: Iterable[Diagnostic], *, content_dir: str, includes: Mapping[str, tuple[str, ...]]
) -> ProblemTable:
    """Give each problem to the pages that show it.

    *includes* holds the included files (relative to the site folder) of every page, by source; pages without any
    may have an empty tuple.
    """
    prefix = content_dir + "/"
    by_source: dict[str, list[Diagnostic]] = {}
    everywhere: list[Diagnostic] = []
    for item in diagnostics:
        file = item.location.file
        source = file.removeprefix(prefix)
        if file.startswith(prefix) and source in includes:
            by_source.setdefault(source, []).append(item)
            continue
        users = [page for page, files in includes.items() if file in files]
        for page in users:
            by_source.setdefault(page, []).append(item)
        if not users:
            everywhere.append(item)
    return ProblemTable(
        {source: sort_diagnostics(items) for source, items in by_source.items()}, sort_diagnostics(everywhere)
    )


def encode_problems(diagnostics: Iterable[Diagnostic], failures: Iterable[RunFailure] = ()) -> bytes:
    """Write problems as a JSON list of objects, errors first; failures of a run stand behind other errors."""
    plain = [_plain(item) for item in diagnostics]
    plain += [_plain_failure(item) for item in failures]
    return msgspec.json.encode(sorted(plain, key=lambda item: item["severity"] != "error"))


def _plain_failure(item: RunFailure) -> dict[str, Any]:
    found = {"step": item.step, "role": item.role, "changes": item.changes, "log": item.log}
    return {**_plain(item.problem), **found}


def _plain(item: Diagnostic) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
        "file": item.location.file,
        "line": item.location.line,
        "column": item.location.column,
        "excerpt": item.excerpt,
        "hint": item.hint,
    }
