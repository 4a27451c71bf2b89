"""Diagnostics, summaries and progress: what people and machines read.

Results (JSON, annotations, explanations) go to stdout, all else to stderr. Colour carries no meaning of its own.
"""

import contextlib
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Literal, Self, TextIO, TypeVar

import click

from octavo.cli.painting import Line, as_plain, as_styled, cells
from octavo.engine import BuildReport
from octavo.errors import Diagnostic, OctavoError, count_errors, count_warnings

__all__ = ["Console", "Format", "clean", "diagnostic_text", "fault_text", "format_option"]

Format = Literal["text", "json", "github"]
Command = TypeVar("Command", bound=Callable[..., Any])
_EXCERPT_WIDTH = 120
_PROGRESS_AFTER = 1.0
_PROGRESS_EVERY = 0.1
"""Seconds; drawing for every page would cost as much as making it."""


def format_option() -> Callable[[Command], Command]:
    """Give the `--format` option that build and check share."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(["text", "json", "github"]),
        help="How problems are shown. [default: text, and github as well on GitHub Actions]",
    )


class Console:
    """Writes for one command."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, style: Format | None = None) -> None:
        on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        self.style: Format = style or ("github" if on_github else "text")
        self.quiet = quiet
        self.verbose = verbose
        self._on_github = on_github
        self._colour = not on_github and _wants_colour(sys.stderr)
        self._paints = not on_github and _wants_colour(sys.stdout)
        self._progress: Any = None
        self._task: Any = None
        self._is_terminal = sys.stderr.isatty()
        self._next_progress = time.monotonic() + _PROGRESS_AFTER

    @classmethod
    def from_context(cls, context: click.Context | None, style: Format | None = None) -> Self:
        """Make the console that the global options ask for."""
        context = context or click.get_current_context(silent=True)
        settings = (context.obj if context is not None else None) or {}
        return cls(quiet=bool(settings.get("quiet")), verbose=bool(settings.get("verbose")), style=style)

    def note(self, text: str) -> None:
        """Say something that is no problem of the content."""
        if not self.quiet:
            self._clear()
            _tell(f"note: {clean(text)}")

    def say(self, text: str) -> None:
        """Print a line for people."""
        if not self.quiet:
            self._clear()
            _tell(clean(text))

    def result(self, text: str) -> None:
        """Print a line of the result."""
        _give(clean(text))

    def paint(self, lines: Iterable[Line]) -> None:
        """Print lines of the result, in colour where stdout is a terminal that wants it."""
        listed = tuple(lines)
        if not listed:
            return
        self._clear()
        text = as_styled(listed) if self._paints else as_plain(listed)
        # GitHub reads `##[command]` as an order wherever it stands in a line.
        _give(text.replace("##[", "##\u200b[") if self._on_github else text)

    def commands(self, lines: Iterable[str]) -> None:
        """Print workflow commands for GitHub, one a line."""
        self._clear()
        for line in lines:
            _give(clean(line))

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show problems as text, and as annotations where GitHub reads them; JSON shows them with the report."""
        self._clear()
        for item in diagnostics:
            if self.style == "github":
                _give(_annotation(item))
            if self.style != "json":
                _tell(self._text(item))

    def report(self, report: BuildReport, summary: str) -> None:
        """Show a report: its problems, then what was done and what was not."""
        self.diagnostics(report.diagnostics)
        if self.style == "json":
            _give(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
        for text in report.notes:
            self.note(text)
        if self.verbose:
            for path in report.written:
                self.say(f"wrote {path}")
            for path in report.pruned:
                self.say(f"removed {path}")
        errors, warnings = count_errors(report.diagnostics), count_warnings(report.diagnostics)
        found = [_plural(errors, "error")] if errors else []
        found += [_plural(warnings, "warning")] if warnings else []
        self.say(summary + (f"; {', '.join(found)}" if found else ""))

    def stages(self, report: BuildReport) -> None:
        """Show where the time went."""
        for stage, seconds in report.stages:
            _tell(f"{stage:>10} {seconds * 1000:9.1f} ms")

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is, on a terminal, once the work has taken a second."""
        now = time.monotonic()
        if self.quiet or not self._is_terminal or now < self._next_progress:
            return
        self._next_progress = now + _PROGRESS_EVERY
        if self._progress is None:
            from rich.console import Console as Terminal  # noqa: PLC0415 - costs 50 ms, and only a terminal needs it
            from rich.progress import (  # noqa: PLC0415
                BarColumn,
                Progress,
                TaskProgressColumn,
                TextColumn,
                TimeRemainingColumn,
            )

            # No refresh thread: workers must never be forked from a process that has one.
            # The stage may name a block of a page, whose brackets are no markup.
            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                console=Terminal(stderr=True),
                auto_refresh=False,
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task(clean(stage), total=total)
        self._progress.update(self._task, description=clean(stage), completed=done, total=total)
        self._progress.refresh()

    def _clear(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _text(self, item: Diagnostic) -> str:
        return diagnostic_text(item, self._style)

    def _style(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self._colour else text


def diagnostic_text(item: Diagnostic, style: Callable[..., str] = lambda text, **_: text) -> str:
    """Give a problem as people read it; *style* dresses a text in click's words."""
    colour = "red" if item.severity == "error" else "yellow"
    head = style(f"{item.severity}[{item.code}]", fg=colour, bold=True)
    lines = [f"{style(str(item.location), bold=True)}: {head}: {clean(item.message)}"]
    if item.excerpt.strip():
        lines += _excerpt(item)
    if item.hint:
        lines.append(f"{style('hint', bold=True)}: {clean(item.hint)}")
    return "\n".join(lines)


def fault_text(problem: OctavoError) -> str:
    """Give what ends a command as people read it: the problems behind it, the message, the hint."""
    lines = [diagnostic_text(item) for item in problem.diagnostics]
    return "\n".join((*lines, clean(problem.message), *([f"hint: {problem.hint}"] if problem.hint else [])))


def _wants_colour(stream: TextIO) -> bool:
    return "NO_COLOR" not in os.environ and (stream.isatty() or "FORCE_COLOR" in os.environ)


def _give(text: str) -> None:
    """Print to stdout; a reader that has gone changes neither what a command does nor how it ends."""
    with contextlib.suppress(BrokenPipeError):
        print(text)


def _tell(text: str) -> None:
    """Print to stderr, in the same way."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=sys.stderr)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def clean(text: str) -> str:
    """Show control characters as escapes, so that no content can move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char == "\n" or char.isprintable() or unicodedata.category(char) in {"Cf", "Zs"}
        else _escape(char)
        for char in text
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")


def _excerpt(item: Diagnostic) -> list[str]:
    """Show the source line and a caret; a long line is cut around the column."""
    line, column = item.excerpt.expandtabs(1).rstrip(), item.location.column
    start = max(0, column - 1 - _EXCERPT_WIDTH // 2) if len(line) > _EXCERPT_WIDTH else 0
    shown = ("…" if start else "") + line[start : start + _EXCERPT_WIDTH]
    if start + _EXCERPT_WIDTH < len(line):
        shown += "…"
    margin = str(item.location.line) if item.location.line else ""
    lines = [f"  {margin} | {clean(shown)}"]
    if 0 < column <= len(line) + 1:
        before = clean(("…" if start else "") + line[start : column - 1])
        lines.append(" " * (len(margin) + 3) + "| " + " " * cells(before) + "^")
    return lines


def _annotation(item: Diagnostic) -> str:
    """Write a GitHub workflow command (GitHub Docs, workflow commands)."""
    place = item.location
    values = [f"file={_property(place.file)}"]
    values += [f"line={place.line}"] if place.line else []
    values += [f"col={place.column}"] if place.column else []
    values.append(f"title={_property(item.code)}")
    message = item.message + (f"\nhint: {item.hint}" if item.hint else "")
    return f"::{item.severity} {','.join(values)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _as_json(report: BuildReport) -> dict[str, Any]:
    counts = report.counts
    return {
        "published": report.published,
        "seconds": round(report.seconds, 3),
        "counts": {name: getattr(counts, name) for name in counts.__struct_fields__},
        "diagnostics": [
            {
                "code": item.code,
                "severity": item.severity,
                "message": item.message,
                "file": item.location.file,
                "line": item.location.line or None,
                "column": item.location.column or None,
                "excerpt": item.excerpt,
                "hint": item.hint,
            }
            for item in report.diagnostics
        ],
    }
