"""`octavo test`, `octavo shell` and `octavo checkout` as a user meets them: options, questions, exit status."""

import json
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from terminal import INTERRUPT, Terminal
from testedsite import TestedSite
from waiting import wait_until

PATIENCE = 60.0
FIRST = "content/guide/01-first.md"
SECOND = "content/guide/02-second.md"
GOOD = "# First\n\n```console\n$ echo one\none\n```\n"
WRONG = "# First\n\n```console\n$ echo one\neins\n```\n\n```console\n$ echo two\ntwo\n```\n"


@pytest.fixture(name="site")
def fixture_site(tmp_path, environments):
    """A site with a tutorial whose one chapter is right; nothing may be left of a run."""
    site = TestedSite(tmp_path / "site", environments).chapter(GOOD)
    yield site
    assert [] == site.left()


def at_terminal(site, *args, **env):
    return Terminal([sys.executable, "-m", "octavo", *args], cwd=site.root, env=site.variables(**env))


def text_of(site, name="01-first.md"):
    return (site.root / "content" / "guide" / name).read_text(encoding="utf-8")


# ---------------------------------------------------------------- exit status


def test_what_is_as_the_page_says_ends_with_0_and_is_not_run_again(site):
    first, second = site.octavo("test", "--trust"), site.octavo("test")

    assert (0, 0) == (first.status, second.status)
    assert f"✓ {FIRST} " in first.stdout
    assert re.search(r"^1 verified +\d+\.\d s$", first.stdout, re.MULTILINE)
    assert re.search(rf"✓ {FIRST} +unchanged since \d{{4}}-", second.stdout)


def test_what_differs_ends_with_1_and_is_told_with_what_to_type_next(site):
    run = site.chapter(WRONG).octavo("test", "--trust")

    assert 1 == run.status
    assert f"FAILED {FIRST}:5   output differs\n" in run.stdout
    assert "     - eins\n     + one\n" in run.stdout
    assert f"   again:   octavo test {FIRST}:3\n" in run.stdout
    assert re.search(r"^1 failed, 1 verified +\d", run.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-k", "nothing of this"], "nothing is selected"),
        (["content/guide/03-third.md"], "`content/guide/03-third.md` is no chapter of a tutorial"),
        (["../elsewhere"], "`../elsewhere` is outside the site folder"),
        ([f"{FIRST}:1"], f"no block begins at or before line 1 of `{FIRST}`"),
        (["--only-profile", "weekly"], "no tutorial has a profile `weekly`"),
        (["--report", "html=a"], "'html=a' is none of junit=FILE, json=FILE and github"),
        (["--update=all"], "'all' is not one of"),
    ],
)
def test_wrong_usage_ends_with_2_and_runs_nothing(site, words, said):
    run = site.octavo("test", "--trust", *words)

    assert 2 == run.status
    assert said in run.stderr
    assert "verified" not in run.stdout


def test_a_site_without_tutorials_has_nothing_to_test(site):
    shutil.rmtree(site.root / "content" / "guide")

    run = site.octavo("test", "--trust")
    assert (2, True) == (run.status, "the site has no tutorials" in run.stderr)


def test_mistakes_of_a_page_come_first_and_nothing_is_run(site):
    site.chapter(GOOD + '\n```console exi="1"\n$ false\n```\n')

    run = site.octavo("test", "--trust")

    assert 1 == run.status
    assert f"{FIRST}:8:" in run.stderr
    assert "nothing was run: these mistakes come first" in run.stderr
    assert "" == run.stdout


def test_ctrl_c_ends_a_run_with_130(site):
    site.chapter("```console\n$ sleep 600\n```\n")

    with at_terminal(site, "test", "--trust") as terminal:
        wait_until(lambda: any("sleep 600" in each for each in site.left()))
        terminal.type(INTERRUPT)
        assert 130 == terminal.end()


# ---------------------------------------------------------------- what is run


