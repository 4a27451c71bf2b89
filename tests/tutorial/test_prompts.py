"""Examples at the Python prompt, read and compared by the rules of doctest."""

import pytest

from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.normalise import Normalisation
from octavo.tutorial.prompts import Example, align_example, compare_example, read_examples

PLAIN = Normalisation()
BLOCK = split_lines("""\
>>> def half(number):
...     return number / 2
...
>>> half(3)
1.5
>>> half("a")
Traceback (most recent call last):
  ...
TypeError: unsupported operand type(s) for /: 'str' and 'int'

>>>
>>> print("a\\n\\nb")
a

b
""")


def test_a_block_is_read_as_examples_with_their_lines():
    found = read_examples(BLOCK)

    assert [
        ("def half(number):\n    return number / 2\n\n", 0, (), 3),
        ("half(3)\n", 3, ("1.5",), 4),
        ('half("a")\n', 5, tuple(BLOCK[6:9]), 6),
        ("\n", 10, (), 11),
        ('print("a\\n\\nb")\n', 11, ("a", "", "b"), 12),
    ] == [(each.source, each.line, each.expected, each.expected_line) for each in found]


@pytest.mark.parametrize(
    ("lines", "source", "expected"),
    [
        ([">>> show()", "...", "end"], "show()\n", ("...", "end")),
        ([">>> show(", "... )", "...", "end"], "show(\n)\n", ("...", "end")),
        ([">>> for i in 'a':", "...     i", "...", "'a'"], "for i in 'a':\n    i\n\n", ("'a'",)),
        ([">>> show(", "...", "... )", "1"], "show(\n\n)\n", ("1",)),
        ([">>> show()", "... and more"], "show()\nand more\n", ()),
        (["text", ">>> 1", ">>>2"], "1\n", (">>>2",)),
    ],
)
def test_dots_behind_a_whole_statement_are_the_wildcard_and_a_prompt_elsewhere(lines, source, expected):
    (found,) = read_examples(lines)

    assert (source, expected) == (found.source, found.expected)


def of(*expected):
    return Example(source="f()\n", line=0, expected=expected, expected_line=1)


STACK = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n    f()\n    ~^^\n'
HEADER = "Traceback (most recent call last):"


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (("1.5",), "1.5\n"),
        ((), ""),
        (("a", "<BLANKLINE>", "b"), "a\n\nb\n"),
        (("<f at 0x7f0000000001>",), "<f at 0x7f3b5c0d1e80>\n"),
        (("...", "b"), "a\nb\n"),
        ((HEADER, "  ...", "ValueError: no"), STACK + "ValueError: no\n"),
        ((HEADER, "  ..."), STACK + "ValueError: no\n"),
        ((HEADER, "ValueError: no"), STACK + "ValueError: no\n"),
        ((HEADER, "...", "ValueError: n..."), STACK + "ValueError: no\n"),
        ((HEADER, '  File "other.py", line 9', "    g()", "KeyError"), STACK + "KeyError\n"),
        (("before", HEADER, "  ...", "app.Bad: no", "a note"), f"before\n{STACK}app.Bad: no\na note\n"),
        (
            (HEADER, "  ...", "KeyError: 1"),
            f"{STACK}ValueError: 2\n\nThe above exception was the direct cause:\n\n{STACK}KeyError: 1\n",
        ),
    ],
)
def test_these_examples_agree(expected, got):
    assert compare_example(of(*expected), got, PLAIN) is None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (("1.5",), ""),
        (("1.5",), STACK + "ValueError: no\n"),
        ((), "1\n"),
        ((HEADER, "  ...", "ValueError: no"), "ValueError: no\n"),
        ((HEADER, "  ...", "ValueError: no"), STACK + "ValueError: yes\n"),
        ((HEADER, "  ...", "ValueError: no"), STACK + "TypeError: no\n"),
        ((HEADER, "  ...", "ValueError: no"), f"before\n{STACK}ValueError: no\n"),
        ((HEADER, "  ...", "ValueError: no"), STACK + "ValueError: no\na note\n"),
    ],
)
def test_these_examples_differ(expected, got):
    assert compare_example(of(*expected), got, PLAIN) is not None


def test_a_mismatch_leaves_the_stack_out():
    found = compare_example(of(HEADER, "  ...", "ValueError: no"), STACK + "ValueError: yes\n", PLAIN)

    assert (HEADER, "  ...", "ValueError: no") == found.expected
    assert (HEADER, "  ...", "ValueError: yes") == found.got


def test_dots_are_literal_where_the_block_is():
    assert compare_example(of("..."), "a\n", PLAIN, literal=True) is not None
    assert (
        compare_example(of(HEADER, "  ...", "ValueError: no"), STACK + "ValueError: no", PLAIN, literal=True)
        is None
    )


@pytest.mark.parametrize(
    ("expected", "got", "result"),
    [
        (("1",), "2\n", ("2",)),
        (("a", "<BLANKLINE>", "b"), "a\n\nb\n", ("a", "<BLANKLINE>", "b")),
        (("???",), STACK + "ValueError: no\n", (HEADER, "  ...", "ValueError: no")),
        ((HEADER, "  ...", "ValueError: no"), "2\n", ("2",)),
        (
            (HEADER, "    ...", "ValueError: no"),
            STACK + "ValueError: yes\n",
            (HEADER, "    ...", "ValueError: yes"),
        ),
        (
            ("a...", HEADER, '  File "app.py"', "ValueError: n...", "b"),
            f"abc\n{STACK}ValueError: no\nc\n",
            ("a...", HEADER, '  File "app.py"', "ValueError: n...", "c"),
        ),
    ],
)
def test_expected_lines_are_brought_up_to_date(expected, got, result):
    assert result == align_example(of(*expected), got, PLAIN)
    assert compare_example(of(*result), got, PLAIN) is None
    assert result == align_example(of(*result), got, PLAIN)
