"""What `--update` writes: the result matches what came, and the author's text stays wherever it still does."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from octavo.tutorial import alignment
from octavo.tutorial.alignment import MAX_CELLS, align_json, align_output
from octavo.tutorial.jsontext import compare_body
from octavo.tutorial.matching import compare_output, is_unfilled
from octavo.tutorial.normalise import Normalisation

PLAIN = Normalisation()
FIXTURE = Path(__file__).parent / "fixtures" / "updates" / "output.md"
CASES = [
    pytest.param(source, result, id=title.strip()) for _, title, source, result in read_fixture_file(FIXTURE)
]


def lines(text):
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


@pytest.mark.parametrize(("source", "result"), CASES)
def test_expected_lines_become_those_of_the_fixture(source, result):
    expected, _, got = source.partition("--- got\n")

    assert lines(result) == align_output(lines(expected), lines(got), PLAIN)


def test_three_dots_are_three_dots_where_the_block_is_literal():
    expected = ("...", "a...", "b")

    assert expected == align_output(expected, expected, PLAIN, literal=True)
    assert ("x", "a1", "b") == align_output(expected, ("x", "a1", "b"), PLAIN, literal=True)
    assert ("???",) == align_output(("???",), ("???",), PLAIN, literal=True)


def test_lines_that_match_by_the_settings_keep_the_author_s_text():
    rules = Normalisation(patterns=((r"took \d+ ms", "took N ms"),))

    assert ("took 5 ms", "b") == align_output(("took 5 ms", "a"), ("took 99 ms", "b"), rules)


def test_more_lines_than_are_worth_aligning_are_taken_as_they_are():
    expected = ["...", *map(str, range(2_000))]
    got = [str(number) for number in range(1, MAX_CELLS // 1_000)]

    assert tuple(got) == align_output(expected, got, PLAIN)


def test_the_work_is_the_product_of_the_two_lengths_at_most(monkeypatch):
    calls = []
    monkeypatch.setattr(alignment, "match_line", lambda a, b, **_: calls.append(1) or a == b)
    expected, got = ["...", "a", "b"] * 20, ["a", "c"] * 50

    align_output(expected, got, PLAIN)

    assert 0 < len(calls) <= 3 * len(expected) * len(got)


ANY_LINE = st.sampled_from(("a", "b", "c", "", "...", "a...", "...b", "a...b", "ab", "axb", "???", "  ..."))
REAL_LINE = st.sampled_from(("a", "b", "c", "d", "", "ab", "axb", "..", "...", "a...", "???", " x"))
PLAIN_LINE = st.sampled_from(("a", "b", "c", "d", "e", "", "..."))
GOT = st.lists(REAL_LINE, max_size=9).map(
    lambda got: list(lines("\n".join(got).rstrip()))  # as `present` gives it: no blank lines at the end
)


@settings(deadline=None, max_examples=400)
@example([], ["", "???"], False)
@given(st.lists(ANY_LINE, max_size=7), GOT, st.booleans())
def test_what_is_written_matches_what_came_and_is_not_written_again(expected, got, literal):
    once = align_output(expected, got, PLAIN, literal=literal)

    assert compare_output(once, got, PLAIN, literal=literal) is None or once == ("??...",)
    if not (literal and is_unfilled(once)):
        assert once == align_output(once, got, PLAIN, literal=literal)


@settings(deadline=None, max_examples=400)
@given(st.lists(PLAIN_LINE, max_size=7), st.lists(st.sampled_from("abcdefg"), max_size=9))
def test_no_line_that_was_checked_and_came_again_is_left_to_a_wildcard(expected, got):
    checked = Counter(line for line in expected if line.strip() not in {"", "..."})
    result = Counter(align_output(expected, got, PLAIN))

    for line, count in checked.items():
        assert result[line] >= min(count, got.count(line)), (line, result)


@settings(deadline=None, max_examples=400)
@given(st.lists(ANY_LINE, max_size=7), st.lists(st.sampled_from(("a", "b", "ab", "x")), max_size=9))
def test_a_wildcard_stands_only_where_the_author_wrote_one(expected, got):
    for line in align_output(expected, got, PLAIN):
        assert "..." not in line or line in expected


# ---------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    ("expected", "got", "result"),
    [
        ('{"id": "...", "text": "a"}', '{"text":"b","id":3}', '{"id": "...", "text": "b"}'),
        ('{"id":1,"text":"a"}', '{"id": 2, "text": "a"}', '{"id":2,"text":"a"}'),
        ("[]", "[1]", "[1]"),
        ('{\n  "a": 1\n}', '{"a":2,"b":[1]}', '{\n  "a": 2,\n  "b": [\n    1\n  ]\n}'),
        ('{\n    "a": 1\n}', '{"a":2}', '{\n    "a": 2\n}'),
        ('[\n  {"id": 1}\n]', '[{"id":1},{"id":2}]', '[\n  {"id": 1},\n  {"id": 2}\n]'),
        ('{"a": 1.0, "gone": 2}', '{"a":1,"new":null}', '{"a": 1.0, "new": null}'),
        ('{"name": "Ad..."}', '{"name":"Ada","age":3}', '{"name": "Ad...", "age": 3}'),
        ('{"a": "é"}', '{"a":"\\u00e9","b":"\\ud800"}', '{"a": "é", "b": "\\ud800"}'),
        ("[1]", "no JSON", "no JSON"),
        ("???", '{"a":1}', '{"a":1}'),
        ('{"a":\n1}', '{"a":2}', '{\n  "a": 2\n}'),
    ],
)
def test_json_keeps_layout_order_and_wildcards(expected, got, result):
    assert result == "\n".join(align_json(lines(expected), got))


def test_three_dots_in_literal_json_are_a_text():
    assert ('{"a": 1}',) == align_json(('{"a": "..."}',), '{"a":1}', literal=True)


LEAF = st.one_of(
    st.integers(0, 2), st.booleans(), st.none(), st.sampled_from(("a", "...", "b...", "bc", "x"))
)
JSON = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
INDENT = st.sampled_from((None, 2, 4))


@settings(deadline=None, max_examples=300)
@given(JSON, JSON, INDENT)
def test_json_that_is_written_matches_what_came_and_is_not_written_again(expected, got, indent):
    shown, came = lines(json.dumps(expected, indent=indent)), json.dumps(got)
    once = align_json(shown, came)

    assert compare_body(once, came, PLAIN) is None
    assert once == align_json(once, came)
