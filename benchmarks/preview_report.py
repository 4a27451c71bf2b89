"""Figures out of the samples of `preview.py`: percentiles, the growth with the number of pages, the table."""

import math
import statistics
from typing import Any

__all__ = ["exponent", "merged", "percentile", "sizes_of", "table"]

LOST = math.inf
"""A save that never arrived: later than all others, so that it counts."""


def percentile(samples: list[float], share: float) -> float:
    """Give the nearest-rank percentile; not a number where there are no samples."""
    if not samples:
        return math.nan
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


def merged(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    """Join the rounds of one tool at one size.

    `dom` and `event` hold milliseconds since the write, LOST where the document never changed. A save whose document
    changed without a message that we understand is missing from `event` alone.
    """
    saves = [save for session in sessions for save in session.get("saves", [])]
    dom = [LOST if save["dom_ms"] is None else save["dom_ms"] for save in saves]
    return {
        "dom": dom,
        "event": _arrivals(saves, "event_ms"),
        "listener": _arrivals(saves, "listener_ms") if any(save["listener_ms"] for save in saves) else [],
        "lost": dom.count(LOST),
        "first_dom": [
            LOST if one["saves"][0]["dom_ms"] is None else one["saves"][0]["dom_ms"]
            for one in sessions
            if one.get("saves")
        ],
        "navigations": sum(save["navigations"] for save in saves),
        **{
            key: _median([session[key] for session in sessions if session.get(key) is not None])
            for key in ("cold_home_s", "cold_deep_s", "warm_home_s", "warm_deep_s", "settled_s", "peak_mb")
        },
    }


def _arrivals(saves: list[dict[str, Any]], key: str) -> list[float]:
    return [
        LOST if save["dom_ms"] is None else save[key]
        for save in saves
        if save["dom_ms"] is None or save[key] is not None
    ]


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else math.nan


def sizes_of(results: dict[str, Any]) -> list[int]:
    return sorted({session["asked"] for session in results["sessions"]})


def sessions_of(results: dict[str, Any], size: int, tool: str) -> list[dict[str, Any]]:
    return [one for one in results["sessions"] if (one["asked"], one["tool"]) == (size, tool)]


def exponent(points: list[tuple[float, float]]) -> float:
    """Fit the slope of log(time) over log(pages), least squares; not a number for fewer than two sizes."""
    usable = [(math.log(x), math.log(y)) for x, y in points if 0 < y < LOST]
    if len(usable) < 2:
        return math.nan
    mean_x = statistics.mean(x for x, _ in usable)
    mean_y = statistics.mean(y for _, y in usable)
    above = sum((x - mean_x) * (y - mean_y) for x, y in usable)
    return above / sum((x - mean_x) ** 2 for x, _ in usable)


def _number(value: float, digits: int = 0) -> str:
    if math.isnan(value):
        return "-"
    return "lost" if math.isinf(value) else f"{value:,.{digits}f}"


def table(results: dict[str, Any]) -> str:
    """Write all figures as text, a block for each size."""
    lines = []
    for size in sizes_of(results):
        names = list(dict.fromkeys(one["tool"] for one in results["sessions"] if one["asked"] == size))
        pages = next(one["pages"] for one in results["sessions"] if one["asked"] == size)
        lines.append(f"\n{pages:,} pages: write to event and to changed DOM in ms; start to first page in s")
        lines.append(
            f"{'tool':<14}{'saves':>6}{'lost':>5}{'reloads':>8}  {'event: median':>13}{'p95':>9}{'max':>9}"
            f"  {'DOM: median':>12}{'p95':>9}{'max':>9}  {'cold: home':>10}{'deep':>7}  {'warm: home':>10}{'deep':>7}{'MB':>6}"
        )
        for name in names:
            got = merged(sessions_of(results, size, name))
            event, dom = got["event"], got["dom"]
            lines.append(
                f"{name:<14}{len(dom):>6}{got['lost']:>5}{got['navigations']:>8}  "
                f"{_number(percentile(event, 0.5)):>13}{_number(percentile(event, 0.95)):>9}{_number(percentile(event, 1)):>9}  "
                f"{_number(percentile(dom, 0.5)):>12}{_number(percentile(dom, 0.95)):>9}{_number(percentile(dom, 1)):>9}  "
                f"{_number(got['cold_home_s'], 2):>10}{_number(got['cold_deep_s'], 2):>7}  "
                f"{_number(got['warm_home_s'], 2):>10}{_number(got['warm_deep_s'], 2):>7}{_number(got['peak_mb']):>6}"
            )
            if got["first_dom"]:
                firsts = ", ".join(_number(value) for value in got["first_dom"])
                lines.append(f"{'':<14}DOM of the first save after each start, counted above too: {firsts}")
            if got["listener"]:
                lines.append(
                    f"{'':<14}a listener without a browser: median {_number(percentile(got['listener'], 0.5))}, "
                    f"p95 {_number(percentile(got['listener'], 0.95))}, max {_number(percentile(got['listener'], 1))}"
                )
    lines += ["", *_growth(results), *_notes(results)]
    return "\n".join(lines)


def _growth(results: dict[str, Any]) -> list[str]:
    """Say how Octavo's times grow, where there are two sizes or more."""
    points: dict[str, list[tuple[float, float]]] = {}
    for size in sizes_of(results):
        sessions = sessions_of(results, size, "octavo")
        if not sessions:
            continue
        got, pages = merged(sessions), sessions[0]["pages"]
        for what in ("event", "dom"):
            for label, share in (("median", 0.5), ("p95", 0.95)):
                points.setdefault(f"{what} {label}", []).append((pages, percentile(got[what], share)))
    return [
        f"growth of Octavo's {name}: exponent {exponent(pairs):.2f}"
        for name, pairs in points.items()
        if len(pairs) > 1
    ]


def _notes(results: dict[str, Any]) -> list[str]:
    lines = []
    clocks = [bound for one in results["sessions"] for bound in one.get("clock_ms", [])]
    if clocks:
        lines.append(
            f"clock of the page against that of the writer: {min(clocks):+.2f} to {max(clocks):+.2f} ms (bounds, not corrected)"
        )
    for one in results["sessions"]:
        lines += [
            f"{one['tool']} at {one['asked']}, round {one['round'] + 1}: {note}"
            for note in one.get("notes", [])
        ]
    return lines
