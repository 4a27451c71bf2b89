"""Every role of a block and every mistake of an author, in files that a writer can read.

A case is a title, chapters and what comes of them, each ended by a line with a dot: the problems as lines
`! chapter:line:column code: message` with their hints, and the project at the end.
"""

import os
import sys
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

sys.path.insert(0, os.path.dirname(__file__))
from chapters import fold, show

FIXTURES = Path(__file__).parent / "fixtures"
CASES = [
    pytest.param(source, expected, id=f"{path.stem}:{line}-{title.strip()}")
    for path in sorted(FIXTURES.glob("*.md"))
    for line, title, source, expected in read_fixture_file(path)
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_chapters_give_the_problems_and_the_project_of_their_fixture(source, expected):
    assert expected == show(source)


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_every_problem_stands_at_a_line_that_its_excerpt_shows(source, expected):
    for item in fold(source).diagnostics:
        assert item.excerpt, item
        assert 0 < item.location.column <= len(item.excerpt) + 1, item
