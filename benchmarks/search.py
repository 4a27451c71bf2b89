"""Measure what the search index costs a build, beside mdBook with its search where that is installed.

    python benchmarks/search.py CORPUS PEERS [--peers-dir DIR] [--sizes 100 1000] [--runs 3]

CORPUS is a script `corpus.py OUT N` that writes N pages of Markdown in sections, PEERS the script that makes a project of
each tool from them, DIR the folder in which it has installed mdBook. For each size the programs take turns, each from a
clean folder: Octavo without search, with it, mdBook; then Octavo's rebuilds: nothing changed, one body changed. Figures
are medians of seconds of wall time with the start of the process, in brackets the processor's seconds. Compare those of
one run with each other, never with those of another run or machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from preview_tools import forget_state, load_peers

OCTAVO = (sys.executable, "-m", "octavo", "build")

Figures = dict[str, list[tuple[float, float]]]


def run(command: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Run a program once; gives its seconds of wall time and of processor time, its own processes included."""
    before = os.times()
    start = time.perf_counter()
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    after = os.times()
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def edit(site: Path, turn: int) -> None:
    """Change the words of one page."""
    page = sorted((site / "content").rglob("page-*.md"))[7]
    page.write_text(page.read_text(encoding="utf-8") + f"\nTurn {turn}.\n", encoding="utf-8")


def measure(corpus: Path, count: int, runs: int, peers: ModuleType, mdbook: str, work: Path) -> Figures:
    """Measure one size; *mdbook* is the path of its program, empty where it takes no part."""
    subprocess.run([sys.executable, str(corpus), str(work / "pages"), str(count)], check=True)
    commands = {"octavo": OCTAVO, "octavo-search": OCTAVO} | ({"mdbook": (mdbook, "build")} if mdbook else {})
    for name in commands:
        (work / name).mkdir()
        peers.SETUP[name](work / "pages", work / name)
    figures: Figures = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            forget_state(peers, work / name)
            figures[name].append(run(command, work / name))
    for name in ("octavo", "octavo-search"):
        run(OCTAVO, work / name)  # files that were just written are read once more
        figures[f"{name}, nothing changed"] = [run(OCTAVO, work / name) for _ in range(runs)]
        changed = figures[f"{name}, one body changed"] = []
        for turn in range(runs):
            edit(work / name, turn)
            changed.append(run(OCTAVO, work / name))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("peers", type=Path)
    parser.add_argument("--peers-dir", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    peers = load_peers(arguments.peers)
    mdbook = peers.binary(arguments.peers_dir.resolve(), "mdbook") if arguments.peers_dir else ""
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(arguments.corpus.resolve(), size, arguments.runs, peers, mdbook, Path(folder))
        print(f"{size} pages, and a page for each section; load {os.getloadavg()[0]:.1f}")
        for name, runs in figures.items():
            wall, spent = (statistics.median(column) for column in zip(*runs, strict=True))
            print(f"  {name:<32}{wall:8.2f} s  ({spent:.2f} s)")


if __name__ == "__main__":
    main()
