"""Chapters under `octavo serve --test`: which comes next, what its page says of it, and when that is forgotten."""

import pytest

from octavo.errors import Location, error
from octavo.preview.checks import ChapterChecks
from octavo.preview.problems import encode_problems
from octavo.tutorial import ChapterResult, Recorded, StepFailure, StepResult
from previewedsite import PreviewedSite
from provensite import prove
from sitebuilder import Site

A = "# A\n\nProse.\n\n<!-- hidden\n```console\n$ true\n```\n-->\n\n```console\n$ echo one\none\n```\n"
B = "# B\n\nProse.\n\n```console\n$ echo two\ntwo\n```\n"


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("").page("index.md", "# Home\n")
    site.page("notes/index.md", "---\ntutorial:\n---\n\n# Notes\n")
    site.page("notes/00-prose.md", "# Only prose\n")
    return site.page("notes/01-a.md", A).page("notes/02-b.md", B)


@pytest.fixture
def preview(site):
    preview = PreviewedSite(site.root)
    yield preview
    preview.close()


@pytest.fixture
def checks(preview):
    checks = ChapterChecks(preview.session, secrets={})
    checks.follow()
    return checks


def taken(checks, *recent):
    task = checks.take(recent)
    return task.chapter.source if task is not None else None


def result_of(task, *, failure=None):
    """Give a result in which all blocks passed, or the last one failed."""
    *others, last = task.task.steps
    steps = [StepResult(block=step.block, role=step.role, status="passed") for step in others]
    status = "passed" if failure is None else "failed"
    steps.append(StepResult(block=last.block, role=last.role, status=status, failure=failure))
    return ChapterResult(
        source=task.chapter.source,
        title="",
        tutorial="notes",
        status="verified" if failure is None else "failed",
        steps=tuple(steps),
        recorded=Recorded(python="3.13.1", date="2026-11-25"),
    )


DIFFERS = StepFailure(
    code="run-output", message="output differs", line=1, expected=("one",), got=("eins",), hint="look"
)


def fail(checks, source):
    task = checks.take([])
    assert source == task.chapter.source
    return checks.finish(task, result_of(task, failure=DIFFERS))


def follow(preview, checks):
    preview.look()
    return checks.follow()


def places(checks, source):
    return [str(failure.problem.location) for failure in checks.failures().get(source, ())]


def test_chapters_come_in_reading_order_and_those_that_are_looked_at_first(checks):
    assert "notes/01-a.md" == taken(checks)
    assert "notes/02-b.md" == taken(checks, "notes/b/index.html", "index.html")


def test_what_is_verified_already_or_runs_nothing_is_not_run(site, preview, checks):
    prove(site, "notes/01-a.md", "notes/02-b.md")
    follow(preview, checks)

    assert taken(checks) is None


def test_a_chapter_is_run_once_as_it_is_and_passing_makes_its_proof(preview, checks):
    task = checks.take([])
    outcome = checks.finish(task, result_of(task))

    assert b'"verified": 2' in outcome.proof
    assert "notes/02-b.md" == taken(checks)


def test_a_failure_names_the_line_and_the_block_that_readers_see(checks, preview):
    fail(checks, "notes/01-a.md")
    preview.session.failures = checks.failures()

    (failure,) = preview.session.failures_of("notes/a/index.html")
    assert "content/notes/01-a.md:13:1" == str(failure.problem.location)
    assert ("one", "look") == (failure.problem.excerpt, failure.problem.hint)
    assert (("-", "one"), ("+", "eins")) == failure.changes
    assert (0, "console") == (failure.step, failure.role), "the hidden block above has no place on the page"
    assert () == preview.session.failures_of("notes/b/index.html")
    assert b'"step":0,"role":"console","changes":[["-","one"],["+","eins"]]' in encode_problems((), [failure])


def test_prose_moves_the_place_of_a_failure_and_runs_nothing(site, preview, checks):
    fail(checks, "notes/01-a.md")
    assert ["content/notes/01-a.md:13:1"] == places(checks, "notes/01-a.md")
    site.edit("notes/01-a.md", "Prose.", "Prose.\n\nMore.")

    assert not follow(preview, checks)
    assert ["content/notes/01-a.md:15:1"] == places(checks, "notes/01-a.md")
    assert "notes/02-b.md" == taken(checks, "notes/a/index.html")


