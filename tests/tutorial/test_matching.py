"""The one wildcard, against a slow reference; how servers are waited for; what counts as checked."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from octavo.tutorial import matching
from octavo.tutorial.matching import (
    compare_output,
    is_unchecked,
    is_unfilled,
    match_line,
    match_lines,
    match_prefix,
)
from octavo.tutorial.normalise import Normalisation

PLAIN = Normalisation()


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("a\nb", "a\nb"),
        ("...", ""),
        ("...", "a\nb\nc"),
        ("a\n...", "a"),
        ("a\n...\nd", "a\nb\nc\nd"),
        ("  ...\nd", "a\n\nd"),
        ("a\n...\nc\n...\ne", "a\nb\nc\nc\ne"),
        ("Python 3...", "Python 3.11.7"),
        ("... passed in ...", "3 passed in 2 days"),
        ("a...", "a"),
        ("...a", "a"),
        ("a......b", "ab"),
        ("....", "x."),
        ("$a^[", "$a^["),
    ],
)
def test_these_lines_match(expected, got):
    assert match_lines(expected.split("\n"), got.split("\n") if got else [])


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("a", ""),
        ("a\n...\nb", "a\nb\nc"),
        ("...\nb", "a"),
        ("a\n...\na", "a"),
        ("a...a", "a"),
        ("a...b", "ab "),
        ("..", "x"),
        ("a…", "abc"),
        ("a\n...\nb\n...\nb", "a\nb"),
    ],
)
def test_these_lines_do_not_match(expected, got):
    assert not match_lines(expected.split("\n"), got.split("\n") if got else [])


def test_literal_dots_match_nothing_but_dots():
    assert match_lines(["...", "a..."], ["...", "a..."], literal=True)
    assert not match_lines(["..."], ["a"], literal=True)
    assert not match_lines(["a..."], ["ab"], literal=True)


def slow_line(expected, got):
    if expected.startswith("..."):
        return any(slow_line(expected[3:], got[start:]) for start in range(len(got) + 1))
    if not expected or not got:
        return expected == got
    return expected[0] == got[0] and slow_line(expected[1:], got[1:])


def slow_lines(expected, got):
    if not expected:
        return not got
    if expected[0].strip() == "...":
        return any(slow_lines(expected[1:], got[start:]) for start in range(len(got) + 1))
    return bool(got) and slow_line(expected[0], got[0]) and slow_lines(expected[1:], got[1:])


PATTERN = st.lists(st.sampled_from(("a", "b", "...", ".", " ")), max_size=6).map("".join)
TEXT = st.text("ab. ", max_size=6)
EXPECTED = st.lists(st.one_of(st.just("..."), PATTERN), max_size=6)
GOT = st.lists(TEXT, max_size=6)


@settings(deadline=None, max_examples=300)
@given(PATTERN, TEXT)
@example("a...b...", "abab")
def test_lines_match_as_the_slow_reference_says(expected, got):
    assert slow_line(expected, got) == match_line(expected, got)


@settings(deadline=None, max_examples=300)
@given(EXPECTED, GOT)
@example(["...", "a", "...", "a"], ["a", "b", "a"])
def test_texts_match_as_the_slow_reference_says(expected, got):
    assert slow_lines(expected, got) == match_lines(expected, got)


@settings(deadline=None, max_examples=300)
@given(EXPECTED, GOT)
def test_a_server_is_ready_when_some_beginning_of_its_log_matches(expected, got):
    wanted = list(expected)
    while wanted and not wanted[-1].strip():
        wanted.pop()
    beginnings = [got[:end] for end in range(len(got) + 1)]

    assert any(slow_lines(wanted, each) for each in beginnings) == match_prefix(expected, got)


def test_a_server_is_ready_once_all_its_lines_have_appeared():
    shown = [" * Serving Flask app 'app'", "...", " * Running on http://127.0.0.1:5000", ""]
    log = [" * Serving Flask app 'app'", "WARNING", " * Running on http://127.0.0.1:5000", "GET / 200"]

    assert [False, False, False, True, True] == [match_prefix(shown, log[:end]) for end in range(5)]
    assert match_prefix([], [])
    assert not match_prefix(["..."], ["x"], literal=True)


def test_hostile_lines_cost_one_search_for_each_wildcard():
    class Counted(str):
        __slots__ = ()
        searches = 0

        def find(self, *arguments):
            Counted.searches += 1
            return super().find(*arguments)

    expected = "a..." * 500 + "b"

    assert not match_line(expected, Counted("a" * 100_000))
    assert not match_line(expected, Counted("a" * 100_000 + "cb" * 2 + "c"))
    assert match_line(expected, Counted("a" * 100_000 + "b"))
    assert Counted.searches <= 3 * 500


def test_hostile_texts_cost_the_product_of_their_lengths_at_most(monkeypatch):
    calls = []
    real = matching.match_line

    def counted(expected, got, **options):
        calls.append(1)
        return real(expected, got, **options)

    monkeypatch.setattr(matching, "match_line", counted)
    expected = ["...", "a...", "a..."] * 60 + ["b"]
    got = ["a"] * 400 + ["c"]

    assert not match_lines(expected, [*got, "x"])
    assert not match_lines(["...", *["a..."] * 100, "b...", "..."], got)
    assert 0 < len(calls) <= len(expected) * len(got)


def test_thousands_of_hostile_lines_are_compared_within_seconds():
    started = time.process_time()

    assert not match_lines(["...", *["a"] * 5_000, "b", "..."], ["a"] * 10_000)
    assert not match_lines(["...", "a"] * 3_000 + ["b"], ["a"] * 10_000)
    assert time.process_time() - started < 20  # exponential work would not end at all


def test_a_mismatch_holds_both_sides_as_they_were_compared():
    found = compare_output(["a  ", "in 0.03s", ""], ["a", "in 1.20s", "more"], PLAIN)

    assert ("a", "in 0.00s") == found.expected
    assert ("a", "in 0.00s", "more") == found.got


def test_normalising_makes_both_sides_equal():
    assert compare_output(["1 passed in 0.03s", ""], ["1 passed in 2.10s"], PLAIN) is None
    assert compare_output(["a"], ["b"], Normalisation(patterns=(("[ab]", "x"),))) is None


@pytest.mark.parametrize(
    ("expected", "unchecked", "unfilled"),
    [
        ([], False, False),
        ([""], False, False),
        (["..."], True, False),
        (["", " ...", "..."], True, False),
        (["...", "a"], False, False),
        (["a..."], False, False),
        (["???"], False, True),
        (["", " ??? "], False, True),
        (["???", "a"], False, False),
    ],
)
def test_wildcards_alone_check_nothing_and_question_marks_ask(expected, unchecked, unfilled):
    assert (unchecked, unfilled) == (is_unchecked(expected), is_unfilled(expected))
