r"""Measure the same chapter in several built sites, and print the comparison of themes as one Markdown table.

    npm install --no-save --prefix NODE axe-core
    python benchmarks/theme_table.py NODE NAME=FOLDER:PAGE [NAME=FOLDER:PAGE...]

    python benchmarks/theme_table.py build/node mdbook=peers/mdbook/book:sec-01/page-001.html \
        octavo=peers/octavo/_site:sec-01/page-001/

FOLDER is what a tool wrote, PAGE the chapter in it. The sites are to be made of one text. Outside hosts are blocked and
counted. Ratios are those of WCAG 2, sizes those of gzip -9. What a reader waits for is measured three times, on a network
of 1.6 Mbit/s with 150 ms and a processor four times slower, with nothing kept; the median is shown.
"""

import argparse
import gzip
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from static_host import StaticHost

WIDTHS = {360: 740, 768: 1024, 1280: 800, 1920: 1080}
PROBE = (Path(__file__).parent / "theme_probe.js").read_text(encoding="utf-8")
POLICY = "; ".join(
    ["default-src 'none'"]
    + [f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect", "worker")]
    + ["base-uri 'none'", "form-action 'self'"]
)
WATCH = """
window.violations = 0;
document.addEventListener("securitypolicyviolation", () => { violations += 1; });
window.shift = 0; window.paint = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value; })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const entry of list.getEntries()) paint = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
"""
AXE = """() => axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(found =>
  [found.violations.length, found.violations.reduce((sum, rule) => sum + rule.nodes.length, 0)])"""


@contextmanager
def opened(browser: Browser, url: str, width: int, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open a page that can reach this machine alone; gives the addresses that it asked for, too."""
    throttled = options.pop("throttled", False)
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, **options)
    asked: list[str] = []

    def decide(route: Any) -> None:
        asked.append(route.request.url)
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            route.abort()

    context.route("**/*", decide)
    context.add_init_script(WATCH)
    page = context.new_page()
    if throttled:
        session = context.new_cdp_session(page)
        rate = 1_600_000 / 8
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 150, "downloadThroughput": rate, "uploadThroughput": rate},
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(800 if not throttled else 2_500)
    yield page, asked
    context.close()


def weigh(folder: str, asked: list[str], root: str) -> dict[str, float]:
    """Give kilobytes by kind of what a page asked for on its own host, each file once."""
    kinds = {
        "HTML": (".html", "/"),
        "CSS": (".css",),
        "JS": (".js", ".mjs", ".json", ".wasm"),
        "fonts": (".woff2", ".woff"),
    }
    sums = dict.fromkeys(kinds, 0.0)
    for url in dict.fromkeys(asked):
        if not url.startswith(root):
            continue
        name = urlsplit(url).path.lstrip("/")
        path = os.path.join(folder, name + "index.html" if name.endswith("/") or not name else name)
        if not os.path.isfile(path):
            continue
        data = Path(path).read_bytes()
        for kind, ends in kinds.items():
            if ("/" + name).endswith(ends):
                sums[kind] += len(data if kind == "fonts" else gzip.compress(data, 9, mtime=0)) / 1000
    return sums


def measure(browser: Browser, axe: str, folder: str, page_path: str) -> dict[str, str]:
    """Give one column of the table by the names of its rows."""
    row: dict[str, str] = {}
    found: dict[tuple[int, str], dict[str, Any]] = {}
    rules: dict[tuple[int, str], list[int]] = {}
    with StaticHost(folder) as root:
        url = root + page_path
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                with opened(browser, url, width, color_scheme=scheme, bypass_csp=True) as (page, asked):
                    found[width, scheme] = page.evaluate(PROBE)
                    if (width, scheme) == (1280, "light"):
                        sums = weigh(folder, asked, root)
                        hosts = {
                            urlsplit(each).hostname
                            for each in asked
                            if not each.startswith((root, "data:", "blob:"))
                        }
                        requests = len(
                            [each for each in asked if each.startswith(root) and "favicon" not in each]
                        )
                    if width in {360, 1280}:
                        page.add_script_tag(path=axe)
                        rules[width, scheme] = page.evaluate(AXE)
        waits: dict[int, list[tuple[float, float]]] = {1280: [], 360: []}
        for width, list_ in waits.items():
            for _ in range(3):
                with opened(browser, url, width, throttled=True) as (page, _asked):
                    list_.append(tuple(page.evaluate("[shift, paint]")))
    with (
        StaticHost(folder, {"Content-Security-Policy": POLICY}) as root,
        opened(browser, root + page_path, 1280) as (page, _asked),
    ):
        violations = page.evaluate("violations")
    base, dark = found[1280, "light"], found[1280, "dark"]

    def both(name: str) -> str:
        shown = [f"{each[name]:.1f}" for each in (base, dark)]
        return " / ".join(shown) if dark["dark"] else f"{shown[0]} / (no dark)"

    row["text face"] = base["face"]
    row["body px / line height, 1280"] = f"{base['body']} / {base['leading']}"
    row["text column px, 1280"] = str(base["column"])
    for width in WIDTHS:
        each = found[width, "light"]
        row[f"characters a line, median (max), {width}"] = f"{each['median']} ({each['most']})"
    row["h1/h2/h3 px, 1280"] = base["headings"]
    row["code px; columns, 360 / 1280"] = (
        f"{base['code']}; {found[360, 'light']['columns']} / {base['columns']}"
    )
    row["link hue (OKLCH)"] = str(base["hue"])
    row["contrast of the text, light / dark"] = both("contrast")
    row["of a link"] = both("link")
    row["link underlined"] = "yes" if base["underlined"] else "no"
    row["weakest token of code"] = both("token")
    row["weakest text anywhere"] = both("weakest")
    for (width, scheme), (count, nodes) in rules.items():
        row[f"axe A and AA, rules (nodes), {width} {scheme}"] = f"{count} ({nodes})"
    for kind, value in sums.items():
        row[f"{kind} kB"] = f"{value:.1f}"
    row["requests; other hosts"] = f"{requests}; {len(hosts - {'127.0.0.1', None})}"
    for name, at, form in (("CLS", 0, ".4f"), ("LCP ms", 1, ".0f")):
        values = (statistics.median(each[at] for each in waits[width]) for width in (1280, 360))
        row[f"{name}, slow, 1280 / 360"] = " / ".join(format(value, form) for value in values)
    row["tab stops before the text, 1280 / 360"] = f"{base['stops']} / {found[360, 'light']['stops']}"
    row["skip link first"] = "yes" if base["skip"] else "no"
    row["controls under 24 px, of all, 1280"] = f"{base['small']} of {base['controls']}"
    row["violations of a strict policy"] = str(violations)
    row["elements"] = str(base["elements"])
    return row


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("node", help="the folder that holds node_modules/axe-core")
    parser.add_argument("sites", nargs="+", metavar="NAME=FOLDER:PAGE")
    given = parser.parse_args()
    axe = os.path.join(given.node, "node_modules", "axe-core", "axe.min.js")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    columns: dict[str, dict[str, str]] = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for site in given.sites:
            name, _, rest = site.partition("=")
            folder, _, page = rest.rpartition(":")
            print(f"measuring {name}", file=sys.stderr, flush=True)
            columns[name] = measure(browser, axe, folder, page)
        browser.close()
    print(f"| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for row in next(iter(columns.values())):
        print(f"| {row} | {' | '.join(column[row] for column in columns.values())} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
