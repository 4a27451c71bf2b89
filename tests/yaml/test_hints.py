"""Hints that need the line above the one where the parser stumbled."""

import pytest

from octavo.yamltext import load_yaml


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("title Missing colon\norder: 3\n", (1, 6), "write `title: Missing colon`"),
        (
            "a: 1\ntitle\norder: 3\n",
            (2, 1),
            "put a colon and a space behind the key, or indent the line if it continues a value",
        ),
        ("nested:\n  name Some text\n  other: 1\n", (2, 7), "write `name: Some text`"),
        ("title:Close\norder: 3\n", (1, 7), "write a space behind the colon"),
    ],
)
def test_line_without_its_colon_is_named(text, place, hint):
    result = load_yaml(text, file="x.yaml")

    (problem,) = result.diagnostics
    assert (*place, hint) == (problem.location.line, problem.location.column, problem.hint)


def test_line_with_another_indentation_is_not_taken_for_a_key():
    result = load_yaml("title: a\n  goes on\norder: 3: 4\n", file="x.yaml")

    assert all("no colon" not in problem.message for problem in result.diagnostics)
    assert result.diagnostics


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("nav:\n  - a.md\n  guide/\n  - b.md\n", (3, 3), "write `- guide/` for an item of the list"),
        ("nav:\n  - a.md\n  More: b/\n  - c.md\n", (3, 3), "write `- More: b/` for an item of the list"),
        (
            "tags:\n- a\ntitle\n",
            (3, 1),
            "put a colon and a space behind the key, or indent the line if it continues a value",
        ),
    ],
)
def test_item_of_a_list_without_its_dash_is_named(text, place, hint):
    (problem,) = load_yaml(text, file="x.yaml").diagnostics

    assert (*place, hint) == (problem.location.line, problem.location.column, problem.hint)


def test_key_indented_below_a_value_is_told_its_column():
    (problem,) = load_yaml("extra:\n  level: 1\n   part: 2\n", file="x.yaml").diagnostics

    assert problem.message == "`part` is indented below `level`, which has a value already"
    assert (problem.location.line, problem.location.column) == (3, 4)
    assert problem.hint == "begin `part` in column 3, or quote the value of `level` if it goes on here"
