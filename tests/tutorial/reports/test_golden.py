"""One run in every form that it is shown in, against files that a person can read.

`OCTAVO_GOLDEN=overwrite` rewrites them.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from sample import FIRST, blocks_of, sample

from octavo.cli.failureoutput import failure_lines
from octavo.cli.painting import as_plain
from octavo.cli.testlist import list_lines, list_totals
from octavo.cli.testoutput import chapter_lines, summary_lines
from octavo.tutorial import Given, read_steps
from octavo.tutorial.listing import list_blocks
from octavo.tutorial.reports import github_annotations, json_report, junit_report, step_summary

GOLDEN = Path(__file__).with_name("golden")


def terminal(*, verbose):
    chapters = sample()
    lines = []
    for chapter in chapters:
        lines += chapter_lines(chapter, verbose=verbose)
    for chapter in chapters:
        for step in chapter.steps:
            lines += failure_lines(chapter, step, step.failure) if step.failure else ()
    return as_plain([*lines, *summary_lines(chapters, 3.36)]) + "\n"


def listing():
    text = (
        FIRST
        + '\n```python title="../x.py"\nx = 1\n```\n\n```python run only="full" raises="OSError"\nx\n```\n'
    )
    page = blocks_of(text, "01-first.md")
    steps, _ = read_steps(page.blocks, Given())
    listed = list_blocks(steps, page)
    return as_plain([*list_lines("content/flask/01-first.md", listed), *list_totals(listed)]) + "\n"


FORMS = {
    "terminal.txt": lambda: terminal(verbose=False),
    "terminal-verbose.txt": lambda: terminal(verbose=True),
    "list.txt": listing,
    "junit.xml": lambda: junit_report(sample(), 3.36),
    "report.json": lambda: json_report(sample(), 3.36),
    "github.txt": lambda: "".join(f"{line}\n" for line in github_annotations(sample())),
    "summary.md": lambda: step_summary(sample(), 3.36),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_run_is_shown_as_recorded(name):
    actual = FORMS[name]()
    if os.environ.get("OCTAVO_GOLDEN") == "overwrite":
        (GOLDEN / name).write_text(actual, encoding="utf-8")

    assert (GOLDEN / name).read_text(encoding="utf-8") == actual
