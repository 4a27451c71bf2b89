"""The command line, run as a user runs it, and what it said.

`run_octavo` starts a process. `run_here` runs the same command line inside the test's process, thirty times faster, for
tests that need nothing of a process of its own. `said` reads the problems that a person would read.
"""

import atexit
import contextlib
import ctypes
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from octavo.cli.group import cli
from octavo.cli.guard import run_guarded

_TIMEOUT = 300
_STATE = os.path.join(tempfile.gettempdir(), f"octavo-tests-{os.getpid()}-state")
"""In place of the developer's own state folder: what tests trust is nobody's business. Made by who writes to it."""
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _PR_CAPBSET_DROP = 1, 2, 24
_HEAD = re.compile(
    r"(?P<place>[^\n]+?): (?P<severity>error|warning)\[(?P<code>[a-z0-9-]+)\]: (?P<message>.*)"
)
_EXCERPT = re.compile(r"  [0-9]* \| (?P<excerpt>.*)")
_CARET = re.compile(r" +\| (?P<before> *)\^")


class Outcome(NamedTuple):
    """How a command ended and what it said."""

    status: int
    stdout: str
    stderr: str


class Said(NamedTuple):
    """One problem as a person reads it."""

    place: str
    severity: str
    code: str
    message: str
    excerpt: str = ""
    caret: int = 0
    """The column below which the caret stands, in cells of the terminal; 0 without one."""
    hint: str = ""


def environment(**changes: str) -> dict[str, str]:
    """Give an environment in which nothing of the developer's own changes what the command says."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "PYTHON", "LC_", "GITHUB_", "COVERAGE"))
        and name not in {"CI", "FORCE_COLOR", "NO_COLOR", "SOURCE_DATE_EPOCH"}
    }
    return kept | {"LC_ALL": "C.UTF-8", "XDG_STATE_HOME": _STATE} | changes


def run_octavo(
    *args: str,
    cwd: Path | str,
    env: Mapping[str, str] | None = None,
    input: bytes = b"",  # noqa: A002 - the name that subprocess uses
    before: Callable[[], None] | None = None,
    stdout: Any = subprocess.PIPE,
    stderr: Any = subprocess.PIPE,
) -> Outcome:
    """Run `python -m octavo` in a process of its own; *env* changes a plain environment, *before* runs in the child."""
    done = subprocess.run(
        [sys.executable, "-m", "octavo", *args],
        cwd=cwd,
        env=environment(**(env or {})),
        input=input,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=before,
        timeout=_TIMEOUT,
        check=False,
    )
    outcome = Outcome(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    assert "Traceback" not in outcome.stderr, outcome.stderr
    assert "internal error" not in outcome.stderr, outcome.stderr
    return outcome


def without_privileges() -> None:
    """Take from the superuser the right to read what nobody may read (capabilities(7)); for `run_octavo(before=...)`."""
    if os.geteuid() == 0:
        library = ctypes.CDLL(None)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def run_here(*args: str) -> Outcome:
    """Run the command line in this process; the test's own handlers of signals are put back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run_guarded(cli, args)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return Outcome(status, out.getvalue(), err.getvalue())


def said(stderr: str) -> tuple[Said, ...]:
    """Read the problems out of what a command wrote for people."""
    found: list[Said] = []
    for line in stderr.split("\n"):
        if head := _HEAD.fullmatch(line):
            found.append(Said(**head.groupdict()))
        elif not found:
            continue
        elif (caret := _CARET.fullmatch(line)) and found[-1].excerpt:
            found[-1] = found[-1]._replace(caret=len(caret["before"]) + 1)
        elif (excerpt := _EXCERPT.fullmatch(line)) and not found[-1].excerpt:
            found[-1] = found[-1]._replace(excerpt=excerpt["excerpt"])
        elif line.startswith("hint: ") and not found[-1].hint:
            found[-1] = found[-1]._replace(hint=line.removeprefix("hint: "))
    return tuple(found)
