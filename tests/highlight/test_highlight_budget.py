"""Blocks that are too large, too slow, or that a lexer fails on."""

import threading
import time

import pytest
from pygments.lexer import Lexer
from pygments.token import Text

from octavo.highlight import highlight_lines, lines


@pytest.fixture(autouse=True)
def fresh_memo():
    lines._highlight_memo.cache_clear()
    yield
    lines._highlight_memo.cache_clear()


def lexer_that(tokens):
    """Make a lexer class from a function of the text."""
    return type("Made", (Lexer,), {"get_tokens_unprocessed": lambda _self, text: tokens(text)})


def use(monkeypatch, tokens):
    monkeypatch.setattr(lines, "find_lexer", lambda _name: ("made", lexer_that(tokens)))


@pytest.mark.parametrize("language", ["chapel", "fish", "scala"])
def test_lexer_that_hangs_is_stopped_and_the_block_stays_plain(language, monkeypatch):
    monkeypatch.setattr(lines, "MAX_CPU_SECONDS", 0.05)
    code = '"' + "\\" * 48 + "\n"
    started = time.process_time()

    highlighted = highlight_lines(code, language)

    assert (highlighted.lines, highlighted.over_budget, highlighted.known) == (
        (code.rstrip("\n"),),
        True,
        True,
    )
    assert time.process_time() - started < 1


def test_block_above_the_size_limit_stays_plain(monkeypatch):
    monkeypatch.setattr(lines, "MAX_CHARACTERS", 12)

    assert not highlight_lines("a = 1\nb = 2\n", "python").over_budget
    assert highlight_lines("a = 1\nb = <\n\n", "python").over_budget
    assert highlight_lines("a = 1\nb = <\n\n", "python").lines == ("a = 1", "b = &lt;", "")


def test_plain_text_has_no_limit(monkeypatch):
    monkeypatch.setattr(lines, "MAX_CHARACTERS", 1)

    assert not highlight_lines("a\nb\n", "text").over_budget


def test_block_above_the_token_limit_stays_plain(monkeypatch):
    monkeypatch.setattr(lines, "MAX_TOKENS", 8)

    assert not highlight_lines("a.b.c\n", "python").over_budget
    assert highlight_lines("a.b.c.d.e\n", "python").over_budget


def test_endless_lexer_ends_at_the_token_limit(monkeypatch):
    def tokens(_text):
        while True:
            yield 0, Text, ""

    use(monkeypatch, tokens)

    assert highlight_lines("a\n", "made").over_budget


@pytest.mark.parametrize("failure", [RecursionError, ValueError, AssertionError])
def test_lexer_that_fails_leaves_the_block_plain(failure, monkeypatch):
    def tokens(_text):
        yield 0, Text, "a"
        raise failure

    use(monkeypatch, tokens)

    assert highlight_lines("a < b\n", "made").lines == ("a &lt; b",)


def test_lexer_that_changes_the_text_leaves_the_block_plain(monkeypatch):
    use(monkeypatch, lambda text: [(0, Text, text.upper())])

    assert highlight_lines("a < b\n", "made").lines == ("a &lt; b",)


def test_other_threads_highlight_without_the_guard():
    results = []
    thread = threading.Thread(target=lambda: results.append(highlight_lines("x = 1\n", "python")))
    thread.start()
    thread.join()

    assert results == [highlight_lines("x = 1\n", "python")]


def test_result_does_not_depend_on_the_blocks_before():
    block = "Feature: a\n  Scenario: b\n    Given c\n"
    alone = lines._highlight(block, "gherkin")
    lines._highlight('"""\nopen', "gherkin")

    assert lines._highlight(block, "gherkin") == alone
