"""The report as JUnit XML, as Jenkins' schema `junit-10.xsd` wants it: one suite a chapter, one case a block.

A case has no attribute for a place there: its failure names it, and the suite names the file. The names of cases hold no
line numbers, so that a series of reports knows a block again after prose above it has changed.
"""

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from octavo.tutorial.difflines import diff_lines, shorten_diff
from octavo.tutorial.reporting import ReportedChapter, ReportedFailure, ReportedStep
from octavo.tutorial.reports.characters import fit_line, fit_text

__all__ = ["junit_report"]

_DIFF_LINES = 400


def junit_report(chapters: Sequence[ReportedChapter], seconds: float = 0.0) -> str:
    """Write the report of a run that took *seconds*."""
    suites = [_Suite(chapter) for chapter in chapters]
    attributes = {
        "name": "octavo",
        "tests": str(sum(suite.tests for suite in suites)),
        "failures": str(sum(suite.failures for suite in suites)),
        "errors": str(sum(suite.errors for suite in suites)),
        "time": _time(seconds),
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _open("testsuites", attributes)]
    for suite in suites:
        lines += suite.lines()
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


class _Suite:
    """One chapter on its way to XML."""

    def __init__(self, chapter: ReportedChapter) -> None:
        self.chapter = chapter
        self.name = chapter.result.source.removesuffix(".md")
        statuses = Counter(step.result.status for step in chapter.steps)
        # A chapter of which nothing was run still counts, as one case.
        self.idle = not chapter.steps and chapter.result.status in {"blocked", "not-started", "recorded"}
        self.failures = sum(step.failure is not None for step in chapter.steps)
        self.errors = int(bool(chapter.unexplained))
        self.skipped = (
            statuses["skipped"]
            + statuses["not-run"]
            + statuses["xfailed"]
            + int(self.idle and self._is_skipped)
        )
        self.tests = len(chapter.steps) + self.errors + int(self.idle)

    @property
    def _is_skipped(self) -> bool:
        return self.chapter.result.status != "recorded"

    def lines(self) -> Iterator[str]:
        """Give the lines of the suite."""
        result = self.chapter.result
        attributes = {
            "name": self.name,
            "tests": str(self.tests),
            "failures": str(self.failures),
            "errors": str(self.errors),
            "skipped": str(self.skipped),
            "time": _time(result.seconds),
            "file": self.chapter.file,
        }
        yield "  " + _open("testsuite", attributes)
        yield from self._properties()
        names = _names(self.chapter.steps)
        for step, name in zip(self.chapter.steps, names, strict=True):
            yield from self._case(name, step.result.seconds, _outcome(self.chapter, step))
        if self.errors:
            yield from self._case("chapter", 0.0, [_element("error", {"message": self.chapter.unexplained})])
        if self.idle:
            reason = f"{result.status}: {result.reason}" if result.reason else result.status
            outcome = [_element("skipped", {"message": reason})] if self._is_skipped else []
            yield from self._case("chapter", 0.0, outcome)
        yield "  </testsuite>"

    def _case(self, name: str, seconds: float, outcome: Iterable[str]) -> Iterator[str]:
        attributes = {"name": name, "classname": self.name.replace("/", "."), "time": _time(seconds)}
        inside = list(outcome)
        if not inside:
            yield "    " + _open("testcase", attributes, closed=True)
            return
        yield "    " + _open("testcase", attributes)
        yield from ("      " + line for line in inside)
        yield "    </testcase>"

    def _properties(self) -> Iterator[str]:
        result = self.chapter.result
        found = [
            ("status", result.status),
            ("python", result.recorded.python),
            ("system", result.recorded.system),
        ]
        found += [(f"version {name}", version) for name, version in result.recorded.versions]
        found += [
            (f"attempts at line {step.location.line}", str(step.result.attempts))
            for step in self.chapter.steps
            if step.result.attempts > 1
        ]
        yield "    <properties>"
        for name, value in found:
            if value:
                yield "      " + _open("property", {"name": name, "value": value}, closed=True)
        yield "    </properties>"


def _names(steps: Sequence[ReportedStep]) -> list[str]:
    """Name the cases of a suite; those with one name are numbered in their order."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for step in steps:
        name = f"{step.result.role} {step.result.label}".strip()
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names


def _outcome(chapter: ReportedChapter, step: ReportedStep) -> list[str]:
    result = step.result
    if step.failure:
        attributes = {"message": step.failure.failure.message, "type": step.failure.failure.code}
        return [_element("failure", attributes, _explain(chapter, step, step.failure))]
    if result.status == "xfailed":
        return [_element("skipped", {"message": _reason("failed as expected", result.reason)})]
    if result.status in {"skipped", "not-run"}:
        word = "skipped" if result.status == "skipped" else "not run"
        return [_element("skipped", {"message": _reason(word, result.reason)})]
    return []


def _reason(word: str, reason: str) -> str:
    return f"{word}: {reason}" if reason else word


def _explain(chapter: ReportedChapter, step: ReportedStep, reported: ReportedFailure) -> str:
    failure = reported.failure
    lines = [f"{reported.location}: {failure.message}"]
    lines += [f"{line.number} | {line.text}" for line in reported.excerpt]
    if failure.expected or failure.got:
        lines.append("expected -, got +")
        differing = shorten_diff(diff_lines(failure.expected, failure.got), _DIFF_LINES)
        lines += [f"{line.sign} {line.text}" for line in differing]
    if failure.log:
        lines.append(f"log of {failure.log_of}:" if failure.log_of else "log:")
        lines += [f"| {line}" for line in failure.log]
    if reported.hint:
        lines.append(f"hint: {reported.hint}")
    lines.append(f"again: octavo test {chapter.address(step)}")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"


def _open(name: str, attributes: dict[str, str], *, closed: bool = False) -> str:
    written = "".join(f' {key}="{_escape(fit_line(value))}"' for key, value in attributes.items())
    return f"<{name}{written}{'/' if closed else ''}>"


def _element(name: str, attributes: dict[str, str], text: str = "") -> str:
    if not text:
        return _open(name, attributes, closed=True)
    return f"{_open(name, attributes)}{_escape(fit_text(text))}</{name}>"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
