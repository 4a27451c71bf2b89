"""The faster loop gives the tokens of the lexers that it stands in for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexer import RegexLexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import Name, Number, String, Text

from octavo.highlight import dispatch
from octavo.highlight.dispatch import with_dispatch
from octavo.highlight.first_characters import ANY, first_characters

SAMPLES = (
    "\n  name = \"value\" <tag a='b'> & 1.5e3 # end\n\n@x def f(a): -> é // c\n",
    "SELECT 'é' FROM t -- c\n/* x */ int main() { return 0x1F; }\n{% if x %}$ ls | grep K\u212a\n<?php ?>\n",
)
PATTERNS = (
    r"abc", r"[a-c]x", r"[^a-y]", r"(?i)[k-m]", r"(?i)S", r"\d+|x", r"a?b", r"(a|b)?c", r"(?:a|)b", r"\bfoo\b", r"^\s*#",
    r"(?=a)ab", r"(?<!x)ab", r"(?!a)[ab]", r"a{0,2}z", r"(?i:q)r", r"(?>a|b)c", r"x*+y", r"\W", r"\S\D", r".", r"(?s).",
    r"é|a", r"(?i)é", r"(?i)\u212a", r"[é-ü]", r"(a)|b", r"a+?b", r"~", r"(?i)[\u0100-\u2200]", r"(?x) a  b # c",
)  # fmt: skip


@pytest.fixture(autouse=True)
def dispatch_at_once(monkeypatch):
    monkeypatch.setattr(dispatch, "_VISITS_BEFORE_DISPATCH", 1)
    with_dispatch.cache_clear()
    yield
    with_dispatch.cache_clear()


def tokens_of(lexer_class, text):
    return list(lexer_class(stripnl=False).get_tokens_unprocessed(text))


def test_every_lexer_gives_the_same_tokens():
    classes = [find_lexer_class(name) for name, *_ in get_all_lexers(plugins=False)]
    faster = [lexer_class for lexer_class in classes if with_dispatch(lexer_class) is not lexer_class]
    different = [
        lexer_class.name
        for lexer_class in faster
        for sample in SAMPLES
        if tokens_of(lexer_class, sample) != tokens_of(with_dispatch(lexer_class), sample)
    ]

    assert different == []
    assert len(faster) > len(classes) / 2


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="\n\t abfxKſé\u212a09_\"'`$%&/()=?{[]}\\+*~#-.:,;<>|@^!", max_size=60),
    st.sampled_from(
        ("Python", "JavaScript", "HTML", "Rust", "Bash", "CSS", "C++", "Go", "TOML", "SQL", "Makefile")
    ),
)
def test_random_text_gives_the_same_tokens(text, name):
    lexer_class = find_lexer_class(name)

    assert tokens_of(with_dispatch(lexer_class), text) == tokens_of(lexer_class, text)


def test_line_end_without_a_rule_leaves_all_states():
    class Nested(RegexLexer):
        tokens = {  # noqa: RUF012  # the form that pygments asks for
            "root": [(r"<", Text, "outer"), (r"x", Name)],
            "outer": [(r"y", String, "inner")],
            "inner": [(r"z", Number, "#pop:2")],
        }

    faster = with_dispatch(Nested)

    assert faster is not Nested
    assert [(str(kind), text) for _, kind, text in tokens_of(faster, "<\n<yzx")][-1] == ("Token.Name", "x")
    assert tokens_of(faster, "<\n<yzx") == tokens_of(Nested, "<\n<yzx")


def test_table_is_made_when_a_state_is_visited_often_enough(monkeypatch):
    monkeypatch.setattr(dispatch, "_VISITS_BEFORE_DISPATCH", 3)
    lexer_class = with_dispatch(find_lexer_class("Rust"))
    root = lexer_class._states["root"]
    sizes = []
    for _ in range(4):
        tokens_of(lexer_class, "x")
        sizes.append(len(root.by_character))

    assert sizes[0] == 0
    assert sizes[-1] == 128


@pytest.mark.parametrize("expression", PATTERNS)
def test_first_characters_hold_the_start_of_every_match(expression):
    pattern = re.compile(expression)
    firsts = first_characters(pattern)
    starts = [chr(code) for code in range(128)]
    rests = ["", "a", "b", "c", "x", "y", "z", "foo", "r", "abc", "oo", "\n"]
    missed = [
        start for start in starts for rest in rests if pattern.match(start + rest) and start not in firsts
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"abc|d", {"a", "d"}),
        (r"(?i)x", {"x", "X"}),
        (r"\b[0-2]", {"0", "1", "2"}),
        (r"a?b", {"a", "b"}),
        (r"é", set()),
    ],
)
def test_first_characters_are_few_where_they_can_be(expression, expected):
    assert first_characters(re.compile(expression)) == expected


def test_expression_that_may_match_nothing_can_begin_anywhere():
    assert first_characters(re.compile(r"a*")) == ANY
    assert first_characters(re.compile(r"(?=a)")) == ANY


def test_private_modules_that_are_missing_cost_only_speed(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("octavo.highlight.first_characters.import_module", missing)

    assert first_characters.__wrapped__(re.compile(r"abc")) == ANY
