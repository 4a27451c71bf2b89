"""Every way in which a run of a chapter can go wrong: caught at its line, with its message, and never passing in silence.

The mistakes of authors that show before anything runs are in `fixtures/mistakes.md` (see `test_fixtures.py`); those that a
run finds are in `fixtures/runs/faults.md`, each as a title, a chapter and what comes of it:

    ! line code: message       a block that failed, and the line of the page
      hint
      - expected  + came  | the last line of a log
    = counts of blocks         all of them, so that none is forgotten

All chapters are run at once, each as a tutorial of its own. What is wrong with a whole run has tests of its own below.
"""

import re
import socket
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from testedsite import TestedSite
from waiting import free_port
from wheelmaker import make_wheel

FIXTURES = Path(__file__).parent / "fixtures"
FILE = FIXTURES / "runs" / "faults.md"
CASES = [(title.strip(), source, expected) for _, title, source, expected in read_fixture_file(FILE)]
NEXT = re.compile(r"^=== (.+)\n", re.MULTILINE)
PORT = "5000"
"""Stands in the fixtures for a port that is free."""
LONGEST = 120


@pytest.fixture(name="port", scope="module")
def fixture_port():
    """A port that nobody has."""
    return str(free_port())


@pytest.fixture(
    name="verdicts", scope="module", params=["namespaces", pytest.param("ports", marks=pytest.mark.slow)]
)
def fixture_verdicts(tmp_path_factory, environments, port, request):
    """Run all cases; gives what came of each, as the fixtures write it."""
    site = TestedSite(tmp_path_factory.mktemp("faults") / "site", environments)
    settings = f"timeout: 2m\nports: [{port}]\nenv: {{vars: {{PORT: '{port}'}}}}"
    for number, (_, source, _) in enumerate(CASES):
        folder = f"case-{number:02}"
        site.tutorial(settings, folder)
        parts = NEXT.split(source)
        for name, text in zip(["01-first.md", *parts[1::2]], parts[::2], strict=True):
            site.page(f"{folder}/{name}", text.replace(PORT, port))
    site.remove("guide/index.md")
    tested = site.tested(isolation=request.param)

    assert 1 == tested.status, tested.text
    assert tested.report, tested.text
    assert [] == site.left()
    shown = ["" for _ in CASES]
    for chapter in tested.report["chapters"]:
        number = int(chapter["file"].split("/")[1].removeprefix("case-"))
        shown[number] += show(chapter).replace(port, PORT)
    return shown


def show(chapter):
    """Write what came of a chapter; in the first one places are lines alone."""
    lines = []
    name = chapter["file"].rpartition("/")[2]
    prefix = "" if name == "01-first.md" else f"{name}:"
    for step in chapter["steps"]:
        if found := step["failure"]:
            lines.append(f"! {prefix}{found['line']} {found['code']}: {found['message']}")
            lines += [f"  {found['hint']}"] if found["hint"] else []
            lines += [f"  - {line}" for line in found["expected"]]
            lines += [f"  + {line}" for line in found["got"]]
            # The words of the shell are those of its version.
            log = [line["text"] for line in found["log"] if not line["text"].startswith("bash: ")]
            lines += [f"  | {line}" for line in log[-1:]]
    counts = ", ".join(f"{count} {status}" for status, count in chapter["blocks"].items() if count)
    lines.append(
        f"= {prefix} {counts or chapter['status']}" if prefix else f"= {counts or chapter['status']}"
    )
    return "".join(f"{line[:LONGEST].rstrip()}\n" for line in lines)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[title for title, _, _ in CASES])
def test_a_fault_is_caught_at_its_line_with_its_message(number, verdicts):
    assert CASES[number][2] == verdicts[number]


def test_the_catalogue_holds_forty_faults_of_authors_and_forty_of_runs():
    before = list(read_fixture_file(FIXTURES / "mistakes.md"))

    assert len(before) >= 40
    assert sum("! " in expected for _, _, expected in CASES) >= 40


class TestWholeRuns:
    """What is wrong with more than one block."""

    @pytest.fixture(name="site")
    def fixture_site(self, tmp_path, environments):
        """A site with one chapter whose command must not run where its run cannot begin."""
        site = TestedSite(tmp_path / "site", environments)
        yield site.chapter("Text.\n\n```console\n$ echo ran\nsomething else\n```\n")
        assert [] == site.left()

    def refused(self, site, place, message, hint):
        tested = site.tested()

        assert 1 == tested.status
        assert f"{place}: error[run-environment]: {message}" in tested.text, tested.text
        assert f"hint: {hint}" in tested.text
        assert {} == tested.report
        return tested.text

    def test_a_requirement_without_a_version(self, site):
        site.write("requirements.txt", "--no-index\ngreeter\n").tutorial(
            "env: {requirements: /requirements.txt}"
        )

        self.refused(site, "requirements.txt:2", "`greeter` is not pinned to a version", "write `greeter==`")

    def test_a_requirement_that_cannot_be_had(self, site):
        site.write("requirements.txt", "--no-index\ngreeter==1.0\n").tutorial(
            "env: {requirements: /requirements.txt}"
        )
        text = self.refused(
            site, "requirements.txt", "the packages of `requirements.txt` cannot be installed", "check"
        )

        assert "greeter" in text.rpartition("hint: ")[2]

    def test_a_requirement_that_nobody_listed(self, site):
        make_wheel(site.root / "wheels", "notes", needs=["greeter"])
        make_wheel(site.root / "wheels", "greeter", "2.5")
        site.write("requirements.txt", "--no-index\n--find-links wheels\nnotes==1.0\n")
        site.tutorial("env: {requirements: /requirements.txt}")

        self.refused(
            site,
            "requirements.txt:3",
            "`greeter`, which `notes` needs, is not pinned",
            "add to `requirements.txt`",
        )

    def test_requirements_that_are_not_there(self, site):
        site.tutorial("env: {requirements: /requirements.txt}")
        tested = site.tested()

        assert tested.status in {1, 2}
        assert "requirements.txt" in tested.text
        assert "content/guide/index.md" in tested.text

    def test_a_python_that_is_not_there(self, site):
        site.tutorial('env: {python: ">=3.98"}')

        self.refused(
            site, "content/guide/01-first.md", "the tutorial needs Python >=3.98; found 3.", "install it"
        )

    def test_a_port_that_another_program_has(self, site):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            fault = site.tutorial(f"ports: [{port}]").tested(isolation="ports").fault()

        assert ("01-first.md:3", "run-port") == fault[:2]
        assert re.fullmatch(rf"port {port} is used by (\S+ \(pid \d+\)|another program)", fault.message)

    def test_a_secret_that_is_not_there_leaves_its_blocks_out(self, site):
        site.tutorial("env: {secrets: [API_KEY]}")
        site.chapter('```console needs="secret:API_KEY"\n$ false\n```\n\n```console\n$ true\n```\n')
        tested = site.tested()

        assert ["skipped", "passed"] == tested.statuses()
        assert "the secret `API_KEY` is not there" == tested.chapter()["steps"][0]["reason"]

    def test_a_checkout_that_nobody_trusts(self, site):
        refused = site.octavo("test")

        assert 2 == refused.status
        assert "not trusted yet" in refused.stderr
        assert "echo ran" in refused.stderr

    def test_no_block_that_was_asked_for(self, site):
        for place in ("content/guide/02-second.md", "content/other"):
            tested = site.tested(place)

            assert 2 == tested.status, tested.text
            assert {} == tested.report
