"""Measure live preview side by side: start to first page, and from a save to the changed page in Chromium.

    python benchmarks/preview.py CORPUS PEERS --peers-dir DIR [--sizes 100 1000 10000] [--json FILE] [--figure FILE]

CORPUS is a script `corpus.py OUT N` that writes N pages of Markdown; PEERS is a script that knows how to make a project
of each peer from them (`SETUP`), where its program lies below DIR (`binary`) and what it leaves behind (`OUTPUTS`).
Figures of one run compare with each other, not with those of another run or machine.

The tools take turns, round by round. In a round a tool is started without its state ("cold"), left alone until it is
calm, ended, and started again ("warm"). Then the page in the middle of the corpus is opened in Chromium, and its file is
written again and again with another word in the first paragraph, 0.3 to 1.2 s after the last save has arrived, and 1.2 s
more where the page was loaded anew, so that it listens again. Measured are the message that reaches the page and the
moment when the word is in the document, both since just before the write. A save that does not arrive counts as lost,
later than all others.
"""

import argparse
import itertools
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from preview_clients import Plan, chromium_version, measure_saves
from preview_figure import draw
from preview_report import table
from preview_tools import (
    HOME_NEEDLE,
    TOOLS,
    Project,
    Server,
    Tool,
    forget_state,
    load_peers,
    make_project,
    program,
    version,
)


@dataclass(frozen=True)
class Run:
    """What holds for a whole run."""

    options: argparse.Namespace
    peers: ModuleType
    work: Path
    next_marker: Callable[[], str]


def start(run: Run, words: list[str], tool: Tool, project: Project) -> tuple[Server, dict[str, float | None]]:
    """Start a tool and ask for the home page, then for the page that will be edited."""
    server = Server(tool, words, project, run.work)
    try:
        home = server.first_page("/", HOME_NEEDLE, run.options.start_limit)
        deep = home and server.first_page(project.address, b"mark", run.options.start_limit)
    except BaseException:
        server.stop()
        raise
    return server, {"home_s": home, "deep_s": deep}


def session(
    run: Run,
    words: list[str],
    tool: Tool,
    project: Project,
    turn: int,
    earlier: list[dict[str, Any]],
) -> dict[str, Any]:
    """Measure one tool at one size in one round."""
    notes: list[str] = []
    found: dict[str, Any] = {"load_before": os.getloadavg()}
    forget_state(run.peers, project.folder)
    server, first = start(run, words, tool, project)
    try:
        found |= {f"cold_{key}": value for key, value in first.items()}
        if first["deep_s"] is None:
            return {**found, "notes": [f"no page within {run.options.start_limit:.0f} s of the start"]}
        found["settled_s"] = server.settle(run.options.settle_limit)
    finally:
        if not server.stop():
            notes.append("had to be killed after the cold start")
    saves, seconds = budget_of(run.options, tool, turn, [*earlier, found])
    server, first = start(run, words, tool, project)
    try:
        found |= {f"warm_{key}": value for key, value in first.items()}
        pauses = random.Random(f"{run.options.seed} {tool.name} {project.pages} {turn}")
        plan = Plan(saves, seconds, run.options.lost_after, pauses, run.next_marker)
        found |= measure_saves(tool, server, run.options.chromium, plan)
        found["peak_mb"] = server.peak_mb()
    finally:
        if not server.stop():
            notes.append("had to be killed after the saves")
    return {**found, "load_after": os.getloadavg(), "notes": notes + found.get("notes", [])}


