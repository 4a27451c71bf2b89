"""The report as JSON. The handbook documents it: what is added keeps the number, what changes or goes raises it."""

import json
from collections.abc import Sequence
from typing import Any

from octavo.tutorial.reporting import ReportedChapter, ReportedFailure, ReportedStep, can_update, trace_line
from octavo.tutorial.reports.characters import fit_text
from octavo.tutorial.reports.totals import count_totals
from octavo.tutorial.results import count_status

__all__ = ["SCHEMA", "json_report"]

SCHEMA = 1
"""The number of the form."""


def json_report(chapters: Sequence[ReportedChapter], seconds: float = 0.0) -> str:
    """Write the report of a run that took *seconds*."""
    totals = count_totals(chapters)
    report = {
        "schema": SCHEMA,
        "seconds": _seconds(seconds),
        "blocks": dict(totals.steps),
        "chapter_statuses": dict(totals.chapters),
        "chapters": [_chapter(chapter) for chapter in chapters],
    }
    return json.dumps(_fit(report), ensure_ascii=False, indent=2) + "\n"


def _chapter(chapter: ReportedChapter) -> dict[str, Any]:
    result = chapter.result
    recorded = result.recorded
    return {
        "file": chapter.file,
        "source": result.source,
        "title": result.title,
        "tutorial": result.tutorial,
        "status": result.status,
        "reason": result.reason,
        "seconds": _seconds(result.seconds),
        "blocks": dict(count_status(result)),
        "recorded": {
            "python": recorded.python,
            "system": recorded.system,
            "isolation": recorded.isolation,
            "date": recorded.date,
            "versions": dict(recorded.versions),
        },
        "notes": list(result.notes),
        "kept": result.kept,
        "steps": [_step(chapter, step) for step in chapter.steps],
    }


def _step(chapter: ReportedChapter, step: ReportedStep) -> dict[str, Any]:
    result = step.result
    return {
        "block": result.block,
        "file": step.location.file,
        "line": step.location.line,
        "end_line": step.end_line,
        "role": result.role,
        "label": result.label,
        "status": result.status,
        "reason": result.reason,
        "hidden": step.hidden,
        "compared": result.compared,
        "attempts": result.attempts,
        "seconds": _seconds(result.seconds),
        "failure": _failure(chapter, step.failure) if step.failure else None,
    }


def _failure(chapter: ReportedChapter, reported: ReportedFailure) -> dict[str, Any]:
    failure = reported.failure
    return {
        "code": failure.code,
        "message": failure.message,
        "hint": reported.hint,
        "hard": failure.hard,
        "can_update": can_update(failure),
        "file": reported.location.file,
        "line": reported.location.line,
        "column": reported.location.column,
        "excerpt": [{"line": line.number, "text": line.text} for line in reported.excerpt],
        "expected": list(failure.expected),
        "got": list(failure.got),
        "log_of": failure.log_of,
        "log": [
            {"text": line, "written_by": trace_line(line, chapter.result.tutorial, reported.writers)}
            for line in failure.log
        ],
    }


def _seconds(value: float) -> float:
    return round(value, 3)


def _fit(value: Any) -> Any:
    """Replace what UTF-8 or a terminal could not take, in every text."""
    if isinstance(value, str):
        return fit_text(value)
    if isinstance(value, dict):
        return {_fit(key): _fit(item) for key, item in value.items()}
    return [_fit(item) for item in value] if isinstance(value, list) else value
