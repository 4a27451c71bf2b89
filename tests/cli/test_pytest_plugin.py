"""The pytest plugin: blocks as items, chapters run once, outcomes and messages as those of `octavo test`."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from testedsite import PATIENCE, TestedSite

ROOT = Path(__file__).resolve().parents[2]
STRICT = "[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error\nxfail_strict = true\n"
FIRST = "content/guide/01-first.md"
SECOND = "content/guide/02-second.md"
ECHO = "```console\n$ echo hello\nhello\n```\n"
DIFFERS = "```console\n$ echo hello\ngoodbye\n```\n"
FAILS_HARD = "```console\n$ cat nothing\n```\n"
COUNTED = "```console\n$ echo run >> {0}\n```\n"
_OUTCOME = re.compile(
    r"^(?:\[gw\d\] \[ *\d+%\] )?(?P<before>[A-Z]+ )?(?P<node>\S+::\S+)(?: <- \S+)?(?: (?P<after>[A-Z]+))?",
    re.MULTILINE,
)


class Session:
    """What a pytest session came to."""

    def __init__(self, status, text):
        self.status = status
        self.text = text

    @property
    def outcomes(self):
        """The outcome of each item by its nodeid, in the order of the run; `-v` prints one line for each."""
        head = self.text.partition("== FAILURES ==")[0].partition("short test summary")[0]
        found = {}
        for line in _OUTCOME.finditer(head):
            outcome = line["after"] or (line["before"] or "").strip()
            if outcome:
                found[line["node"]] = outcome
        return found


@pytest.fixture(name="site")
def fixture_site(tmp_path, environments):
    """A site with a tutorial and a strict pytest.ini; nothing of a run may be left."""
    site = TestedSite(tmp_path / "site", environments)
    site.write("pytest.ini", STRICT)
    yield site
    assert [] == site.left()


def run(site, *words, cwd=".", trusted=True, **variables):
    """Run pytest as a user does, with the plugin and no other that is installed here."""
    words = [*words, "--octavo-trust"] if trusted else words
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-rfsxX", "-p", "octavo.pytestplugin", *words],
        cwd=site.root / cwd,
        env=site.variables(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", COLUMNS="200") | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    session = Session(done.returncode, done.stdout + done.stderr)
    assert "INTERNALERROR" not in session.text, session.text
    return session


# ---------------------------------------------------------------- loading


def test_pyproject_names_the_plugin_for_pytest():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        "pytest11"
    ]

    (name, value), *others = named.items()
    loaded = EntryPoint(name, value, "pytest11").load()
    assert [] == others
    assert ("octavo", True) == (name, hasattr(loaded, "pytest_addoption"))


def test_loading_the_plugin_imports_nothing_but_pytest_and_the_version_of_octavo():
    code = (
        "import sys, pytest; before = set(sys.modules); import octavo.pytestplugin;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "generator")},
    )  # fmt: skip

    assert "['octavo', 'octavo.pytestplugin']" == done.stdout.strip()


def test_without_its_option_the_plugin_collects_nothing(site):
    site.chapter(ECHO)

    session = run(site, "content")
    assert (5, {}) == (session.status, session.outcomes)


def test_octavo_needs_no_pytest():
    code = "import sys; sys.modules['pytest'] = None; import octavo.cli.test, octavo.cli.serve, octavo.cli.checking"

    subprocess.run(
        [sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "generator")}
    )


# ---------------------------------------------------------------- outcomes


def test_every_block_is_an_item_that_passes_under_strict_settings(site):
    site.chapter(
        '```python title="app.py"\nA = 1\n```\n\n' + ECHO + '\n```text norun="to read"\nprose\n```\n'
    )

    session = run(site, "--octavo", "content")
    assert {f"{FIRST}::L1": "PASSED", f"{FIRST}::L5": "PASSED"} == session.outcomes
    assert 0 == session.status


def test_a_failure_is_shown_as_octavo_test_shows_it(site):
    site.chapter(DIFFERS + "\n" + ECHO)

    session = run(site, "--octavo", "content")
    assert {f"{FIRST}::L1": "FAILED", f"{FIRST}::L6": "PASSED"} == session.outcomes
    assert 1 == session.status
    wanted = site.tested().text
    assert f"FAILED {FIRST}::L1 - FAILED {FIRST}:3   output differs\n" in session.text
    failure = wanted[wanted.index(f"FAILED {FIRST}:3") : wanted.index("--update") + len("--update")]
    assert "- goodbye" in failure
    assert failure in session.text
    assert "Traceback" not in session.text


def test_blocks_behind_a_hard_failure_are_skipped_with_the_place_of_it(site):
    site.chapter(FAILS_HARD + "\n" + ECHO)

    session = run(site, "--octavo", "content")
    assert {f"{FIRST}::L1": "FAILED", f"{FIRST}::L5": "SKIPPED"} == session.outcomes
    assert f"SKIPPED [1] {FIRST}:5: not run: after the failure at {FIRST}:1" in session.text
    assert 1 == session.text.count(f"\nFAILED {FIRST}:2   ")


def test_a_block_that_is_left_out_is_skipped_with_its_reason_and_its_line(site):
    site.chapter(
        ECHO + '\n```console skip="needs a screen"\n$ xeyes\n```\n\n```console only="full"\n$ false\n```\n'
    )

    session = run(site, "--octavo", "content")
    assert ["PASSED", "SKIPPED", "SKIPPED"] == list(session.outcomes.values())
    assert f"SKIPPED [1] {FIRST}:6: needs a screen" in session.text
    assert f"SKIPPED [1] {FIRST}:10: only in the profile `full`" in session.text


def test_a_block_that_must_fail_is_an_expected_failure_and_fails_where_it_passes(site):
    site.chapter('```console xfail="not mended yet"\n$ false\n```\n\n```console xfail="wrong"\n$ true\n```\n')

    session = run(site, "--octavo", "content")
    assert {f"{FIRST}::L1": "XFAIL", f"{FIRST}::L5": "FAILED"} == session.outcomes
    assert f"XFAIL {FIRST}::L1 - not mended yet" in session.text
    assert "this block is said to fail (wrong), and it passes" in session.text


def test_a_chapter_that_goes_on_from_a_broken_one_is_blocked(site):
    site.chapter("```console\n$ false\n```\n").chapter(FAILS_HARD, "02-second.md")

    session = run(site, "--octavo", SECOND, FIRST)
    assert [(f"{FIRST}::L1", "FAILED"), (f"{SECOND}::L1", "SKIPPED")] == list(session.outcomes.items())
    assert f"blocked: goes on from {FIRST}, which failed" in session.text


def test_the_time_of_an_item_is_that_of_its_block(site):
    site.chapter(ECHO + "\n```console\n$ sleep 2\n```\n")

    session = run(site, "--octavo", "content", "--durations=0", "-vv")
    times = {node: float(time) for time, node in re.findall(r"([\d.]+)s call +(\S+)", session.text)}
    assert 2 <= times[f"{FIRST}::L6"]
    assert times[f"{FIRST}::L1"] < 2


# ---------------------------------------------------------------- what is run


def test_a_chapter_is_run_once_and_no_further_than_the_last_block_that_was_selected(site):
    log = site.private / "log"
    site.chapter("\n".join([COUNTED.format(log)] * 3))

    session = run(site, "--octavo", f"{FIRST}::L1", f"{FIRST}::L5", OCTAVO_ISOLATION="ports")
    assert ["PASSED", "PASSED"] == list(session.outcomes.values())
    assert "run\nrun\n" == log.read_text()


def test_blocks_are_selected_by_what_they_run(site):
    site.chapter(ECHO + "\n```console\n$ uname -s > system\n```\n")

    assert {f"{FIRST}::L6": "PASSED"} == run(site, "--octavo", "content", "-k", "uname").outcomes


def test_a_failure_that_nobody_selected_is_told_by_the_first_block_that_it_keeps_from_running(site):
    site.chapter(FAILS_HARD + "\n" + ECHO + "\n" + ECHO)

    session = run(site, "--octavo", f"{FIRST}::L5", f"{FIRST}::L10")
    assert {f"{FIRST}::L5": "FAILED", f"{FIRST}::L10": "SKIPPED"} == session.outcomes
    assert f"FAILED {FIRST}:2   " in session.text


def test_a_verified_chapter_leaves_a_proof_and_passes_by_it_until_it_is_run_on_purpose(site):
    log = site.private / "log"
    site.chapter(
        COUNTED.format(log)
        + '\n```console only="full"\n$ false\n```\n\n```console xfail="later"\n$ false\n```\n'
    )
    first, again = [run(site, "--octavo", "content", OCTAVO_ISOLATION="ports") for _ in range(2)]

    assert ["PASSED", "SKIPPED", "XFAIL"] == list(first.outcomes.values())
    assert first.outcomes == again.outcomes
    assert f"verified before and unchanged, so not run: {FIRST}" in again.text
    assert f"SKIPPED [1] {FIRST}:5: only in the profile `full`" in again.text
    assert "run\n" == log.read_text()
    assert "recorded" == site.tested().chapter()["status"]
    run(site, "--octavo", "content", "--octavo-no-cache", OCTAVO_ISOLATION="ports")
    assert "run\nrun\n" == log.read_text()


def test_a_part_of_a_chapter_leaves_no_proof(site):
    site.chapter(ECHO + "\n" + ECHO)

    assert 0 == run(site, "--octavo", f"{FIRST}::L1").status
    assert not (site.root / ".octavo" / "proofs").exists()


def test_blocks_of_an_included_file_have_names_of_their_own(site):
    site.page("_parts/hello.md", ECHO)
    include = "::: include ../_parts/hello.md\n"
    site.chapter(f"{include}\n{include}\n{ECHO}")

    session = run(site, "--octavo", "content")
    part = f"{FIRST}::content/_parts/hello.md:L1"
    assert {part: "PASSED", f"{part}#2": "PASSED", f"{FIRST}::L5": "PASSED"} == session.outcomes


def test_the_output_of_the_site_is_not_searched_for_tests(site):
    site.chapter(ECHO).page("guide/test_copied.py", "def test_copied(): pass\n")
    assert 0 == site.octavo("build").status
    assert (site.root / "_site" / "guide" / "test_copied.py").is_file()

    session = run(site, "--octavo")
    assert {
        f"{FIRST}::L1": "PASSED",
        "content/guide/test_copied.py::test_copied": "PASSED",
    } == session.outcomes


# ---------------------------------------------------------------- what is refused


def test_commands_that_nobody_has_vouched_for_are_listed_and_not_run(site):
    site.chapter(ECHO)

    session = run(site, "--octavo", "content", trusted=False)
    assert (4, {}) == (session.status, session.outcomes)
    assert "the commands of this checkout are not trusted yet" in session.text
    assert "  $ echo hello\n" in session.text
    assert "hint: read them, then give --octavo-trust" in session.text


def test_a_checkout_that_is_trusted_needs_no_option_and_a_list_of_items_none_either(site):
    site.chapter(ECHO)

    assert 0 == run(site, "--octavo", "content", "--collect-only", trusted=False).status
    assert 4 == run(site, "--octavo", "content", trusted=False).status
    assert 0 == run(site, "--octavo", "content").status
    assert 0 == run(site, "--octavo", "content", "--octavo-no-cache", trusted=False).status


def test_a_mistake_in_a_block_is_an_error_of_collecting(site):
    site.chapter("```console extra\n$ true\n```\n").chapter(ECHO, "02-second.md")

    session = run(site, "--octavo", "content")
    assert (2, {}) == (session.status, session.outcomes)
    assert 1 == session.text.count(f"{FIRST}:1:12: error[")
    assert f"the mistakes of {FIRST} come first" in session.text


def test_an_environment_that_cannot_be_made_is_told_once_and_its_chapters_are_skipped(site):
    site.write("content/guide/_requirements.txt", "no version here\n")
    site.tutorial("env: {requirements: _requirements.txt}")
    site.chapter(ECHO + "\n" + ECHO).chapter(ECHO, "02-second.md")

    session = run(site, "--octavo", "content")
    assert ["FAILED", "SKIPPED", "SKIPPED"] == list(session.outcomes.values())
    assert "content/guide/_requirements.txt:1: error[run-environment]" in session.text
    assert 1 == session.text.count("| no version here")
    assert f"not started: no environment, as {FIRST} says" in session.text


def test_a_folder_without_a_site_is_a_usage_error(site):
    (site.root / "site.yaml").unlink()

    session = run(site, "--octavo", "content")
    assert 4 == session.status
    assert "there is no site.yaml in" in session.text


def test_a_site_is_found_above_the_rootdir_and_by_its_option(site):
    site.chapter(ECHO)
    (site.root / "pytest.ini").unlink()
    site.write("content/pytest.ini", STRICT)
    above = run(site, "--octavo", ".", cwd="content")
    (site.root / "site.yaml").rename(site.root / "other.yaml")
    named = run(site, "--octavo", "--octavo-site", "../other.yaml", ".", cwd="content")

    assert {"guide/01-first.md::L1": "PASSED"} == above.outcomes == named.outcomes


# ---------------------------------------------------------------- xdist


MARKS = """
import pytest

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    with open({!r}, "w") as file:
        file.writelines(mark.args[0] + "\\n" for item in items for mark in item.iter_markers("xdist_group"))
"""


def test_with_xdist_one_worker_runs_all_blocks_of_a_chapter(site):
    log, other, marks = (site.private / name for name in ("log", "other", "marks"))
    site.chapter("\n".join([COUNTED.format(log)] * 3))
    site.chapter("\n".join([COUNTED.format(other)] * 3), "02-second.md")
    site.write("conftest.py", MARKS.format(str(marks)))

    words = ("-p", "xdist.plugin", "-n", "2", "--dist", "loadfile", f"--basetemp={site.private}/base")
    refused = run(site, "--octavo", "content", *words, trusted=False)
    session = run(site, "--octavo", "content", *words, OCTAVO_ISOLATION="ports")
    assert 4 == refused.status
    assert "the commands of this checkout are not trusted yet" in refused.text
    assert ["PASSED"] * 6 == list(session.outcomes.values()), session.text
    assert ("run\n" * 3, "run\n" * 3) == (log.read_text(), other.read_text())
    assert "guide/01-first.md\n" * 3 + "guide/02-second.md\n" * 3 == marks.read_text()