def budget_of(
    options: argparse.Namespace, tool: Tool, turn: int, sessions: list[dict[str, Any]]
) -> tuple[int, float]:
    """Share saves and waiting seconds among the rounds; none are left for a tool that has had its part.

    A peer that is slow to start has one round with all its time. Octavo's saves are all made, whatever they take.
    """
    saves = [save for one in sessions for save in one.get("saves", [])]
    turns = 1 if is_slow(options, tool, sessions) else options.rounds - turn
    waited = sum(save["dom_ms"] or 0 for save in saves) / 1000
    left = -(-(options.saves - len(saves)) // turns)
    return left, float("inf") if tool.name == "octavo" else (options.seconds - waited) / turns


def is_slow(options: argparse.Namespace, tool: Tool, sessions: list[dict[str, Any]]) -> bool:
    """Say whether a peer takes so long to start that it has one round only."""
    starts = [one["cold_deep_s"] for one in sessions]
    return tool.name != "octavo" and any(
        seconds is None or seconds > options.slow_start for seconds in starts
    )


def measure_size(run: Run, size: int, results: dict[str, Any], programs: dict[str, list[str]]) -> None:
    """Measure all tools at one size, in turn."""
    corpus = run.work / f"pages{size}"
    subprocess.run([sys.executable, str(run.options.corpus), str(corpus), str(size)], check=True)
    names = [name for name in programs if name == "octavo" or size in run.options.peer_sizes]
    projects = {
        name: make_project(TOOLS[name], run.peers, corpus, run.work / f"{name}{size}") for name in names
    }
    for turn, name in itertools.product(range(run.options.rounds), names):
        earlier = [one for one in results["sessions"] if (one["asked"], one["tool"]) == (size, name)]
        if (
            is_slow(run.options, TOOLS[name], earlier)
            or min(budget_of(run.options, TOOLS[name], turn, earlier)) <= 0
        ):
            continue
        print(f"{size} pages, round {turn + 1}: {name}", file=sys.stderr, flush=True)
        found = session(run, programs[name], TOOLS[name], projects[name], turn, earlier)
        results["sessions"].append(
            {"asked": size, "pages": projects[name].pages, "tool": name, "round": turn, **found}
        )
        write(run, results)


def write(run: Run, results: dict[str, Any]) -> None:
    """Keep what is known so far, so that a run that is ended early is not lost."""
    if run.options.json:
        run.options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def environment(programs: dict[str, list[str]], chromium: str) -> dict[str, Any]:
    """Describe the machine and the versions, without a path."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return {
        "cores": os.cpu_count(),
        "processor": model[1] if model else platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": os.getloadavg(),
        "versions": {
            **{name: version(TOOLS[name], words) for name, words in programs.items()},
            "chromium": chromium_version(chromium),
        },
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path)
    add("peers", type=Path)
    add("--peers-dir", type=Path, help="where the peers are installed")
    add("--octavo", default=f"{sys.executable} -m octavo serve", help="the command that serves; `-a` follows")
    add("--chromium", default="/usr/bin/chromium")
    add(
        "--work", type=Path, help="where the projects are made, and kept; without it a folder that is removed"
    )
    add("--tools", nargs="+", choices=TOOLS, default=["octavo", "hugo", "zensical", "mdbook", "mkdocs"])
    add("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    add("--peer-sizes", type=int, nargs="*", default=[100, 1000], help="sizes at which the peers take part")
    add("--saves", type=int, default=200)
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=150, help="waiting time after which a peer's saves at one size end")
    add("--lost-after", type=float, default=90, help="seconds after which a save counts as lost")
    add("--start-limit", type=float, default=600, help="seconds that a first page may take")
    add(
        "--slow-start", type=float, default=10, help="a peer whose first page takes longer has a single round"
    )
    add("--settle-limit", type=float, default=180, help="seconds to wait for calm after a cold start")
    add("--seed", type=int, default=1)
    add("--json", type=Path, help="where all samples are written")
    add("--figure", type=Path, help="where the SVG is written")
    add("--figure-size", type=int, default=1000, help="the size whose distributions the figure shows")
    options = parser.parse_args()
    if options.figure and options.figure_size not in options.sizes:
        parser.error("--figure-size is none of --sizes")
    return options


def main() -> None:
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    peers = load_peers(options.peers)
    programs = {
        name: program(TOOLS[name], peers, options.peers_dir, options.octavo) for name in options.tools
    }
    results = {"environment": environment(programs, options.chromium), "sessions": []}
    results["settings"] = {key: getattr(options, key) for key in (
        "saves", "rounds", "seconds", "lost_after", "slow_start", "settle_limit", "seed")}  # fmt: skip
    markers = (f"mark{number:08d}" for number in itertools.count(1))
    with tempfile.TemporaryDirectory() as scratch:
        work = (options.work or Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        run = Run(options, peers, work, lambda: next(markers))
        for size in options.sizes:
            measure_size(run, size, results, programs)
        results["environment"]["load_after"] = os.getloadavg()
        write(run, results)
    print(json.dumps(results["environment"]))
    print(table(results))
    if options.figure:
        options.figure.write_text(draw(results, options.figure_size), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
