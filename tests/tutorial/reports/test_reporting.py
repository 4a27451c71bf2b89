"""Results joined with their pages: lines, excerpts, and who wrote the files that a log names."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from sample import FIRST, SECOND, blocks_of, sample, step

from octavo.errors import Location
from octavo.tutorial.reporting import can_update, failure_diagnostics, report_chapter, trace_line
from octavo.tutorial.results import ChapterResult, StepFailure


def line_of(text, wanted):
    return text.split("\n").index(wanted) + 1


def failed(text, block, role, failure):
    """Report one failed block of a page alone."""
    result = ChapterResult(
        source="flask/01-a.md",
        title="A",
        tutorial="notes",
        status="failed",
        steps=(step(block, role, "failed", "label", failure=failure),),
    )
    page = blocks_of(text, "01-a.md")
    return report_chapter(result, [page], "content/flask/01-a.md").steps[0]


def test_a_failed_line_is_shown_with_the_command_that_it_belongs_to():
    reported = sample()[0].steps[3].failure

    assert Location("content/flask/01-first.md", line_of(FIRST, "<h1>My notes</h1>"), 1) == reported.location
    assert [
        (line_of(FIRST, "$ curl http://127.0.0.1:5000/"), "$ curl http://127.0.0.1:5000/"),
        (line_of(FIRST, "<h1>My notes</h1>"), "<h1>My notes</h1>"),
    ] == [(line.number, line.text) for line in reported.excerpt]


def test_a_step_names_its_first_and_its_last_line():
    reported = sample()[0].steps[1]

    assert line_of(FIRST, '```python title="app.py"') == reported.location.line
    assert line_of(FIRST, '    return "<h1>Notes</h1>"') == reported.end_line


def test_a_difference_stands_at_the_first_line_that_differs():
    text = "```console\n$ ls\na\n...\nc\nd\n```\n"
    failure = StepFailure(
        code="run-output", message="no", line=1, expected=("a", "...", "c", "d"), got=("a", "b", "c", "e")
    )

    reported = failed(text, 0, "console", failure).failure

    assert [(2, "$ ls"), (6, "d")] == [(line.number, line.text) for line in reported.excerpt]
    assert reported.location.line == 6


def test_a_difference_of_texts_that_the_page_writes_in_another_way_stands_where_they_begin():
    text = "```console\n$ ls\na\nb\n```\n"
    failure = StepFailure(code="run-output", message="no", line=1, expected=("a", "B"), got=("a", "C"))

    assert failed(text, 0, "console", failure).failure.location.line == 3


def test_a_failure_without_a_line_stands_at_the_line_that_opens_the_block():
    reported = failed(FIRST, 2, "console", StepFailure(code="run-exit", message="no")).failure

    opening = line_of(FIRST, '```console background="web"')
    assert Location("content/flask/01-a.md", opening, 1) == reported.location
    assert [(opening, '```console background="web"')] == [
        (each.number, each.text) for each in reported.excerpt
    ]


def test_a_failure_of_a_response_is_shown_with_its_request():
    text = "```http\nGET /a HTTP/1.1\n\nHTTP/1.1 200 OK\n\nhello\n```\n"

    reported = failed(text, 0, "http", StepFailure(code="run-body", message="no", line=4)).failure

    assert ["GET /a HTTP/1.1", "hello"] == [line.text for line in reported.excerpt]


def test_a_line_that_the_block_does_not_have_breaks_nothing():
    reported = failed(FIRST, 2, "console", StepFailure(code="run-exit", message="no", line=99)).failure

    assert ["$ flask run"] == [line.text for line in reported.excerpt[:1]]


def test_a_result_of_a_block_that_the_page_does_not_have_is_still_told():
    reported = failed(FIRST, 99, "console", StepFailure(code="run-exit", message="no", line=1))

    assert Location("content/flask/01-a.md") == reported.location
    assert reported.failure.failure.message == "no"


def test_every_failed_block_gives_one_diagnostic_and_a_blocked_chapter_none():
    found = [failure_diagnostics(chapter) for chapter in sample()]

    assert [["run-output"], ["run-server"], [], []] == [[each.code for each in group] for group in found]
    server = found[1][0]
    assert f"content/flask/02-notes.md:{line_of(SECOND, '$ flask run')}:1" == str(server.location)
    assert (server.excerpt, server.hint) == ("$ flask run", "the server must print the lines shown")


def test_only_a_soft_difference_of_texts_can_be_accepted():
    wrong = StepFailure(code="run-output", message="differs", expected=("a",), got=("b",))
    hard = StepFailure(code="run-output", message="differs", expected=("a",), got=("b",), hard=True)
    status = StepFailure(code="run-status", message="status 500", expected=("200",), got=("500",))

    assert [True, False, False] == [can_update(each) for each in (wrong, hard, status)]


DB = line_of(SECOND, "from flask import Flask, g")
EDIT = line_of(SECOND, '> ```python title="app.py" edit')


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('  File "notes/db.py", line 5, in connect', f"content/flask/02-notes.md:{DB + 4}"),
        ('  File "/path/to/project/db.py", line 1', f"content/flask/02-notes.md:{DB}"),
        ("db.py:5: NameError", f"content/flask/02-notes.md:{DB + 4}"),
        ("    at run (/path/to/project/db.py:2:7)", f"content/flask/02-notes.md:{DB + 1}"),
        ("./db.py:3", f"content/flask/02-notes.md:{DB + 2}"),
        ('  File "notes/app.py", line 2', f"content/flask/02-notes.md:{EDIT}"),
        ('  File "/usr/lib/python3/flask/app.py", line 2', ""),
        ("site-packages/app.py:2", ""),
        ("http://127.0.0.1:5000/", ""),
        ("db.py has five lines", ""),
        ("", ""),
    ],
)
def test_a_line_of_a_log_leads_to_the_line_of_the_page_that_wrote_the_code(line, place):
    writers = sample()[1].steps[2].failure.writers

    assert place == trace_line(line, "notes", writers)


def test_a_block_counts_neither_itself_nor_what_follows_among_the_writers():
    edit = failed(SECOND, 1, "edit", StepFailure(code="edit-fit", message="no")).failure

    assert ["db.py"] == [writer.path for writer in edit.writers]


def test_the_last_writer_of_a_file_may_stand_in_a_chapter_before():
    pages = [blocks_of(FIRST, "01-first.md"), blocks_of("```console\n$ flask run\n```\n", "02-run.md")]
    result = ChapterResult(
        source="flask/02-run.md",
        title="Run",
        tutorial="notes",
        status="failed",
        steps=(
            step(0, "console", "failed", "$ flask run", failure=StepFailure(code="run-exit", message="no")),
        ),
    )

    reported = report_chapter(result, pages, "content/flask/02-run.md").steps[0].failure

    opening = line_of(FIRST, '```python title="app.py"')
    assert [("app.py", Location("content/flask/01-first.md", opening, 1), opening + 1)] == [
        (writer.path, writer.location, writer.first_line) for writer in reported.writers
    ]


def test_a_chapter_that_failed_without_a_block_says_why():
    result = ChapterResult(
        source="flask/01-a.md", title="A", tutorial="n", status="failed", reason="no uv and no pip"
    )

    chapter = report_chapter(result, [blocks_of(FIRST, "01-a.md")], "content/flask/01-a.md")

    assert chapter.unexplained == "no uv and no pip"
    assert ["content/flask/01-a.md no uv and no pip"] == [
        f"{each.location} {each.message}" for each in failure_diagnostics(chapter)
    ]
    assert [""] * 4 == [chapter.unexplained for chapter in sample()]