def test_the_list_runs_nothing_and_asks_for_no_trust(site):
    site.chapter(GOOD + '\n```console skip="no such shop"\n$ shop\n```\n')

    run = site.octavo("test", "--list")

    assert 0 == run.status
    assert re.search(r"^ +3  console  \$ echo one +exit 0, 1 line of output$", run.stdout, re.MULTILINE)
    assert re.search(r"^ +8  skip .* no such shop$", run.stdout, re.MULTILINE)
    assert not (site.root / ".octavo" / "proofs").exists()


def test_a_line_says_which_block_is_the_last_to_run(site):
    site.chapter(WRONG)

    run = site.tested(f"{FIRST}:4")
    assert (1, ["failed"]) == (run.status, run.statuses())


def test_a_run_of_a_part_is_no_proof(site):
    site.chapter(GOOD + "\n```console\n$ true\n```\n")

    assert "partial" == site.tested(f"{FIRST}:3").chapter()["status"]
    assert not (site.root / ".octavo" / "proofs").exists()


def test_a_text_says_which_block_is_the_last_to_run_and_leaves_other_chapters_out(site):
    site.chapter(GOOD + "\n```console\n$ echo two\n```\n\n```console\n$ echo three\n```\n")
    site.chapter(GOOD, "02-second.md")

    run = site.tested("-k", "TWO")

    assert ["passed", "passed"] == run.statuses()
    assert 1 == len(run.report["chapters"])


def test_the_first_failure_can_end_all(site):
    site.chapter(WRONG).chapter(GOOD, "02-second.md")

    run = site.tested("-x", "-j", "1")

    assert 1 == run.status
    assert "not-started" == run.chapter("02-second.md")["status"]
    assert "verified" == site.tested("-j", "1").chapter("02-second.md")["status"]


@pytest.mark.parametrize(("jobs", "status"), [("2", 0), ("1", 1)])
def test_jobs_are_the_chapters_that_run_at_once(site, jobs, status):
    meeting = site.private / "meeting"
    meeting.mkdir()
    wait = "```console\n$ touch {0}/{1}; until test -f {0}/{2}; do sleep 0.01; done\n```\n"
    site.tutorial("timeout: 60s" if status == 0 else "timeout: 1s")
    site.chapter(wait.format(meeting, "a", "b")).chapter(wait.format(meeting, "b", "a"), "02-second.md")

    run = site.tested("-j", jobs, isolation="ports")
    assert status == run.status
    assert ("run-timeout" == run.faults()[0].code) if status else ([] == run.faults())


def test_a_profile_adds_its_blocks(site):
    site.chapter(GOOD + '\n```console only="full"\n$ echo more\nmore\n```\n')

    assert ["passed", "skipped"] == site.tested().statuses()
    assert ["passed", "passed"] == site.tested("--only-profile", "full").statuses()


def test_what_is_verified_is_run_again_on_request(site):
    assert "verified" == site.tested().chapter()["status"]
    assert "recorded" == site.tested().chapter()["status"]
    assert "verified" == site.tested("--no-cache").chapter()["status"]


def test_records_of_pages_that_are_gone_go_with_a_run_of_all_chapters(site):
    site.chapter(GOOD, "02-second.md").octavo("test", "--trust")
    proofs = site.root / ".octavo/proofs/guide"
    (site.root / SECOND).unlink()

    site.octavo("test", FIRST)
    assert ["01-first.md.json", "02-second.md.json"] == sorted(path.name for path in proofs.iterdir())
    site.octavo("test")
    assert ["01-first.md.json"] == [path.name for path in proofs.iterdir()]


def test_work_folders_are_kept_on_request_and_named(site):
    run = site.chapter('```text title="milk.txt"\nmilk\n```\n\n```console\n$ true\n```\n').tested("--keep")
    (kept,) = site.temporary.iterdir()

    assert 0 == run.status
    assert str(kept) in run.text
    assert ["milk.txt"] == [path.name for path in kept.rglob("*.txt")]
    shutil.rmtree(kept)


# ---------------------------------------------------------------- trust


def test_without_trust_the_commands_are_listed_and_nothing_is_run(site):
    site.chapter(GOOD + '\n```pycon\n>>> print("a")\na\n```\n')

    run = site.octavo("test")

    assert (2, "") == (run.status, run.stdout)
    assert ["  $ echo one", '  $ print("a")'] == [
        line for line in run.stderr.splitlines() if line.startswith("  $")
    ]
    assert "give `--trust`" in run.stderr
    assert not (site.root / ".octavo" / "proofs").exists()