def test_a_chapter_that_changed_has_no_failure_any_more_and_is_run_again(site, preview, checks):
    fail(checks, "notes/01-a.md")
    site.edit("notes/01-a.md", "\none\n", "\neins\n")

    assert follow(preview, checks)
    assert {} == checks.failures()
    assert "notes/01-a.md" == taken(checks)


def test_what_failed_is_run_again_when_somebody_asks(checks):
    fail(checks, "notes/01-a.md")
    task = checks.take([])
    checks.finish(task, result_of(task))
    assert taken(checks) is None

    checks.forget_failures()

    assert {} == checks.failures()
    first = checks.take([])
    assert "notes/01-a.md" == first.chapter.source
    checks.finish(first, result_of(first))
    assert taken(checks) is None, "what passed is not run again"


def test_a_proof_that_comes_from_elsewhere_takes_a_failure_away(site, preview, checks):
    fail(checks, "notes/01-a.md")
    prove(site, "notes/01-a.md")
    follow(preview, checks)

    assert {} == checks.failures()
    assert "notes/02-b.md" == taken(checks)


def test_what_came_of_an_older_text_counts_for_nothing(site, preview, checks):
    task = checks.take([])
    site.edit("notes/01-a.md", "echo one", "echo uno")
    follow(preview, checks)

    assert not checks.is_current(task)
    assert checks.finish(task, result_of(task, failure=DIFFERS)) is None
    assert {} == checks.failures()
    assert "notes/01-a.md" == taken(checks)


def test_a_chapter_with_a_mistake_waits_until_it_is_mended(site, preview, checks):
    site.edit("notes/02-b.md", "```console", "```console role=nonsense")
    follow(preview, checks)
    assert "notes/01-a.md" == taken(checks, "notes/b/index.html")

    site.edit("notes/02-b.md", " role=nonsense", "")
    follow(preview, checks)
    assert "notes/02-b.md" == taken(checks, "notes/b/index.html")


def test_a_chapter_behind_one_with_a_mistake_is_not_run_either(site, preview, checks):
    site.edit("notes/01-a.md", "```console\n$ echo", "```console role=nonsense\n$ echo")
    follow(preview, checks)

    assert taken(checks) is None


PROBLEM = error("run-environment", "there is no Python 4", Location("content/notes/index.md"))


def test_without_an_environment_the_page_of_the_tutorial_says_so_once(site, preview, checks):
    site.page("other/index.md", "---\ntutorial:\n---\n\n# Other\n").page("other/c.md", B)
    follow(preview, checks)
    first = checks.take([])

    assert PROBLEM == checks.finish(first, PROBLEM).problem
    assert ["content/notes/index.md"] == places(checks, "notes/index.md")
    assert "other/c.md" == taken(checks), "the other chapters of the tutorial have no environment either"

    site.edit("notes/02-b.md", "echo two", "echo zwei")
    follow(preview, checks)
    again = checks.take([])
    assert "notes/02-b.md" == again.chapter.source
    assert checks.finish(again, PROBLEM).problem is None, "it was told before"


def test_an_environment_that_can_be_made_again_runs_all_chapters(site, preview, checks):
    checks.finish(checks.take([]), PROBLEM)
    site.edit("notes/02-b.md", "echo two", "echo zwei")
    follow(preview, checks)
    task = checks.take([])
    checks.finish(task, result_of(task))

    assert {} == checks.failures()
    assert "notes/01-a.md" == taken(checks)


def test_a_change_of_the_settings_forgets_the_trouble(site, preview, checks):
    checks.finish(checks.take([]), PROBLEM)
    site.edit("notes/index.md", "tutorial:\n", "tutorial:\n  env: {vars: {A: b}}\n")
    follow(preview, checks)

    assert {} == checks.failures()
    assert "notes/01-a.md" == taken(checks)
