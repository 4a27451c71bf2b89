"""A site whose tutorials are tested by `octavo test` as a process of its own, and what came of it.

    site.chapter("```console\\n$ false\\n```\\n").tested().fault().code

Environments take seconds to make: all sites share one folder of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import octavo
from commandline import Outcome, environment
from sitebuilder import Site

PATIENCE = 300.0
ISOLATIONS = ("namespaces", "ports")
"""Both ways of keeping a run apart; where namespaces are not allowed, the first is the second too."""

_SOURCES = os.path.dirname(os.path.dirname(os.path.abspath(octavo.__file__)))


class Fault(NamedTuple):
    """A block that failed, as the JSON report has it."""

    place: str
    """`01-first.md:5`."""
    code: str
    message: str
    hint: str
    expected: tuple[str, ...]
    got: tuple[str, ...]
    log: tuple[str, ...]


class TestedSite(Site):
    """A site with one tutorial, `guide`, below a folder of its own for everything that a user has."""

    __test__ = False  # it is no test, whatever its name begins with

    def __init__(self, root: Path, environments: Path) -> None:
        super().__init__(root)
        self.private = Path(root).with_name("private")
        self.temporary = self.private / "tmp"
        for folder in (self.temporary, self.private / "home", self.private / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        cache = self.root / ".octavo" / "cache"
        cache.mkdir(parents=True)
        environments.mkdir(exist_ok=True)
        (cache / "environments").symlink_to(environments)
        self.write("site.yaml", "title: Test site\n").page("index.md", "# Home\n").tutorial()

    def tutorial(self, settings: str = "timeout: 2m", folder: str = "guide") -> Self:
        """Write the page that makes a folder a tutorial."""
        lines = "".join(f"  {line}\n" for line in settings.splitlines())
        return self.page(f"{folder}/index.md", f"---\ntutorial:\n{lines}---\n# Guide\n")

    def chapter(self, text: str, name: str = "01-first.md") -> Self:
        """Write a chapter."""
        return self.page(f"guide/{name}", text)

    def variables(self, **changes: str) -> dict[str, str]:
        """Give an environment in which the user's folders are those of this site."""
        own = {
            "HOME": str(self.private / "home"),
            "XDG_STATE_HOME": str(self.private / "state"),
            "XDG_RUNTIME_DIR": str(self.private / "run"),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": _SOURCES,
        }
        return environment(**own | changes)

    def start(self, *args: str, before: Sequence[str] = (), **env: str) -> subprocess.Popen[str]:
        """Start a command of octavo, and leave it running; *before* are words before it."""
        return subprocess.Popen(
            [*before, sys.executable, "-m", "octavo", *args],
            cwd=self.root,
            env=self.variables(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=_hear_hang_ups if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else None,  # noqa: PLW1509 - it takes no lock
        )

    def octavo(self, *args: str, before: Sequence[str] = (), **env: str) -> Outcome:
        """Run a command of octavo to its end."""
        process = self.start(*args, before=before, **env)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"octavo did not end\n{out}{err}") from None
        outcome = Outcome(process.returncode, out, err)

        assert "Traceback" not in outcome.stderr, outcome.stderr
        assert "internal error" not in outcome.stderr, outcome.stderr
        return outcome

    def tested(
        self, *args: str, isolation: str = "namespaces", before: Sequence[str] = (), **env: str
    ) -> Tested:
        """Run the tutorials."""
        report = self.private / "report.json"
        with contextlib.suppress(FileNotFoundError):
            report.unlink()
        if isolation == "ports":
            env["OCTAVO_ISOLATION"] = "ports"
        outcome = self.octavo("test", "--trust", f"--report=json={report}", *args, before=before, **env)
        return Tested(outcome, json.loads(report.read_bytes()) if report.exists() else {})

    def left(self) -> list[str]:
        """Name what runs left in the folder for temporary files, and processes that were started for this site."""
        found = [f"folder {name}" for name in sorted(os.listdir(self.temporary))]
        mark = os.fsencode(self.private)
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                variables = Path("/proc", name, "environ").read_bytes()
                words = (
                    Path("/proc", name, "cmdline")
                    .read_bytes()
                    .replace(b"\0", b" ")
                    .decode("utf-8", "replace")
                )
                if mark in variables and words:
                    found.append(f"process {name} {words}")
        return found


def _hear_hang_ups() -> None:
    """Undo in the child what `nohup` did for whoever started the tests."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Tested:
    """What came of a run."""

    def __init__(self, outcome: Outcome, report: dict[str, Any]) -> None:
        self.status = outcome.status
        self.text = outcome.stdout + outcome.stderr
        self.report = report

    def chapter(self, name: str = "01-first.md") -> dict[str, Any]:
        """Give what the report says of a chapter."""
        found = [each for each in self.report.get("chapters", ()) if each["file"].endswith(f"/{name}")]
        assert 1 == len(found), self.text
        return found[0]

    def statuses(self, name: str = "01-first.md") -> list[str]:
        """Give what came of each block of a chapter."""
        return [step["status"] for step in self.chapter(name)["steps"]]

    def faults(self, name: str = "01-first.md") -> list[Fault]:
        """Give all failures of a chapter."""
        return [_read_fault(step["failure"]) for step in self.chapter(name)["steps"] if step["failure"]]

    def fault(self, name: str = "01-first.md") -> Fault:
        """Give the only failure of a chapter, which makes the run fail and is shown."""
        faults = self.faults(name)
        assert 1 == len(faults), self.text
        assert 1 == self.status, self.text
        assert f"FAILED content/guide/{faults[0].place}   {faults[0].message}" in self.text
        return faults[0]


def _read_fault(found: dict[str, Any]) -> Fault:
    lines = {name: tuple(found[name]) for name in ("expected", "got")}
    lines["log"] = tuple(line["text"] for line in found["log"])
    place = f"{os.path.basename(found['file'])}:{found['line']}"
    return Fault(place, found["code"], found["message"], found["hint"], **lines)
