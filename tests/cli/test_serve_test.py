"""`octavo serve --test` with real processes: chapters are run as they are saved, and nothing of them is left behind."""

import os
import signal
import time
from pathlib import Path

import pytest

from commandline import run_octavo
from octavo.cli.checking import make_checker
from octavo.cli.console import Console
from octavo.edges.runner.environments import prepare_environment
from runningpreview import PATIENCE, RunningPreview
from servedsite import ServedSite
from sitebuilder import Site
from waiting import fastest, wait_until

CHAPTER = "# A\n\nProse.\n\n```console\n$ echo one\neins\n```\n"


@pytest.fixture
def site(tmp_path, monkeypatch, environments):
    """A site whose environment is made already, which takes longer on a busy machine than a test waits."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    cache = tmp_path / "site" / ".octavo" / "cache"
    cache.mkdir(parents=True)
    environments.mkdir(exist_ok=True)
    (cache / "environments").symlink_to(environments)
    prepare_environment(str(cache), python="", requirements=None, progress=lambda _: None).release()
    site = Site(tmp_path / "site").config("").page("index.md", "# Home\n")
    return site.page("t/index.md", "---\ntutorial:\n---\n\n# T\n").page("t/a.md", CHAPTER)


@pytest.fixture
def preview(site):
    with RunningPreview(site.root) as running:
        checker = make_checker(running.preview, Console())
        checker.start()
        running.loop.look_now(None).result(PATIENCE)
        yield running
        checker.close(PATIENCE)


def test_a_failure_is_on_its_page_until_it_is_mended_and_then_the_page_is_verified(site, preview, capfd):
    preview.wait(lambda: b"run-output" in preview.desk.problems("/t/a/"))
    told = preview.desk.problems("/t/a/")
    assert b'"file":"content/t/a.md","line":7,' in told
    assert b'"excerpt":"eins"' in told
    assert b'"changes":[["-","eins"],["+","one"]]' in told
    assert 'data-state="none"' in preview.page("t/a/")

    site.edit("t/a.md", "eins", "one")
    preview.wait_for_page("t/a/", 'data-state="verified"')
    assert b"[]" == preview.desk.problems("/t/a/")
    assert (site.root / ".octavo/proofs/t/a.md.json").exists()
    said = capfd.readouterr().err
    assert " content/t/a.md: 1 failed in " in said
    assert "content/t/a.md:7:1: error[run-output]: " in said
    assert " content/t/a.md: 1 of 1 verified in " in said


def test_what_is_served_is_what_a_build_writes(site, preview):
    preview.wait(lambda: b"run-output" in preview.desk.problems("/t/a/"))
    site.edit("t/a.md", "eins", "one")
    preview.wait_for_page("t/a/", 'data-state="verified"')
    served = preview.served()
    built = site.build(drafts=True).tree()

    assert [] == [path for path in built if built[path] != served.get(path)]


def test_requirements_that_cannot_be_had_are_a_problem_of_the_tutorial(site, preview):
    preview.wait(lambda: b"run-output" in preview.desk.problems("/t/a/"))
    site.page("t/requirements.txt", "nothing-pinned\n")
    site.edit("t/index.md", "tutorial:\n", "tutorial:\n  env: {requirements: requirements.txt}\n")
    preview.wait(lambda: b"run-environment" in preview.desk.problems("/t/"))

    assert b'"file":"content/t/requirements.txt","line":1,' in preview.desk.problems("/t/")
    assert b"[]" == preview.desk.problems("/t/a/")


def test_a_signal_ends_a_chapter_that_runs_within_a_second_with_nothing_left(site, tmp_path):
    assert fastest(lambda: end_while_running(site, str(tmp_path / "state")), 1.0) < 1.0


def end_while_running(site, state):
    """End a preview that runs a chapter; gives the seconds that it takes."""
    long = f"9876{os.getpid()}"  # no other run of these tests has a command like it
    site.page("t/a.md", f"# A\n\n```console\n$ sleep {long}\n```\n")
    words = f"sleep\0{long}"
    with ServedSite(site.root, "--test", "--trust", XDG_STATE_HOME=state) as served:
        wait_until(lambda: running_commands(words))
        started = time.monotonic()
        served.process.send_signal(signal.SIGINT)

        assert 130 == served.wait()
        seconds = time.monotonic() - started
        wait_until(lambda: not running_commands(words))
    return seconds


def running_commands(words):
    """Name the processes with these words, each ended by NUL, in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if words in (entry / "cmdline").read_text(errors="replace"):
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return found


def test_a_key_runs_what_failed_again(site, tmp_path):
    state = str(tmp_path / "state")
    with ServedSite(site.root, "--test", "--trust", terminal=True, XDG_STATE_HOME=state) as served:
        served.wait_for_line("1 failed in ")
        served.press("r")
        served.wait_for_line("1 failed in ", times=2)


def test_nothing_is_run_in_a_checkout_that_nobody_has_vouched_for(site):
    done = run_octavo("serve", "-a", "127.0.0.1:0", "--test", cwd=site.root)

    assert 2 == done.status
    assert "the commands of this checkout are not trusted yet" in done.stderr
    assert "echo one" in done.stderr


def test_trust_without_test_is_wrong_usage(site):
    done = run_octavo("serve", "-a", "127.0.0.1:0", "--trust", cwd=site.root)

    assert 2 == done.status
    assert "`--trust` is for `--test`" in done.stderr
