"""Whatever a page or a program holds, it stays data: in XML, in JSON, in Markdown, in a workflow command, on a terminal."""

import html
import itertools
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
from octavo.cli.testoutput import chapter_lines, summary_lines
from octavo.errors import Location
from octavo.tutorial.listing import ListedBlock
from octavo.tutorial.reporting import report_chapter
from octavo.tutorial.reports import github_annotations, json_report, junit_report, step_summary
from octavo.tutorial.reports.characters import fit_text
from octavo.tutorial.results import ChapterResult, Recorded, StepFailure

ATTACKS = (
    "]]></failure><testcase name='x'/>", "</pre><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a | b |\n| c",
    "x\n::set-env name=A::b", "\r::error::x", "%0A::warning::y", ",line=1,title=z::", "\x1b]0;title\x07\x1b[31m", "\x9b2J",
    "\x00\x08\x7f", "\ud800", "\ufffe", "\u202eabc", "[red]x[/red]", "[/]", "```\n# h", "[a](javascript:x)", "![i](//e.x/p)",
    "www.evil.example", "https://evil.example", "<!--", "&lt;b&gt;", "<table>", "\n\n# heading", "**b** _i_ `c`", "##[error]x",
)  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=8)), max_size=4).map("".join)


def chapter_of(texts, lines, line, *, hard):
    """Report a chapter in which every text that can come from outside is one of the given ones."""
    failure = StepFailure(
        code="run-output", message=next(texts), hint=next(texts), line=line, expected=next(lines), got=next(lines),
        log=next(lines), log_of=next(texts), hard=hard,
    )  # fmt: skip
    result = ChapterResult(
        source="flask/01-a.md",
        title=next(texts),
        tutorial=next(texts),
        status="failed",
        reason=next(texts),
        steps=(
            step(1, "file", "passed", next(texts), attempts=2),
            step(2, "console", "failed", next(texts), failure=failure),
            step(3, "console", "not-run", next(texts), reason=next(texts)),
        ),
        kept=next(texts),
        recorded=Recorded(python=next(texts), system=next(texts), versions=((next(texts), next(texts)),)),
    )
    return report_chapter(result, [blocks_of(FIRST, "01-a.md")], "content/flask/01-a.md")


@st.composite
def hostile_chapters(draw):
    texts = iter(lambda: draw(HOSTILE), None)
    lines = iter(lambda: tuple(draw(st.lists(HOSTILE, max_size=3))), None)
    return chapter_of(texts, lines, draw(st.integers(-1, 5)), hard=draw(st.booleans()))


def shape(element):
    return (element.tag, sorted(element.attrib), [shape(child) for child in element])


def check_xml(chapter):
    """Only the elements and attributes that we wrote are there."""
    (suite,) = ET.fromstring(junit_report([chapter]).encode("utf-8"))

    cases = suite.findall("testcase")
    assert [[], ["failure"], ["skipped"]] == [[child.tag for child in case] for case in cases]
    assert shape(suite)[1] == ["errors", "failures", "file", "name", "skipped", "tests", "time"]
    assert [("failure", ["message", "type"], [])] == [shape(child) for child in cases[1]]


def check_json(chapter):
    """It is JSON in UTF-8."""
    read = json.loads(json_report([chapter]).encode("utf-8"))

    assert ["passed", "failed", "not-run"] == [each["status"] for each in read["chapters"][0]["steps"]]


def unescape(text):
    """Read a value as GitHub does."""
    for written, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(written, char)
    return text


def check_command(chapter):
    """It is one line with our four properties, and the title reads as the message was."""
    (line,) = github_annotations([chapter])

    assert not set("\r\n\x0b\x0c\x85\u2028\u2029") & set(line)
    head, command, message = line.split("::", 2)
    assert (head, command.split(" ", 1)[0]) == ("", "error")
    properties = dict(each.split("=", 1) for each in command.split(" ", 1)[1].split(","))
    assert list(properties) == ["file", "line", "endLine", "title"]
    assert unescape(properties["title"]) == fit_text(chapter.steps[1].failure.failure.message)
    assert message


TABLES = MarkdownIt("commonmark").enable("table")


def check_summary(chapter):
    """There is one table of our rows, one heading for the failure, and no mark of others."""
    tokens = TABLES.parse(step_summary([chapter]))

    kinds = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    assert kinds == ["heading_open", "table_open", "paragraph_open", "heading_open", "html_block"]
    assert len([token for token in tokens if token.type == "td_open"]) == 7
    for token in tokens:
        if token.type == "inline":
            assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
            # GitHub makes links of these where they stand as they are.
            assert not re.search("(?i)www[.]|https?:|@", token.content)
    (raw,) = [token.content for token in tokens if token.type == "html_block"]
    inside = raw.removeprefix("<pre>\n").removesuffix("\n</pre>\n")
    assert "<" not in inside
    assert html.escape(html.unescape(inside), quote=False) == inside


def check_terminal(chapter):
    """No control character of a page or a program arrives, with styles or without."""
    failed = chapter.steps[1]
    row = ListedBlock(
        location=Location(chapter.file, 3),
        role="file",
        label=failed.result.label,
        checks=(chapter.result.reason,),
    )
    lines = [
        *chapter_lines(chapter, verbose=True),
        *failure_lines(chapter, failed, failed.failure),
        *list_lines(chapter.file, [row]),
        *summary_lines([chapter], 1.0),
    ]

    plain = as_plain(lines)
    assert plain.count("\n") == len(lines) - 1
    kinds = {unicodedata.category(char) for char in plain if char != "\n"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(plain)
    unstyled = re.sub("\x1b\\[[0-9;]*m", "", as_styled(lines))
    assert plain == "\n".join(line.rstrip() for line in unstyled.split("\n"))


CHECKS = (check_xml, check_json, check_command, check_summary, check_terminal)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_text_that_attacks_one_form_stays_data_in_all_of_them(check, attack):
    check(chapter_of(itertools.repeat(attack), itertools.repeat((attack, f"a{attack}")), 0, hard=True))


@pytest.mark.parametrize("check", CHECKS)
@given(hostile_chapters())
def test_whatever_texts_hold_they_stay_data(check, chapter):
    check(chapter)


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
