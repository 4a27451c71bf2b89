"""Let Lighthouse judge pages of a built site: performance, accessibility, best practices, search engines.

    npm install --no-save --prefix NODE lighthouse
    python benchmarks/lighthouse.py NODE [--site _site] [--runs 3] [PAGE...]

PAGE is an address below the root of the site; home, a section and a chapter without it. Each page is loaded as on a slow
phone. The figures are medians; what costs points is named below them. Exit status 1 where a figure is below its floor.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from typing import Any

from static_host import StaticHost

FLOORS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = ("", "flask/", "flask/foundations/")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def judge(node: str, url: str, folder: str) -> dict[str, Any]:
    """Give Lighthouse's report of a page."""
    report = os.path.join(folder, "report.json")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"there is none of these browsers here: {', '.join(BROWSERS)}")
    script = os.path.join(node, "node_modules", "lighthouse", "cli", "index.js")
    command = [
        "node",
        script,
        url,
        "--output=json",
        f"--output-path={report}",
        "--quiet",
        "--no-enable-error-reporting",
    ]
    command += [
        f"--only-categories={','.join(FLOORS)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    subprocess.run(command, env=os.environ | {"CHROME_PATH": browser}, check=True, timeout=300)
    with open(report, encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def lost(report: dict[str, Any]) -> list[str]:
    """Name the audits that cost points, with what they cost."""
    audits = report["audits"]
    found = []
    for name in FLOORS:
        for reference in report["categories"][name]["auditRefs"]:
            audit = audits[reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                found.append(
                    f"{name}: {reference['id']} {audit['score']:.2f} {audit.get('displayValue', '')}".rstrip()
                )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("node", help="the folder that holds node_modules/lighthouse")
    parser.add_argument("--site", default="_site")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("pages", nargs="*", default=PAGES)
    given = parser.parse_args()
    too_low = False
    print(f"{'page':24}" + "".join(f"{name:>16}" for name in FLOORS))
    with StaticHost(given.site) as root, tempfile.TemporaryDirectory() as folder:
        for page in given.pages:
            reports = [judge(given.node, root + page, folder) for _ in range(given.runs)]
            figures = {
                name: statistics.median(
                    round(100 * report["categories"][name]["score"]) for report in reports
                )
                for name in FLOORS
            }
            print(f"{page or '(home)':24}" + "".join(f"{figures[name]:16.0f}" for name in FLOORS), flush=True)
            for line in sorted({line for report in reports for line in lost(report)}):
                print(f"    {line}")
            too_low |= any(figures[name] < floor for name, floor in FLOORS.items())
    return int(too_low)


if __name__ == "__main__":
    sys.exit(main())
