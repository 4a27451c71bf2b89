"""The handbook's page on verified tutorials: what it prints runs as it says, and says what it prints."""

import re
from pathlib import Path

import pytest

from handbook_reader import HANDBOOK, read_page
from octavo.edges.runner.processes import MAX_FILE, MAX_MEMORY, MAX_OUTPUT, MAX_PROCESSES
from octavo.edges.runner.workfolder import MAX_BYTES, MAX_FILES
from octavo.markdown.code import parse_fence_info
from octavo.tutorial import DEFAULT_TIMEOUT
from testedsite import ISOLATIONS, TestedSite

PAGE = read_page("testing.md")
CHAPTER = "content/count/01-count.md"


@pytest.fixture(name="site")
def fixture_site(tmp_path, environments):
    """A site with an empty tutorial; nothing of a run may be left."""
    site = TestedSite(tmp_path / "site", environments)
    yield site
    assert [] == site.left()


@pytest.fixture(name="printed")
def fixture_printed(site):
    """The tutorial of one chapter with which the page begins."""
    (text,) = (fence.text for fence in PAGE.fences if parse_fence_info(fence.info).title == CHAPTER)
    site.page("count/index.md", "---\ntutorial:\n  project: words\n---\n# Count words\n")
    return site.page("count/01-count.md", text)


def examples(section):
    """Give the blocks that a section prints as Markdown."""
    return [fence.text for fence in PAGE.fences if fence.under == section and fence.info == "markdown"]


def comparable(text):
    """Take out what differs from run to run and from machine to machine."""
    text = re.sub(r" +[0-9]+\.[0-9] s$", "", text, flags=re.MULTILINE)
    text = re.sub(r"note: .*\n", "", text)
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY", text)
    return re.sub(r"python 3\.[0-9.]+", "python 3", text).rstrip()


def shown(begin):
    """Give what the page shows behind a command of the consoles at its top."""
    (text,) = (fence.text for fence in PAGE.fences if fence.info == "console" and begin in fence.text)
    return text


def test_the_first_run_of_the_page_is_a_real_one(printed):
    _, first, second = shown("unchanged since").split("$ octavo test\n")

    assert comparable(printed.tested().text) == comparable(first)
    assert comparable(printed.tested().text) == comparable(second)


def test_the_failure_that_the_page_shows_is_a_real_one(printed):
    printed.edit("count/01-count.md", '"words")', '"words in it")')

    _, failure = shown("FAILED").split("$ octavo test\n")
    assert comparable(printed.tested().text) == comparable(failure)


def test_the_update_that_the_page_shows_is_a_real_one(printed):
    printed.edit("count/01-count.md", '"words")', '"words in it")')

    _, change = shown("brought up to date").split("--update\n")
    run = printed.tested(CHAPTER, "--update", CI="")
    assert run.status == 0
    for line in change.splitlines():
        assert line in run.text.splitlines()


def test_a_checkout_that_nobody_trusts_is_told_as_the_page_shows(printed):
    _, listed = shown("not tested here before").split("$ octavo test\n")

    run = printed.octavo("test")

    assert run.status == 2
    assert run.stderr.startswith(listed.splitlines()[0])
    commands = [line for line in listed.splitlines() if line.startswith("  $")]
    assert commands == [line for line in run.stderr.splitlines() if line.startswith("  $")]


@pytest.mark.parametrize("section", ["consoles", "prompt"])
def test_the_blocks_of_a_section_run_as_they_stand(site, section):
    (text,) = examples(section)
    site.chapter(text)

    assert set(site.tested().statuses()) == {"passed"}


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_the_tutorial_of_the_handbook_is_verified(site, isolation):
    for path in sorted(Path(HANDBOOK, "verified").glob("*.md")):
        site.page(f"guide/{path.name}", path.read_text(encoding="utf-8").replace("[](../testing.md)", "it"))

    run = site.tested(isolation=isolation)

    assert {"passed"} == {*run.statuses("01-a-list.md"), *run.statuses("02-a-server.md")}
    assert run.status == 0


def test_the_limits_of_the_page_are_those_of_the_code():
    limits = {row[0]: row[1] for row in PAGE.table("limits", "what", "how much").rows}

    assert limits["time of a block"].startswith(f"{DEFAULT_TIMEOUT:g} seconds")
    assert limits["what a command prints"] == f"{MAX_OUTPUT >> 20} MB"
    assert limits["one file"] == f"{MAX_FILE >> 20} MB"
    assert limits["the project"] == f"{MAX_FILES:,} files, {MAX_BYTES >> 20:,} MB"
    assert limits["memory of a process, on Linux"] == f"{MAX_MEMORY >> 30} GB"
    assert limits["processes of a chapter"] == str(MAX_PROCESSES)


def test_no_workflow_of_the_handbook_gives_strangers_the_rights_of_the_repository():
    for page in HANDBOOK.rglob("*.md"):
        workflows = re.findall(
            r"^```yaml title=\"\.github/[^\n]*\n(.*?)^```",
            page.read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        )
        assert [name for text in workflows for name in re.findall(r"pull_request_target", text)] == []
