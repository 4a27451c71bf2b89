"""Syntax of files that Octavo can read: Python, JSON and TOML. Nothing is run."""

import ast
import json
import tomllib
import warnings
from collections.abc import Callable

from octavo.model import Value

__all__ = ["SyntaxFault", "check_syntax"]

_LARGEST = 500_000


class SyntaxFault(Value, frozen=True):
    """Where a file cannot be read, and why."""

    message: str
    line: int
    """Counted from 1; 0 where it is not known."""


def check_syntax(path: str, text: str) -> SyntaxFault | None:
    """Tell why a file cannot be read; None where it can, or where nobody here knows its language.

    Python is read as this Python reads it, so that newer syntax is refused by an older one.
    """
    check = _CHECKS.get(path.rpartition(".")[2].lower())
    if check is None or len(text) > _LARGEST:
        return None
    try:
        return check(text)
    except (RecursionError, MemoryError):
        return None  # nested too deeply for our reader, which says nothing about the file


def _python(text: str) -> SyntaxFault | None:
    try:
        with warnings.catch_warnings():
            # Doubtful escapes are not our business.
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as problem:
        return SyntaxFault(message=problem.msg, line=problem.lineno or 0)
    except ValueError as problem:
        return SyntaxFault(message=str(problem), line=0)
    return None


def _json(text: str) -> SyntaxFault | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        return SyntaxFault(message=problem.msg, line=problem.lineno)
    except ValueError as problem:
        return SyntaxFault(message=str(problem), line=0)
    return None


def _toml(text: str) -> SyntaxFault | None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = str(problem).rpartition("(at line ")[2].partition(",")[0]
        message = str(problem).partition(" (at ")[0]
        return SyntaxFault(message=message, line=int(found) if found.isdigit() else 0)
    return None


_CHECKS: dict[str, Callable[[str], SyntaxFault | None]] = {
    "py": _python,
    "pyi": _python,
    "json": _json,
    "toml": _toml,
}
