"""`--report`: what was found, for machines."""

import os
from collections.abc import Sequence
from typing import Any

import click

from octavo.cli.console import Console
from octavo.errors import EnvironmentFault
from octavo.tutorial.reporting import ReportedChapter
from octavo.tutorial.reports import github_annotations, json_report, junit_report, step_summary

__all__ = ["ReportOption", "write_reports"]


class ReportOption(click.ParamType[tuple[str, str]]):
    """Reads `junit=FILE`, `json=FILE` or `github`."""

    name = "report"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split a kind from its file."""
        kind, _, file = str(value).partition("=")
        if kind == "github" and not file:
            return kind, ""
        if kind not in {"junit", "json"} or not file:
            self.fail(f"'{value}' is none of junit=FILE, json=FILE and github.", param, ctx)
        return kind, file


def write_reports(
    console: Console, chapters: Sequence[ReportedChapter], reports: Sequence[tuple[str, str]], seconds: float
) -> None:
    """Write the reports that were asked for; on GitHub its own without being asked.

    Raises:
        EnvironmentFault: a file cannot be written.

    """
    wanted = list(dict.fromkeys(reports))
    if os.environ.get("GITHUB_ACTIONS") == "true" and ("github", "") not in wanted:
        wanted.append(("github", ""))
    for kind, file in wanted:
        if kind == "github":
            console.commands(github_annotations(chapters))
            if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
                _write(summary, step_summary(chapters, seconds), mode="a")
            continue
        text = junit_report(chapters, seconds) if kind == "junit" else json_report(chapters, seconds)
        _write(file, text, mode="w")


def _write(file: str, text: str, *, mode: str) -> None:
    try:
        with open(file, mode, encoding="utf-8") as out:
            out.write(text)
    except OSError as problem:
        raise EnvironmentFault(
            f"the report `{file}` cannot be written: {problem.strerror}",
            hint="name a file in a folder that exists",
        ) from None
