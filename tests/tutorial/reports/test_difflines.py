"""The lines in which texts differ, as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.tutorial.difflines import DiffLine, diff_lines, first_difference, shorten_diff


def show(expected, got, limit=40):
    return [f"{line.sign} {line.text}" for line in shorten_diff(diff_lines(expected, got), limit)]


@pytest.mark.parametrize(
    ("expected", "got", "shown"),
    [
        (["a"], ["b"], ["- a", "+ b"]),
        (["Python 3...", "Flask 3.0.2"], ["Python 3.11.7", "Flask 3.0.3"], ["  Python 3...", "- Flask 3.0.2", "+ Flask 3.0.3"]),
        (["...", "end"], ["one", "two", "stop"], ["  ...", "- end", "+ stop"]),
        (["one", "...", "end"], ["one", "two", "end", "more"], ["  one", "  ...", "  end", "+ more"]),
        (["a", "b", "c"], ["a", "c"], ["  a", "- b", "  c"]),
        (["a"], [], ["- a"]),
        ([], ["a"], ["+ a"]),
        (["a  "], ["a", "b"], ["  a", "+ b"]),
        (["x...y...z"], ["xAyBz", "!"], ["  x...y...z", "+ !"]),
        (["aa...aa", "x"], ["aaa", "y"], ["- aa...aa", "- x", "+ aaa", "+ y"]),
        # With `literal` three dots are three dots.
        (["wait..."], ["waiting"], ["- wait...", "+ waiting"]),
        (["..."], ["one"], ["- ...", "+ one"]),
    ],
)  # fmt: skip
def test_a_difference_is_shown_with_its_neighbours(expected, got, shown):
    assert shown == show(expected, got)


@pytest.mark.parametrize(
    ("expected", "got", "number"),
    [
        (["a", "b"], ["a", "c"], 1),
        (["...", "b", "c"], ["x", "y", "b", "d"], 2),
        (["a", "b"], ["a", "b", "c"], 1),
        (["a"], [], 0),
        ([], ["a"], 0),
        (["a..."], ["ab"], 0),
    ],
)
def test_the_first_expected_line_that_differs_is_found(expected, got, number):
    assert number == first_difference(expected, got)


def test_what_matches_far_away_is_counted():
    lines = [str(number) for number in range(20)]

    shown = show(lines, [*lines[:10], "new", *lines[10:]])
    assert ["… 8 lines that match", "  8", "  9", "+ new", "  10", "  11", "… 8 lines that match"] == shown


def test_a_long_difference_is_cut_in_its_middle():
    shown = show([], [str(number) for number in range(100)], limit=10)

    assert ["+ 4", "… 90 lines more", "+ 95"] == shown[4:7]
    assert len(shown) == 11


def test_long_lines_are_cut_where_they_begin_to_differ():
    minus, plus = show(["x" * 500 + "a" + "y" * 500], ["x" * 500 + "b" + "y" * 500])

    assert minus.startswith("- …x")
    assert minus.endswith("y…")
    assert "xay" in minus
    assert "xby" in plus
    assert len(minus) < 170


def test_texts_too_large_to_align_are_shown_all_the_same():
    expected, got = ([f"{name}{number}" for number in range(500)] for name in "ab")

    lines = diff_lines(["same", *expected, "middle", *expected], ["same", *got, "middle", *got])
    assert DiffLine(sign=" ", text="same") == lines[0]
    # Aligning a million pairs would find the middle; it would also take seconds.
    assert [1001, 1001] == [sum(line.sign == sign for line in lines) for sign in "-+"]


LINES = st.lists(st.sampled_from(("a", "b", "c", "a...", "...")), max_size=7)
PLAIN = st.lists(st.sampled_from(("a", "b", "c", "ab")), max_size=7)


@given(LINES, PLAIN)
def test_no_expected_line_and_no_difference_is_lost(expected, got):
    lines = diff_lines(expected, got)

    assert expected == [line.text for line in lines if line.sign in " -"]
    came = [line.text for line in lines if line.sign == "+"]
    assert all(came.count(text) <= got.count(text) for text in came)


@given(PLAIN, PLAIN)
def test_without_wildcards_both_texts_can_be_read_from_it(expected, got):
    lines = diff_lines(expected, got)

    assert expected == [line.text for line in lines if line.sign in " -"]
    assert got == [line.text for line in lines if line.sign in " +"]
