"""Measure how build time grows with the site: cold, nothing changed, one body edited.

    python benchmarks/growth.py CORPUS [--sizes 1000 5000 10000] [--jobs N]

CORPUS is a script `corpus.py OUT N` that writes N pages of Markdown. Figures of one run compare with each other, not
with those of another run or machine. The exponent is the slope of log(time) over log(pages), least squares.
"""

import argparse
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUMMARY = re.compile(r"built (\d+) of (\d+) pages in ([\d.]+) s \((\d+) files? written")


def build(site: Path, jobs: int) -> tuple[float, int, int]:
    """Build once; gives wall time in seconds with the start of the process, pages rendered and files written."""
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-m", "octavo", "build", "-j", str(jobs)],
        cwd=site, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    found = SUMMARY.search(result.stderr)
    if result.returncode != 0 or found is None:
        sys.exit(f"the build failed:\n{result.stderr[-2000:]}")
    return seconds, int(found[1]), int(found[4])


def measure(corpus: Path, pages: int, jobs: int, folder: Path) -> dict[str, float]:
    """Measure one size; each figure is the median of three, but for the cold build, which is made once."""
    site = folder / str(pages)
    subprocess.run([sys.executable, str(corpus), str(site / "content"), str(pages)], check=True)
    (site / "site.yaml").write_text("title: Growth\n", encoding="utf-8")
    cold, rendered, _ = build(site, jobs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    build(site, jobs)  # the first rebuild reads files that were just written once more
    nothing, edits, counts = [], [], []
    target = sorted((site / "content").rglob("page-*.md"))[pages // 2]
    for turn in range(3):
        nothing.append(build(site, jobs)[0])
        target.write_text(target.read_text(encoding="utf-8") + f"\nTurn {turn}.\n", encoding="utf-8")
        seconds, changed, written = build(site, jobs)
        edits.append(seconds)
        counts.append((changed, written))
    return {
        "pages": rendered,
        "cold_s": cold,
        "nothing_changed_s": statistics.median(nothing),
        "one_body_s": statistics.median(edits),
        "one_body_rendered": max(changed for changed, _ in counts),
        "one_body_written": max(written for _, written in counts),
        "largest_process_mb": peak,
    }


def exponent(rows: list[dict[str, float]], key: str) -> float:
    """Fit the slope of log(time) over log(pages)."""
    xs = [math.log(row["pages"]) for row in rows]
    ys = [math.log(row[key]) for row in rows]
    mean_x, mean_y = statistics.mean(xs), statistics.mean(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 10000])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for pages in arguments.sizes:
            rows.append(measure(arguments.corpus.resolve(), pages, arguments.jobs, Path(folder)))
            print(json.dumps({key: round(value, 2) for key, value in rows[-1].items()}))
    if len(rows) > 1:
        print("exponent of the cold build:", round(exponent(rows, "cold_s"), 2))


if __name__ == "__main__":
    main()
