"""JUnit XML as the readers of it want it: the structure of Jenkins' `junit-10.xsd`, and totals that add up."""

import os
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(__file__))
from sample import sample

from octavo.tutorial.reporting import report_chapter
from octavo.tutorial.reports import junit_report
from octavo.tutorial.results import ChapterResult

# Element -> required attributes, further attributes, children (junit-10.xsd, as far as we write it).
SCHEMA = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file"},
        {"properties", "testcase"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"time", "classname"}, {"skipped", "error", "failure"}),
    "skipped": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "failure": (set(), {"type", "message"}, set()),
}


def check(element):
    required, further, children = SCHEMA[element.tag]
    assert required <= set(element.attrib) <= required | further, element.tag
    for child in element:
        assert child.tag in children, f"{child.tag} in {element.tag}"
        check(child)


def read(chapters):
    return ET.fromstring(junit_report(chapters, 1.5).encode("utf-8"))


def test_the_report_has_the_structure_of_the_schema():
    check(read(sample()))


def test_totals_are_those_of_the_cases():
    root = read(sample())

    for suite in root:
        cases = suite.findall("testcase")
        found = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
        expected = {"failure": "failures", "error": "errors", "skipped": "skipped"}
        assert len(cases) == int(suite.get("tests")), suite.get("name")
        assert found == {tag: int(suite.get(name)) for tag, name in expected.items()}, suite.get("name")
    for name in ("tests", "failures", "errors"):
        assert sum(int(suite.get(name)) for suite in root) == int(root.get(name))


def test_what_was_not_run_is_skipped_and_says_why():
    cases = {case.get("name"): case for case in read(sample()).iter("testcase")}

    messages = {
        name: case.find("skipped").get("message")
        for name, case in cases.items()
        if len(case) and case[0].tag == "skipped"
    }
    assert messages == {
        "skip $ python3 -m venv .venv": "skipped: the runner provides this environment",
        "console $ flask teapot": "failed as expected: #123",
        "http GET /notes": "not run: the block at line 21 failed",
        "chapter": "blocked: flask/02-notes.md failed",
    }


def test_retries_are_properties_of_the_suite():
    suite = read(sample())[0]

    found = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert {"attempts at line 18": "2", "version flask": "3.0.3"}.items() <= found.items()


def test_blocks_with_one_name_are_numbered():
    page = sample()[1]
    twice = report_chapter(
        ChapterResult(
            source="a/b.md", title="B", tutorial="a", status="verified", steps=(page.steps[0].result,) * 2
        ),
        [],
        "content/a/b.md",
    )

    assert ["file db.py", "file db.py #2"] == [case.get("name") for case in read([twice]).iter("testcase")]


def test_a_chapter_that_failed_without_a_block_is_an_error():
    result = ChapterResult(source="a/b.md", title="B", tutorial="a", status="failed", reason="no pip")
    root = read([report_chapter(result, [], "content/a/b.md")])

    check(root)
    assert ("1", "1", "0") == tuple(root.get(name) for name in ("tests", "errors", "failures"))
    assert "no pip" == next(root.iter("error")).get("message")