def test_no_is_the_answer_of_somebody_who_only_presses_return(site):
    with at_terminal(site, "test") as terminal:
        terminal.wait_for("$ echo one\n")
        terminal.wait_for("Run them? [y/N]: ")
        terminal.type("\n")
        assert 2 == terminal.end()
    assert "nothing was run" in terminal.text


def test_yes_is_remembered_for_this_checkout(site):
    with at_terminal(site, "test") as terminal:
        terminal.wait_for("Run them? [y/N]: ")
        terminal.type("y\n")
        assert 0 == terminal.end()

    assert 0 == site.octavo("test", "--no-cache").status


def test_trust_that_is_given_in_ci_is_not_remembered(site):
    assert 0 == site.octavo("test", "--trust", CI="true").status
    assert 2 == site.octavo("test", "--no-cache").status
    assert 0 == site.octavo("test", "--no-cache", "--trust").status
    assert 0 == site.octavo("test", "--no-cache").status


# ---------------------------------------------------------------- --update


def test_update_writes_what_came_once(site):
    run = site.chapter(WRONG).octavo("test", "--trust", "--update")
    written = text_of(site)
    again = site.octavo("test", "--update")

    assert 0 == run.status
    assert WRONG.replace("eins", "one") == written == text_of(site)
    assert "1 block brought up to date" in run.stderr
    assert (0, True) == (again.status, "no block brought up to date" in again.stderr)
    assert 0 == site.octavo("test").status


def test_update_can_show_the_change_alone(site):
    run = site.chapter(WRONG).octavo("test", "--trust", "--update=diff")

    assert 1 == run.status
    assert f"--- a/{FIRST}\n+++ b/{FIRST}\n" in run.stdout
    assert "\n-eins\n+one\n" in run.stdout
    assert "1 block would be brought up to date" in run.stderr
    assert WRONG == text_of(site)


def test_update_can_ask_block_by_block(site):
    site.chapter(WRONG.replace("two\n```", "zwei\n```"))

    with at_terminal(site, "test", "--trust", "--update=ask", NO_COLOR="1") as terminal:
        terminal.wait_for("+one\n")
        terminal.wait_for("Accept this? [y/N]: ")
        terminal.type("n\n")
        terminal.wait_for("+two\n")
        terminal.wait_for("Accept this? [y/N]: ")
        terminal.type("y\n")
        assert 1 == terminal.end()
    assert "1 block brought up to date, 1 left as they are" in terminal.text
    assert WRONG == text_of(site)


def test_update_leaves_alone_what_is_no_output(site):
    site.chapter("```console\n$ false\n```\n")

    run = site.octavo("test", "--trust", "--update")

    assert (1, "```console\n$ false\n```\n") == (run.status, text_of(site))
    assert "no block brought up to date, 1 left as they are" in run.stderr


def test_update_is_refused_in_ci(site):
    run = site.chapter(WRONG).octavo("test", "--trust", "--update", CI="true")

    assert (2, WRONG) == (run.status, text_of(site))
    assert "refused in CI" in run.stderr


# ---------------------------------------------------------------- reports


def test_reports_are_written_beside_what_is_shown(site):
    run = site.chapter(WRONG).octavo(
        "test", "--trust", "--report", "junit=a.xml", "--report", "json=a.json", "--report", "github"
    )

    suite = ET.parse(site.root / "a.xml").getroot().find("testsuite")
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))
    assert 1 == json.loads((site.root / "a.json").read_bytes())["blocks"]["failed"]
    assert f"::error file={FIRST},line=5," in run.stdout
    assert f"FAILED {FIRST}:5" in run.stdout


