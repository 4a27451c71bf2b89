"""Whatever a page or a program holds, it stays data: in XML, in JSON, in Markdown, in a workflow command, on a terminal."""

import html
import json
import os
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

sys.path.insert(0, os.path.dirname(__file__))
from sample import FIRST, blocks_of, step

from octavo.cli.failureoutput import failure_lines, unexplained_lines
from octavo.cli.painting import as_plain, as_styled
from octavo.cli.testlist import list_lines
from octavo.cli.testoutput import TutorialHeading, chapter_lines, heading_lines
from octavo.errors import Location
from octavo.tutorial.listing import ListedBlock
from octavo.tutorial.reporting import report_chapter
from octavo.tutorial.reports import github_annotations, json_report, junit_report, step_summary
from octavo.tutorial.results import ChapterResult, StepFailure

ATTACKS = (
    "]]></failure><testcase name='x'/>", "</pre><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a | b |\n| c",
    "x\n::set-env name=A::b", "\r::error::x", "%0A::warning::y", ",line=1,title=z::", "\x1b]0;title\x07\x1b[31m", "\x9b2J",
    "\x00\x08\x7f", "\ud800", "\ufffe", "\u202eabc", "[red]x[/red]", "[/]", "```\n# h", "[a](javascript:x)", "![i](//e.x/p)",
    "www.evil.example", "https://evil.example", "<!--", "&lt;b&gt;", "<table>", "\n\n# heading", "**b** _i_ `c`", "##[error]x",
)  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=8)), max_size=4).map("".join)


@st.composite
def hostile_chapters(draw):
    """A chapter in which every text that can come from outside is hostile."""
    lines = st.lists(HOSTILE, max_size=3).map(tuple)
    failure = StepFailure(
        code="run-output", message=draw(HOSTILE), hint=draw(HOSTILE), line=draw(st.integers(-1, 5)),
        expected=draw(lines), got=draw(lines), log=draw(lines), log_of=draw(HOSTILE), hard=draw(st.booleans()),
    )  # fmt: skip
    result = ChapterResult(
        source="flask/01-a.md",
        title=draw(HOSTILE),
        tutorial=draw(HOSTILE),
        status="failed",
        reason=draw(HOSTILE),
        steps=(
            step(1, "file", "passed", draw(HOSTILE), attempts=2),
            step(2, "console", "failed", draw(HOSTILE), failure=failure),
            step(3, "console", "not-run", draw(HOSTILE), reason=draw(HOSTILE)),
        ),
        kept=draw(HOSTILE),
    )
    return report_chapter(result, [blocks_of(FIRST, "01-a.md")], "content/flask/01-a.md")


def shape(element):
    return (element.tag, sorted(element.attrib), [shape(child) for child in element])


@given(hostile_chapters())
def test_xml_holds_the_elements_that_we_wrote_and_no_other(chapter):
    (suite,) = ET.fromstring(junit_report([chapter]).encode("utf-8"))

    cases = suite.findall("testcase")
    assert [[], ["failure"], ["skipped"]] == [[child.tag for child in case] for case in cases]
    assert shape(suite)[1] == ["errors", "failures", "file", "name", "skipped", "tests", "time"]
    assert [("failure", ["message", "type"], [])] == [shape(child) for child in cases[1]]


@given(hostile_chapters())
def test_json_is_json_in_utf_8(chapter):
    read = json.loads(json_report([chapter]).encode("utf-8"))

    assert ["passed", "failed", "not-run"] == [each["status"] for each in read["chapters"][0]["steps"]]


@given(hostile_chapters())
def test_a_failure_is_one_workflow_command_with_the_properties_that_we_wrote(chapter):
    (line,) = github_annotations([chapter])

    assert not set("\r\n\x0b\x0c\x85\u2028\u2029") & set(line)
    head, properties, message = line.split("::", 2)[0], line.split("::", 2)[1], line.split("::", 2)[2]
    assert (head, properties.split(" ", 1)[0]) == ("", "error")
    names = [each.split("=", 1)[0] for each in properties.split(" ", 1)[1].split(",")]
    assert names == ["file", "line", "endLine", "title"]
    assert message
    assert not re.search("%(?!25|0A|0D)", message)


TABLES = MarkdownIt("commonmark").enable("table")


@given(hostile_chapters())
def test_the_summary_holds_one_table_one_heading_a_failure_and_no_mark_of_others(chapter):
    text = step_summary([chapter])
    tokens = TABLES.parse(text)

    kinds = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    assert kinds == ["heading_open", "table_open", "paragraph_open", "heading_open", "html_block"]
    body = [token for token in tokens if token.type == "td_open"]
    assert len(body) == 7
    for token in tokens:
        if token.type == "inline":
            assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
    (raw,) = [token.content for token in tokens if token.type == "html_block"]
    inside = raw.removeprefix("<pre>\n").removesuffix("\n</pre>\n")
    assert "<" not in inside
    assert html.escape(html.unescape(inside), quote=False) == inside


@given(hostile_chapters())
def test_a_terminal_gets_no_control_character_of_a_page_or_a_program(chapter):
    failed = chapter.steps[1]
    heading = TutorialHeading(folder="content/flask", title=chapter.result.title)
    row = ListedBlock(
        location=Location(chapter.file, 3),
        role="file",
        label=failed.result.label,
        checks=(chapter.result.reason,),
    )
    lines = [
        *heading_lines(heading),
        *chapter_lines(chapter, verbose=True),
        *failure_lines(chapter, failed, failed.failure),
        *list_lines(chapter.file, [row]),
    ]

    plain = as_plain(lines)
    assert plain.count("\n") == len(lines) - 1
    kinds = {unicodedata.category(char) for char in plain if char != "\n"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(plain)
    # With styles the same text stands there, and the only control sequences are those of colours.
    assert plain == "\n".join(
        line.rstrip() for line in re.sub("\x1b\\[[0-9;]*m", "", as_styled(lines)).split("\n")
    )


@pytest.mark.parametrize("reason", ATTACKS)
def test_the_reason_of_a_chapter_without_blocks_is_data_too(reason):
    result = ChapterResult(source="a/b.md", title="B", tutorial="a", status="failed", reason=reason)
    chapter = report_chapter(result, [], "content/a/b.md")

    (suite,) = ET.fromstring(junit_report([chapter]).encode("utf-8"))
    assert ["testcase"] == [child.tag for child in suite if child.tag != "properties"]
    (line,) = github_annotations([chapter])
    assert line.startswith("::error file=content/a/b.md,title=the chapter failed::")
    assert "\n" not in line
    assert len(unexplained_lines(chapter)) == as_plain(unexplained_lines(chapter)).count("\n") + 1
