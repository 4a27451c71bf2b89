"""Draw the samples of `preview.py` as one SVG: each save of each tool, and Octavo by the number of pages.

    python benchmarks/preview_figure.py RESULTS.json FILE [--size 1000]

The picture follows `prefers-color-scheme`, keeps its text as text, and is made for a width of 760 pixels.
"""

import argparse
import json
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from preview_report import exponent, merged, percentile, sessions_of, sizes_of
from preview_tools import TOOLS

WIDTH, ROW, LEFT, RIGHT = 760, 44, 96, 218
"""The picture's width, the height of a tool's row, what is left of the strips for names, right of them for numbers."""

GOALS = {1000: 75.0, 10000: 150.0}
"""Pages and milliseconds from the write to the event that Octavo means to keep, at the 95th percentile."""

STYLE = """
.ground { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e } .grid { stroke: #d8dee4 }
.peer { stroke: #57606a } .own { stroke: #0a7c59 } .event { stroke: #8250df } .goal { stroke: #bc4c00 }
.own-text { fill: #0a7c59 } .event-text { fill: #8250df } .goal-text { fill: #bc4c00 }
text { font: 13px system-ui, sans-serif } .head { font-size: 15px; font-weight: 600 } .small { font-size: 12px }
.strong { font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
path { fill: none } .dots { stroke-width: 4.5; stroke-linecap: round; opacity: .4 } .line { stroke-width: 2 }
.mark { stroke-width: 2.5 } .dash { stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
.ground { fill: #15191e } .ink { fill: #e6edf3 } .soft { fill: #a3adb8 } .grid { stroke: #343b44 }
.peer { stroke: #a3adb8 } .own { stroke: #4ecb9f } .event { stroke: #c49bff } .goal { stroke: #ffa657 }
.own-text { fill: #4ecb9f } .event-text { fill: #c49bff } .goal-text { fill: #ffa657 }
}
"""


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis: values from `low` to `high` lie between `begin` and `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Give the place of a value, with one decimal; beyond the ends it is the end."""
        share = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    def tens(self) -> list[float]:
        """List the powers of ten on the axis."""
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


def text(x: float, y: float, words: str, kind: str = "ink") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def path(steps: str, kind: str) -> str:
    return f'<path d="{steps}" class="{kind}"/>'


def duration(milliseconds: float) -> str:
    """Write a time as people say it: three digits at most."""
    if math.isinf(milliseconds):
        return "lost"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    digits = f"{milliseconds / 1000:.{1 if milliseconds < 9950 else 0}f}"
    return f"{digits.removesuffix('.0')} s"


def strip(samples: list[float], scale: Scale, y: float, kind: str) -> list[str]:
    """Draw each save as a dot, spread over the height of the row, and bars for the median and the 95th percentile."""
    dots = []
    for place, value in enumerate(samples):
        if not math.isinf(value):
            spread = (place * 0.618034 % 1 - 0.5) * (ROW - 22)
            dots.append(f"M{scale.at(value):g} {y + spread:.1f}h0")
    parts = [path("".join(dots), f"dots {kind}")]
    for share, half in ((0.5, 15), (0.95, 10)):
        value = percentile(samples, share)
        if not math.isinf(value):
            parts.append(path(f"M{scale.at(value):g} {y - half:g}v{2 * half}", f"mark {kind}"))
    return parts


def tools_panel(rows: list[tuple[str, list[float]]], pages: int, top: float) -> tuple[list[str], float]:
    """Draw the strips of all tools; gives the parts and where they end."""
    finite = [value for _, samples in rows for value in samples if not math.isinf(value)]
    scale = Scale(min(10.0, *finite), 10 ** math.ceil(math.log10(max(1000.0, *finite))), LEFT, WIDTH - RIGHT)
    parts = [
        text(
            16,
            top + 24,
            f"From the save to the changed page in the browser, {pages:,} pages",
            "ink head",
        ),
        text(
            16,
            top + 44,
            "Each dot is one save. The long bar is the median, the short one the 95th percentile.",
            "soft",
        ),
    ]
    first = top + 60
    bottom = first + ROW * len(rows)
    for value in scale.tens():
        parts.append(path(f"M{scale.at(value):g} {first:g}V{bottom:g}", "grid"))
        parts.append(text(scale.at(value), bottom + 18, duration(value), "soft middle"))
    for place, (name, samples) in enumerate(rows):
        y = first + ROW * (place + 0.5)
        own = name == "octavo"
        parts.append(text(LEFT - 10, y + 4, TOOLS[name].title, "own-text strong end" if own else "ink end"))
        parts += strip(samples, scale, y, "own" if own else "peer")
        lost = sum(map(math.isinf, samples))
        counted = f"{len(samples)} save{'s' if len(samples) != 1 else ''}" + (
            f", {lost} lost" if lost else ""
        )
        at = WIDTH - RIGHT + 16
        parts.append(
            text(
                at,
                y - 3,
                f"median {duration(percentile(samples, 0.5))}, p95 {duration(percentile(samples, 0.95))}",
                "ink",
            )
        )
        parts.append(text(at, y + 13, counted, "soft small"))
    return parts, bottom + 30


def growth_panel(points: list[dict[str, float]], top: float) -> tuple[list[str], float]:
    """Draw Octavo's 95th percentiles against the number of pages, with the goals."""
    height = 150
    across = Scale(
        points[0]["pages"] / 1.3, max(points[-1]["pages"] * 1.3, points[0]["pages"] * 10), LEFT, 440
    )
    values = [point[key] for point in points for key in ("event", "dom")] + list(GOALS.values())
    finite = [value for value in values if not math.isinf(value)]
    up = Scale(
        min(10.0, *finite), max(300.0, *(value * 1.2 for value in finite)), top + 72 + height, top + 72
    )
    parts = [text(16, top + 24, "Octavo by the number of pages, 95th percentile", "ink head")]
    if len(points) > 1:
        powers = [exponent([(point["pages"], point[key]) for point in points]) for key in ("dom", "event")]
        words = (
            "The time to the changed page grows with the pages to the power of {:.2f}, to the event {:.2f}."
        )
        parts.append(text(16, top + 44, words.format(*powers), "soft"))
    for value in (10, 30, 100, 300, 1000, 3000, 10000):
        if up.low <= value <= up.high:
            parts.append(path(f"M{LEFT} {up.at(value):g}H440", "grid"))
            parts.append(text(LEFT - 10, up.at(value) + 4, duration(value), "soft end"))
    parts += [
        text(across.at(point["pages"]), up.begin + 18, f"{point['pages']:,}", "soft middle")
        for point in points
    ]
    for pages, goal in GOALS.items():
        if across.low <= pages <= across.high:
            parts.append(path(f"M{across.at(pages) - 16:g} {up.at(goal):g}h32", "mark goal"))
    for key, kind in (("event", "event dash"), ("dom", "own")):
        steps = "L".join(
            f"{across.at(point['pages']):g} {up.at(point[key]):g}"
            for point in points
            if not math.isinf(point[key])
        )
        parts.append(path("M" + steps, f"line {kind}"))
        dots = "".join(f"M{across.at(point['pages']):g} {up.at(point[key]):g}h0" for point in points)
        parts.append(path(dots, f"dots {kind.split(maxsplit=1)[0]}"))
    for place, (kind, label, key) in enumerate(
        (("own-text", "changed page", "dom"), ("event-text", "event at the browser", "event"))
    ):
        numbers = " · ".join(duration(point[key]) for point in points)
        parts.append(text(464, top + 78 + 44 * place, label, f"{kind} strong"))
        parts.append(text(464, top + 96 + 44 * place, numbers, "ink"))
    parts.append(text(464, top + 78 + 88, "goal for the event", "goal-text strong"))
    parts.append(
        text(
            464,
            top + 96 + 88,
            " · ".join(f"{goal:g} ms at {pages:,}" for pages, goal in GOALS.items()),
            "ink",
        )
    )
    return parts, up.begin + 34


def draw(results: dict[str, Any], size: int) -> str:
    """Write the picture as text; *size* is the number of pages asked for in the first part."""
    names = list(dict.fromkeys(one["tool"] for one in results["sessions"] if one["asked"] == size))
    rows = [(name, merged(sessions_of(results, size, name))["dom"]) for name in names]
    rows = sorted(((name, dom) for name, dom in rows if dom), key=lambda row: percentile(row[1], 0.5))
    if not rows:
        raise SystemExit(f"there are no saves at {size} pages to draw")
    pages = next(one["pages"] for one in results["sessions"] if one["asked"] == size)
    parts, end = tools_panel(rows, pages, 0)
    points = []
    for asked in sizes_of(results):
        sessions = sessions_of(results, asked, "octavo")
        got = merged(sessions)
        if got["dom"] and got["event"]:
            points.append({
                "pages": sessions[0]["pages"], "event": percentile(got["event"], 0.95),
                "dom": percentile(got["dom"], 0.95),
            })  # fmt: skip
    if points:
        more, end = growth_panel(points, end)
        parts += more
    told = "; ".join(
        f"{TOOLS[name].title} median {duration(percentile(dom, 0.5))}, 95th percentile {duration(percentile(dom, 0.95))}, "
        f"{len(dom)} saves"
        for name, dom in rows
    )
    grown = "; ".join(
        f"{point['pages']:,} pages: event {duration(point['event'])}, changed page {duration(point['dom'])}"
        for point in points
    )
    versions = results["environment"]["versions"]
    used = ", ".join(
        f"{TOOLS[name].title} {versions[name].removeprefix('v').partition('-')[0]}" for name, _ in rows
    )
    cores, browser = results["environment"]["cores"], versions["chromium"].partition(".")[0]
    footer = f"Measured in one run on {cores} cores in Chromium {browser}."
    parts += [text(16, end + 12, footer, "soft small"), text(16, end + 30, used + ".", "soft small")]
    height = math.ceil(end + 44)
    description = f"At {pages:,} pages: {told}." + (
        f" Octavo at the 95th percentile: {grown}." if grown else ""
    )
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"',
        'role="img" aria-labelledby="title description">',
        '<title id="title">How long a save takes to reach the page in the browser</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" rx="6" class="ground"/>',
        *parts,
        "</svg>\n",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("figure", type=Path)
    parser.add_argument("--size", type=int, default=1000)
    options = parser.parse_args()
    results = json.loads(options.results.read_text(encoding="utf-8"))
    options.figure.write_text(draw(results, options.size), encoding="utf-8")


if __name__ == "__main__":
    main()
