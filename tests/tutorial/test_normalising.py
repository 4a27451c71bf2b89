"""Output of programs as pages show it, and what is taken out before it is compared."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octavo.tutorial.normalise import (
    MAX_AUTHORED,
    UNSHOWN,
    Normalisation,
    decode_output,
    normalise_lines,
    present,
)

PLAIN = Normalisation()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\n", "a\nb\n"),
        (b"a\r\r\nb", "a\nb"),
        ("é ☃\n".encode(), "é ☃\n"),
        (b"\xff\xc3", r"\xff\xc3"),
        (b"a\0b\x07\tc\x7f\x0c", "a\\x00b\\x07\tc\\x7f\\x0c"),
        ("\u202e\x85".encode(), r"\u202e\x85"),
        (b"\x1b[1;31mred\x1b[0m", "red"),
        (b"\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "alink"),
        (b"\x1b(Ba\x1b=b\x1b", "ab"),
        (b"\x1b]no end\nb", "\nb"),
        (b" 10%\r 50%\r100%\ndone", "100%\ndone"),
        (b"long line\rshort", "shortline"),
        (b"long line\r\x1b[Kshort", "short"),
        (b"long line\x1b[2K\rshort", "short"),
        (b"a\rb\x1b[31mc\x1b[0m", "bc"),
        (b"ab\x08c\x08\x08\x08\x08x", "xc"),
        (b"abc\r", "abc"),
        (b"", ""),
    ],
)
def test_output_is_decoded_as_a_terminal_would_show_it(data, text):
    assert text == decode_output(data)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(max_size=80), st.text("\x1b[]\\\x07\r\n\x08K2;a", max_size=60).map(str.encode)))
def test_decoded_output_holds_nothing_that_a_page_may_not_hold(data):
    text = decode_output(data)

    assert UNSHOWN.search(text) is None
    text.encode()


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        (b"\r", 1_000_000),
        (b"\x1b]", 300_000),
        (b"\x1b[", 300_000),
        (b"\x1b[1;", 300_000),
        (b"\x1b[2Kx", 100_000),
        (b"x\x08", 100_000),
        (b"x\r\x1b[K", 50_000),
    ],
)
def test_hostile_output_is_decoded_in_linear_time(piece, count):
    started = time.process_time()

    assert len(decode_output(piece * count)) <= len(piece) * count
    assert time.process_time() - started < 20  # about a second; minutes where the square of the length counts


def test_the_page_says_other_paths_than_this_machine():
    rules = Normalisation(
        replacements=(("/tmp/w", "/tmp"), ("/tmp/w/notes", "/path/to/project"), ("", "never"))
    )

    assert ("/path/to/project/app.py", "/tmp/x") == present("/tmp/w/notes/app.py\n/tmp/w/x\n", rules)


def test_what_was_replaced_is_not_replaced_again():
    assert ("ba",) == present("ab", Normalisation(replacements=(("a", "b"), ("b", "a"))))


def test_shell_complaints_blanks_and_empty_ends_are_as_at_a_prompt():
    text = "bash: line 12: foo: command not found  \n\nsay bash: line 1: x\n \n\n"

    assert ("bash: foo: command not found", "", "say bash: line 1: x") == present(text, PLAIN)
    assert () == present(" \n\n", PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 passed in 0.03s", "1 passed in 12.50s"),
        ("Ran 3 tests in 0.001s", "Ran 3 tests in 1.2s"),
        ("Resolved 5 packages in 12ms", "Resolved 5 packages in 1.02s"),
        ("===== 1 passed in 0.03s =====", "=== 1 passed in 63.10s (0:01:03) ==="),
        ('[25/Nov/2026 10:00:00] "GET / HTTP/1.1"', '[1/Jan/2027 23:59:59] "GET / HTTP/1.1"'),
        ("[25/Nov/2026:10:00:00 +0000]", "[26/Nov/2026:10:00:00 +0100]"),
        ("<app.Note object at 0x7f3b5c0d1e80>", "<app.Note object at 0x104a3c9d0>"),
        ("id 0x7f3b5c0d1e80", "id 0x7f0000000000"),
        ("text  ", "text"),
    ],
)
def test_what_says_nothing_is_equal(one, other):
    assert normalise_lines([one], PLAIN) == normalise_lines([other], PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("try again in 5s", "try again in 6s"),
        ("0x7fffffff", "0x7ffffffe"),
        ("0xff", "0xfe"),
        ("10:00:00", "10:00:01"),
        ("within 0.03s", "within 0.04s"),
        ("==== a ====", "=== a ==="),
        ("  text", "text"),
    ],
)
def test_what_may_say_something_is_compared(one, other):
    assert normalise_lines([one], PLAIN) != normalise_lines([other], PLAIN)


def test_the_author_s_patterns_apply_to_each_line_in_their_order():
    rules = Normalisation(patterns=((r"^took (\d+) ms$", r"took \1"), (r"\d+", "N"), ("(x)", r"\7")))

    assert ("took N", "a N", r"\7") == normalise_lines(["took 12 ms", "a 5", "x"], rules)


def test_a_pattern_that_is_none_is_passed_over():
    assert ("a(",) == normalise_lines(["a("], Normalisation(patterns=(("(", "x"),)))


def test_the_author_s_patterns_run_on_a_bounded_text():
    rules = Normalisation(patterns=(("a", "b"),))
    out = normalise_lines(["a", "a" * MAX_AUTHORED, "a"], rules)

    assert ("b", "a" * MAX_AUTHORED, "a") == out


@settings(deadline=None, max_examples=300)
@given(st.lists(st.text("in 0.3s=[]x", max_size=30), max_size=6))
def test_normalising_keeps_the_number_of_lines_and_makes_no_wildcard(lines):
    out = normalise_lines(lines, PLAIN)

    assert len(out) == len(lines)
    assert all("..." not in new or "..." in old for old, new in zip(lines, out, strict=True))
    assert out == normalise_lines(out, PLAIN)