def test_on_github_annotations_and_a_summary_come_by_themselves(site):
    summary = site.private / "summary.md"

    run = site.chapter(WRONG).octavo(
        "test", "--trust", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )

    assert f"::error file={FIRST},line=5," in run.stdout
    assert "01-first.md" in summary.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_a_fault_of_the_machine(site):
    run = site.octavo("test", "--trust", "--report", "json=nowhere/a.json")

    assert 3 == run.status
    assert "`nowhere/a.json` cannot be written" in run.stderr


# ---------------------------------------------------------------- shell


SHOP = (
    '```text title="list.txt"\nmilk\n```\n\n'
    "```console\n$ export SHOP=corner\n$ mkdir -p days && cd days\n```\n\n"
    '```text title="list.txt" append gap="0"\nbread\n```\n'
)


@pytest.fixture(name="shell", params=["", "ports"])
def fixture_shell(site, request):
    """A shell at the first block of a chapter, in namespaces and with the lock."""
    site.chapter(SHOP)
    with at_terminal(site, "shell", f"{FIRST}:5", "--trust", OCTAVO_ISOLATION=request.param) as terminal:
        yield terminal


def test_a_shell_stands_where_the_chapter_stands_and_leaves_nothing(site, shell):
    shell.type("echo in ${PWD##*/} of $SHOP with $(cat ../list.txt)\n")
    shell.wait_for("in days of corner with milk\n")
    shell.type("sleep 600\n")
    wait_until(lambda: any("sleep 600" in each for each in site.left()))
    shell.type(INTERRUPT)
    shell.type("echo still he''re\n")
    shell.wait_for("still here\n")
    shell.type("exit\n")

    assert 0 == shell.end()
    assert [] == site.left()
    assert SHOP == text_of(site)


def test_a_shell_that_is_told_to_end_leaves_nothing(site, shell):
    shell.type("echo he''re\n")
    shell.wait_for("here\n")
    shell.process.terminate()

    assert 143 == shell.process.wait(PATIENCE)
    wait_until(lambda: site.left() == [])


def test_a_shell_asks_for_trust_too(site):
    with at_terminal(site, "shell", f"{FIRST}:3") as terminal:
        terminal.wait_for("Run them? [y/N]: ")
        terminal.type("n\n")
        assert 2 == terminal.end()


def test_a_shell_needs_a_terminal(site):
    run = site.octavo("shell", f"{FIRST}:3", "--trust")

    assert (2, True) == (run.status, "a shell needs a terminal" in run.stderr)


def test_a_shell_needs_one_chapter(site):
    site.chapter(GOOD, "02-second.md")

    with at_terminal(site, "shell", "content/guide", "--trust") as terminal:
        assert 2 == terminal.end()
    assert "`content/guide` names more than one chapter" in terminal.text


# ---------------------------------------------------------------- checkout


@pytest.mark.parametrize(
    ("words", "shown", "text"),
    [
        ((SECOND,), "guide", "milk\nbread\ntea\n"),
        ((SECOND, "here", "--start"), "here", "milk\nbread\n"),
    ],
)
def test_a_project_is_copied_and_nothing_is_run(site, words, shown, text):
    site.chapter(SHOP).chapter('```text title="list.txt" append gap="0"\ntea\n```\n', "02-second.md")

    run = site.octavo("checkout", *words)

    moment = "start" if "--start" in words else "end"
    assert (0, f"wrote 1 file to {shown}/, the project at the {moment} of {SECOND}\n") == (
        run.status,
        run.stderr,
    )
    assert {"list.txt": text} == {
        path.name: path.read_text(encoding="utf-8") for path in (site.root / shown).rglob("*")
    }


@pytest.mark.parametrize("place", [f"{FIRST}:3", "content/guide", "content/index.md"])
def test_what_is_not_one_chapter_is_not_copied(site, place):
    site.chapter(GOOD, "02-second.md")

    assert 2 == site.octavo("checkout", place, "copy").status
    assert not (site.root / "copy").exists()


def test_a_folder_that_holds_something_is_left_alone(site):
    site.chapter(SHOP).write("mine/list.txt", "beer\n")

    run = site.octavo("checkout", FIRST, "mine")

    assert 2 == run.status
    assert "mine" in run.stderr
    assert "beer\n" == Path(site.root, "mine", "list.txt").read_text(encoding="utf-8")
