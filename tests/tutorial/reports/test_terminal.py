"""What a terminal gets of a run: which lines, with which options, in which colours, on which stream."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from sample import sample, step

from octavo.cli.console import Console
from octavo.cli.painting import as_plain
from octavo.cli.testoutput import RunProgress, chapter_lines, show_chapter, show_summary, summary_lines
from octavo.tutorial.reporting import report_chapter
from octavo.tutorial.results import ChapterResult, StepFailure


@pytest.fixture(name="plain", autouse=True)
def fixture_plain(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def show(console):
    chapters = sample()
    for chapter in chapters:
        show_chapter(console, chapter)
    show_summary(console, chapters, 3.4)


def test_all_of_it_is_a_result_and_goes_to_stdout(capsys):
    show(Console())

    shown = capsys.readouterr()
    assert shown.out.startswith("  ✗ content/flask/01-first.md")
    assert shown.out.split("\n")[-2].startswith("2 failed, 6 verified, ")
    assert shown.err == ""


def test_quiet_shows_what_failed_and_nothing_else(capsys):
    show(Console(quiet=True))

    lines = capsys.readouterr().out.strip("\n").split("\n")
    assert lines[0].startswith("FAILED content/flask/01-first.md:28   the output differs")
    assert lines[-1].startswith("   look:")


def test_quiet_shows_nothing_of_a_run_without_a_failure(capsys):
    chapter = sample()[3]
    console = Console(quiet=True)
    show_chapter(console, chapter)
    show_summary(console, [chapter], 0.1)

    assert capsys.readouterr().out == ""


def test_the_place_of_a_failure_stands_at_the_eighth_column(capsys):
    show(Console(quiet=True))

    heads = [line for line in capsys.readouterr().out.split("\n") if line.startswith("FAILED")]
    assert [7, 7] == [line.index("content/") for line in heads]


def test_verbose_lists_every_block():
    chapter = sample()[0]

    shown = as_plain(chapter_lines(chapter, verbose=True)).split("\n")
    assert len(shown) == 1 + len(chapter.steps)
    assert "2 attempts" in shown[3]


def test_a_blocked_chapter_is_one_line_and_does_not_repeat_the_cause(capsys):
    chapters = sample()[1:3]
    console = Console()
    show_chapter(console, chapters[1])
    assert capsys.readouterr().out == (
        "  ◌ content/flask/03-forms.md         blocked: flask/02-notes.md failed\n"
    )

    show_summary(console, chapters, 1.0)
    assert capsys.readouterr().out.count("FAILED") == 1


def test_what_holds_for_the_machine_is_noted_once(capsys):
    results = [
        ChapterResult(source=name, title="B", tutorial="a", status="verified", notes=("no namespaces",))
        for name in ("a/b.md", "a/c.md")
    ]
    show_summary(Console(), [report_chapter(each, [], f"content/{each.source}") for each in results], 1.0)

    assert capsys.readouterr().err == "note: no namespaces\n"


def test_there_is_no_colour_where_stdout_is_no_terminal(capsys):
    show(Console())

    assert "\x1b" not in capsys.readouterr().out


def test_colours_are_shown_where_they_are_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    show(Console())

    assert "\x1b[1;31mFAILED\x1b[0m" in capsys.readouterr().out


def test_no_colour_stands_above_all(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    show(Console())

    assert "\x1b" not in capsys.readouterr().out


def test_a_log_gives_github_no_orders(capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    failure = StepFailure(code="run-exit", message="no", log=("::error::x", "##[error]x"))
    result = ChapterResult(
        source="a/b.md",
        title="B",
        tutorial="a",
        status="failed",
        steps=(step(0, "console", "failed", "$ x", failure=failure),),
    )
    show_summary(Console(), [report_chapter(result, [], "content/a/b.md")], 1.0)

    shown = capsys.readouterr().out
    assert "::error::x" in shown
    assert not any(line.lstrip().startswith("::") for line in shown.split("\n"))
    assert "##[" not in shown


def test_accepting_is_offered_where_a_text_differs_and_nowhere_else(capsys):
    show(Console())

    shown = capsys.readouterr().out
    assert "   accept:  octavo test content/flask/01-first.md:23 --update\n" in shown
    assert shown.count("accept:") == 1


def test_what_one_types_can_be_copied_where_a_path_has_spaces(capsys):
    failure = StepFailure(code="run-exit", message="no")
    result = ChapterResult(
        source="a/b c.md",
        title="B",
        tutorial="a",
        status="failed",
        steps=(step(0, "console", "failed", "$ x", failure=failure),),
    )
    show_summary(Console(), [report_chapter(result, [], "content/a/b c.md")], 1.0)

    assert "octavo test 'content/a/b c.md'" in capsys.readouterr().out


def test_what_a_program_printed_cannot_be_taken_for_what_it_did_not(capsys):
    failure = StepFailure(code="run-output", message="differs", expected=("a\u200bb",), got=("ab\tc\x1b[2J",))
    result = ChapterResult(
        source="a/b.md",
        title="B",
        tutorial="a",
        status="failed",
        steps=(step(0, "console", "failed", "$ x", failure=failure),),
    )
    show_summary(Console(), [report_chapter(result, [], "content/a/b.md")], 1.0)

    shown = capsys.readouterr().out
    assert "- a\\u200bb\n" in shown
    assert "+ ab\\tc\\x1b[2J\n" in shown


def test_a_run_of_nothing_is_not_said_to_be_green():
    assert "nothing to verify" in as_plain(summary_lines([], 0.0))


def test_progress_names_the_chapter_and_the_block_and_never_exceeds_its_total():
    class Told:
        def __init__(self):
            self.calls = []

        def progress(self, *call):
            self.calls.append(call)

    told = Told()
    progress = RunProgress(told, 1)
    progress("flask/01.md", "$ flask run")
    progress("flask/01.md", "GET /")

    assert [("flask/01.md  $ flask run", 0, 1), ("flask/01.md  GET /", 1, 1)] == told.calls
