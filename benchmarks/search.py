"""Measure what the search index costs a build, beside mdBook with its search where its program is given.

    python benchmarks/search.py CORPUS [--sizes 100 1000] [--runs 3] [--mdbook PROGRAM]

CORPUS is a script `corpus.py OUT N` that writes N pages of Markdown in sections. For each size the programs take turns,
each from a clean folder: Octavo without search, with it, mdBook; then Octavo's rebuilds: nothing changed, one body
changed. Figures are medians of seconds of wall time with the start of the process, in brackets the processor's seconds.
Compare those of one run with each other, never with those of another run or machine.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

OCTAVO = (sys.executable, "-m", "octavo", "build")
MADE = ("_site", ".octavo", "book")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
TITLE = re.compile(r"^title: (.*)$", re.MULTILINE)

Figures = dict[str, list[tuple[float, float]]]


def make_octavo(pages: Path, site: Path, *, search: bool) -> None:
    """Write the site for Octavo."""
    shutil.copytree(pages, site / "content")
    (site / "site.yaml").write_text(f"title: Search\nsearch: {str(search).lower()}\n", encoding="utf-8")


def make_mdbook(pages: Path, book: Path) -> None:
    """Write the same pages as a book: titles as headings, and the list of all pages that mdBook wants."""
    shutil.copytree(pages, book / "src")
    lines = ["# Summary\n", "[Home](index.md)\n"]
    for page in sorted((book / "src").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        title = TITLE.search(text)
        heading = title[1] if title else page.stem
        page.write_text(f"# {heading}\n\n{FRONT_MATTER.sub('', text)}", encoding="utf-8")
    for section in sorted(path for path in (book / "src").iterdir() if path.is_dir()):
        lines.append(f"- [{section.name}]({section.name}/index.md)")
        lines += [
            f"  - [{page.stem}]({section.name}/{page.name})" for page in sorted(section.glob("page-*.md"))
        ]
    (book / "src/SUMMARY.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (book / "book.toml").write_text('[book]\ntitle = "Search"\n', encoding="utf-8")


def run(command: tuple[str, ...], folder: Path, *, clean: bool) -> tuple[float, float]:
    """Run a program once; gives its seconds of wall time and of processor time, its own processes included."""
    for name in MADE if clean else ():
        shutil.rmtree(folder / name, ignore_errors=True)
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


def measure(corpus: Path, count: int, runs: int, mdbook: str, folder: Path) -> Figures:
    """Measure one size."""
    pages, plain, searched, book = (folder / name for name in ("pages", "plain", "searched", "book"))
    subprocess.run([sys.executable, str(corpus), str(pages), str(count)], check=True)
    make_octavo(pages, plain, search=False)
    make_octavo(pages, searched, search=True)
    cold: dict[str, Callable[[], tuple[float, float]]] = {
        "octavo, search off": lambda: run(OCTAVO, plain, clean=True),
        "octavo": lambda: run(OCTAVO, searched, clean=True),
    }
    if mdbook:
        make_mdbook(pages, book)
        cold["mdbook"] = lambda: run((mdbook, "build"), book, clean=True)
    figures: Figures = {name: [] for name in cold}
    for _ in range(runs):
        for name, build in cold.items():
            figures[name].append(build())
    for site, name in ((plain, "search off, "), (searched, "")):
        run(OCTAVO, site, clean=False)  # files that were just written are read once more
        figures[f"{name}nothing changed"] = [run(OCTAVO, site, clean=False) for _ in range(runs)]
        changed = figures[f"{name}one body changed"] = []
        for turn in range(runs):
            edit(site, turn)
            changed.append(run(OCTAVO, site, clean=False))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--mdbook", default="")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(
                arguments.corpus.resolve(), size, arguments.runs, arguments.mdbook, Path(folder)
            )
        print(f"{size} pages, and a page for each section; load {os.getloadavg()[0]:.1f}")
        for name, runs in figures.items():
            wall, spent = (statistics.median(column) for column in zip(*runs, strict=True))
            print(f"  {name:<32}{wall:8.2f} s  ({spent:.2f} s)")


if __name__ == "__main__":
    main()
