"""Problems as values with a place, and the few exceptions that end a command.

Every mistake in an author's files is a `Diagnostic`: stages return them beside their result and never raise for
content. Exceptions are for what ends the command at once:

    OctavoError
    +-- UsageError         wrong usage, site.yaml, refused folders     exit status 2
    +-- EnvironmentFault   disk, permission, lock, port, remote        exit status 3
    +-- InternalFault      a bug of ours, with a request to report it  exit status 70

This module knows nothing of the rest of the package.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import msgspec

__all__ = [
    "Diagnostic",
    "EnvironmentFault",
    "InternalFault",
    "Location",
    "OctavoError",
    "Severity",
    "UsageError",
    "count_errors",
    "count_warnings",
    "error",
    "sort_diagnostics",
    "warning",
]

Severity = Literal["error", "warning"]


class Location(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A place in a source file.

    `file` is a POSIX path relative to the site folder, `line` and `column` count from 1 in lines and code points;
    0 means that the whole file (line) or the whole line (column) is meant.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`file:line:column`, leaving out what is 0."""
        parts = [self.file, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)


class Diagnostic(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One problem: a stable code, what is wrong, where, and what to do about it."""

    code: str
    severity: Severity
    message: str
    location: Location
    excerpt: str = ""
    """The source line, without its line end."""
    hint: str = ""
    """One sentence that says what to do; empty where the message says it."""


def error(code: str, message: str, location: Location, *, excerpt: str = "", hint: str = "") -> Diagnostic:
    """Make a diagnostic that makes the command fail."""
    return Diagnostic(
        code=code, severity="error", message=message, location=location, excerpt=excerpt, hint=hint
    )


def warning(code: str, message: str, location: Location, *, excerpt: str = "", hint: str = "") -> Diagnostic:
    """Make a diagnostic that fails the command only under `--strict`."""
    return Diagnostic(
        code=code, severity="warning", message=message, location=location, excerpt=excerpt, hint=hint
    )


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, line, column, code and message; of those that are equal in all of these, one is kept.

    Such are one cause met on several ways, as a wrong link in a text that many pages include. The hints may differ:
    the first in order stands for all, so that the result does not depend on the order given.
    """
    kept: dict[tuple[Location, str, str, Severity], Diagnostic] = {}
    for item in diagnostics:
        key = (item.location, item.code, item.message, item.severity)
        known = kept.get(key)
        if known is None or (item.hint, item.excerpt) < (known.hint, known.excerpt):
            kept[key] = item
    return tuple(kept[key] for key in sorted(kept))


def count_errors(diagnostics: Iterable[Diagnostic]) -> int:
    """Count the problems that are errors."""
    return sum(item.severity == "error" for item in diagnostics)


def count_warnings(diagnostics: Iterable[Diagnostic]) -> int:
    """Count the problems that are warnings."""
    return sum(item.severity == "warning" for item in diagnostics)


class OctavoError(Exception):
    """The root of all exceptions that end a command with a message of ours."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str = "", diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments do not survive the default pickling of exceptions.
        return _rebuild, (type(self), self.message, self.hint, self.diagnostics)


def _rebuild(
    kind: type[OctavoError], message: str, hint: str, diagnostics: tuple[Diagnostic, ...]
) -> OctavoError:
    return kind(message, hint=hint, diagnostics=diagnostics)


class UsageError(OctavoError):
    """The command, site.yaml or a folder given to it is wrong."""

    exit_code: ClassVar[int] = 2


class EnvironmentFault(OctavoError):  # noqa: N818 - EnvironmentError is taken by Python
    """The machine did not do what was asked: disk, permission, lock, process."""

    exit_code: ClassVar[int] = 3


class InternalFault(OctavoError):  # noqa: N818 - named like its neighbour
    """A bug of ours."""

    exit_code: ClassVar[int] = 70
