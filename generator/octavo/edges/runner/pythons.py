"""Chooses the Python of a tutorial: a version or a range of versions, to an interpreter of this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.model import Value

__all__ = ["Interpreter", "choose_python", "fits"]

_PART = re.compile(r"\s*(===|[<>=!~]=|[<>=!~])?\s*([0-9]+(?:\.[0-9*]+)*)\s*")
_PROGRAM = re.compile(r"python3(?:\.([0-9]+))?")
_ASK = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(getattr(sys, '_base_executable', sys.executable))"
_ASK_SECONDS = 20.0
_INSTALL_SECONDS = 600.0


class Interpreter(Value, frozen=True):
    """A Python that can make environments."""

    path: str
    version: str
    """`3.11.7`."""


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version, `3.11.7`, is what an author asks for: `3.12`, `>=3.10`, `>=3.10,<3.14`; nothing means any.

    Versions are compared as far as the author writes them: 3.12.4 is `3.12`, and `<=3.12`, and not `>3.12`.
    """
    have = tuple(int(part) for part in version.split("."))
    return all(_fits_part(have, part) for part in wanted.split(",") if part.strip())


def _fits_part(have: tuple[int, ...], part: str) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    digits = found[2].split(".")
    if not all(digit.isdigit() for digit in digits[:-1]):
        return False
    asked = tuple(int(digit) for digit in digits if digit.isdigit())
    near = (*have, 0, 0, 0)[: len(asked)]
    match found[1] or "==":
        case "==" | "===" | "=":
            return near == asked
        case "!=" | "!":
            return near != asked
        case ">=":
            return near >= asked
        case "<=":
            return near <= asked
        case ">":
            return near > asked
        case "<":
            return near < asked
        case _:  # ~=3.10 is >=3.10 within 3, ~=3.10.2 is >=3.10.2 within 3.10
            return near >= asked and near[: max(1, len(asked) - 1)] == asked[: max(1, len(asked) - 1)]


def choose_python(wanted: str, progress: Callable[[str], None]) -> Interpreter | EnvironmentProblem:
    """Give the first that fits: the Python that runs this, one on PATH (the newest first), one that uv has or can get."""
    own = Interpreter(path=_own_path(), version=".".join(map(str, sys.version_info[:3])))
    if fits(own.version, wanted):
        return own
    found = {own.version: own.path}
    for path in _programs():
        other = _ask(path)
        if other is not None:
            found.setdefault(other.version, other.path)
    for version in sorted(found, key=_number, reverse=True):
        if fits(version, wanted):
            return Interpreter(path=found[version], version=version)
    uv = shutil.which("uv")
    return (_from_uv(uv, wanted, progress) if uv else None) or EnvironmentProblem(
        message=f"the tutorial needs Python {wanted}; found {', '.join(sorted(found, key=_number))}",
        hint="install it, or install uv, which gets it; or change `env.python` of the tutorial",
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _own_path() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


def _programs() -> Iterator[str]:
    """Find programs on PATH that are called like a Python 3."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in sorted(names):
            path = os.path.join(folder, name)
            if _PROGRAM.fullmatch(name) and os.access(path, os.X_OK) and os.path.isfile(path):
                yield path


def _ask(path: str) -> Interpreter | None:
    """Ask a program for its version, and for the Python that it belongs to; None where it is no Python that works."""
    said = _say([path, "-I", "-c", _ASK], _ASK_SECONDS).splitlines()
    if len(said) != 2 or not re.fullmatch(r"3\.\d+\.\d+", said[0]) or not os.path.isfile(said[1]):
        return None
    return Interpreter(path=os.path.realpath(said[1]), version=said[0])


def _from_uv(uv: str, wanted: str, progress: Callable[[str], None]) -> Interpreter | None:
    """Take a Python that uv manages; uv gets one where its settings allow that."""
    find = [uv, "python", "find", "--no-project", wanted]
    path = _say(find, _ASK_SECONDS).strip()
    if not path:
        progress(f"asking uv for Python {wanted}")
        _say([uv, "python", "install", wanted], _INSTALL_SECONDS)
        path = _say(find, _ASK_SECONDS).strip()
    other = _ask(path) if path else None
    return other if other is not None and fits(other.version, wanted) else None


def _say(words: list[str], seconds: float) -> str:
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=seconds, cwd=os.sep
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
