"""The thread that runs chapters under preview: one at a time, stopped when they change, never in the way of pages."""

import contextlib
import queue
import threading

import msgspec
import pytest

from octavo.edges.proofstore import write_proof
from octavo.preview.checker import ChapterChecker
from octavo.preview.checks import ChapterChecks
from octavo.tutorial import ChapterResult, StepFailure, StepResult
from runningpreview import PATIENCE, RunningPreview
from sitebuilder import Site


class FakeRun:
    """One chapter that is said to run."""

    def __init__(self, chapter, task, began, stop):
        self.source, self.task, self.began, self.stop = chapter.source, task, began, stop
        self.answer = queue.SimpleQueue()

    def end(self, *, failure=None):
        """Say that all blocks passed, or that the last one failed."""
        self.answer.put(failure)

    def wait(self):
        while not self.stop.is_set():
            with contextlib.suppress(queue.Empty):
                failure = self.answer.get(timeout=0.02)
                break
        else:
            failure = None
        *others, last = self.task.steps
        steps = [StepResult(block=step.block, role=step.role, status="passed") for step in others]
        status = "passed" if failure is None else "failed"
        steps.append(StepResult(block=last.block, role=last.role, status=status, failure=failure))
        whole = "verified" if failure is None else "failed"
        return ChapterResult(source=self.source, title="", tutorial="t", status=whole, steps=tuple(steps))


class FakeRunner:
    """Runs nothing: a test takes each run and says how it ends."""

    def __init__(self, root):
        self.root = root
        self.runs = queue.SimpleQueue()
        self.now = 0
        self.most = 0

    def run(self, chapter, task, *, began, stop):
        self.now += 1
        self.most = max(self.most, self.now)
        run = FakeRun(chapter, task, began, stop)
        self.runs.put(run)
        try:
            return run.wait()
        finally:
            self.now -= 1

    def keep_proof(self, source, data):
        write_proof(str(self.root), source, data)
        return str(self.root / ".octavo/proofs" / f"{source}.json")

    def next(self):
        return self.runs.get(timeout=PATIENCE)


DIFFERS = StepFailure(code="run-output", message="output differs", line=1)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("").page("index.md", "# Home\n")
    site.page("t/index.md", "---\ntutorial:\n---\n\n# T\n")
    for name in ("a", "b"):
        site.page(f"t/{name}.md", f"# {name}\n\nProse.\n\n```console\n$ echo {name}\n{name}\n```\n")
    return site


@pytest.fixture
def running(site):
    with RunningPreview(site.root) as running:
        yield running


@pytest.fixture
def outcomes():
    return []


@pytest.fixture
def runner(site, running, outcomes):
    runner = FakeRunner(site.root)
    checker = ChapterChecker(
        ChapterChecks(running.session, secrets={}), running.session, running.desk, running.loop, runner,
        on_outcome=outcomes.append, note=running.notes.append, quiet=0.0,
    )  # fmt: skip
    running.loop.on_plan = checker.follow
    checker.start()
    running.loop.look_now(None).result(PATIENCE)
    yield runner
    checker.close(PATIENCE)
    assert [] == [thread for thread in threading.enumerate() if thread.name == "octavo-checks"]
    assert [] == running.notes


def next_event(followed, name):
    while True:
        event = followed.next(PATIENCE)
        assert event is not None, f"no event {name}"
        if event.name == name:
            return msgspec.json.decode(event.data)


def test_chapters_run_one_after_the_other_and_their_pages_say_that_they_are_verified(running, runner):
    for source in ("t/a.md", "t/b.md"):
        run = runner.next()
        assert source == run.source
        run.end()

    running.wait_for_page("t/a/", 'data-state="verified"')
    running.wait_for_page("t/b/", 'data-state="verified"')
    assert 1 == runner.most


def test_a_page_that_is_looked_at_is_run_next(running, runner):
    first = runner.next()
    running.page("t/b/")
    first.end(failure=DIFFERS)

    assert "t/b.md" == runner.next().source


def test_pages_and_saves_are_served_while_a_chapter_runs(site, running, runner):
    run = runner.next()
    site.edit("index.md", "Home", "Welcome")

    running.wait_for_page("", "Welcome")
    assert not run.stop.is_set()


def test_prose_leaves_a_run_alone_and_a_changed_block_stops_it_and_runs_it_again(
    site, running, runner, outcomes
):
    run = runner.next()
    site.edit("t/a.md", "Prose.", "Words.")
    running.wait_for_page("t/a/", "Words.")
    assert not run.stop.is_set()

    site.edit("t/a.md", "echo a", "echo again")
    assert run.stop.wait(PATIENCE)
    running.page("t/a/")
    again = runner.next()

    assert ("t/a.md", True) == (again.source, "echo again" in again.task.steps[0].text)
    assert [] == outcomes, "what was stopped says nothing"


def test_a_failure_is_told_to_its_page_and_goes_when_the_block_changes(site, running, runner, outcomes):
    running.page("t/a/")
    followed = running.desk.follow()
    runner.next().end(failure=DIFFERS)

    assert ["/t/a/"] == next_event(followed, "change")["problems"]
    assert b'"message":"output differs","file":"content/t/a.md","line":7' in running.desk.problems("/t/a/")
    assert 'data-octavo-problems="1"' in running.page("t/a/")
    site.edit("t/a.md", "echo a", "echo again")
    running.wait_for_page("t/a/", "again")
    running.wait(lambda: running.desk.problems("/t/a/") == b"[]")
    assert [True] == [outcome.proof is None for outcome in outcomes]
    followed.close()


def test_browsers_hear_which_block_runs_and_what_came_of_it(running, runner):
    followed = running.desk.follow()
    run = runner.next()
    begun = running.desk.follow()
    assert "running" == next_event(begun, "hello")["check"]["state"], "who comes late is told too"
    run.began("$ echo a")
    heard = next_event(followed, "check")["check"]
    run.end()
    while heard["state"] == "running":
        told, heard = heard, next_event(followed, "check")["check"]

    assert {"state": "running", "done": 1, "total": 1, "label": "$ echo a", "page": "/t/a/"} == told
    assert {"state": "verified", "page": "/t/a/"} == heard
    followed.close()
    begun.close()


def test_a_listener_that_is_behind_hears_only_how_far_a_run_is_now(running, runner):
    followed = running.desk.follow()
    run = runner.next()
    for number in range(200):
        run.began(f"$ echo {number}")

    names = [followed.next(PATIENCE).name]
    heard = next_event(followed, "check")["check"]
    assert (["hello"], "$ echo 199") == (names, heard["label"])
    followed.close()


def test_a_listener_that_is_behind_hears_what_came_of_a_run_before_it_hears_of_the_next(running, runner):
    followed = running.desk.follow()
    runner.next().end()
    runner.next()

    told = [next_event(followed, "check")["check"] for _ in range(2)]
    assert [("verified", "/t/a/"), ("running", "/t/b/")] == [(each["state"], each["page"]) for each in told]
    followed.close()


def test_a_runner_that_breaks_is_a_failure_of_its_chapter_and_the_next_one_is_run(running, runner):
    run = runner.next()
    run.answer = None  # what waits for an answer breaks now
    other = runner.next()

    assert "t/b.md" == other.source
    assert b"the run broke off: AttributeError" in running.desk.problems("/t/a/")
