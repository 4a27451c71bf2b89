"""What `highlight_lines` makes of code: lines, spans, names of languages."""

import html
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_all_lexers

from octavo.highlight import highlight_lines, languages, suggest_language

SOME_LANGUAGES = (
    "bash", "c", "console", "css", "diff", "go", "html", "html+jinja", "http", "ini", "java", "js", "json", "make",
    "markdown", "php", "pycon", "pytb", "python", "rst", "ruby", "rust", "sql", "toml", "ts", "xml", "yaml",
)  # fmt: skip
PIECES = st.sampled_from(
    (
        "\n",
        "\r\n",
        " ",
        "\t",
        '"',
        "'",
        '"""',
        "<b>",
        "&amp;",
        "{",
        "}",
        "$ ls",
        "def f():",
        "# x",
        "//",
        "/*",
        "```",
    )
)
CODE = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join)


def text_of(line: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", line))


def source_lines(code: str) -> list[str]:
    lines = code.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


@settings(max_examples=150, deadline=None)
@given(CODE, st.sampled_from(SOME_LANGUAGES))
def test_text_of_the_lines_is_exactly_the_source(code, language):
    assert [text_of(line) for line in highlight_lines(code, language).lines] == source_lines(code)


@settings(max_examples=150, deadline=None)
@given(CODE, st.sampled_from(SOME_LANGUAGES))
def test_spans_are_balanced_and_flat_within_each_line(code, language):
    for line in highlight_lines(code, language).lines:
        assert re.fullmatch(r'(?:[^<>]|<span class="[a-z0-9]+">[^<>]+</span>)*', line)


def test_every_lexer_of_pygments_gives_the_text_of_a_small_block_back():
    code = '\n  name = "value" <tag> & 1 # end\n\n'
    changed = [
        aliases[0]
        for _, aliases, _, _ in get_all_lexers(plugins=False)
        if aliases
        and [text_of(line) for line in highlight_lines(code, aliases[0]).lines] != source_lines(code)
    ]

    assert changed == []


def test_line_end_at_the_end_makes_no_further_line():
    assert highlight_lines("a\nb\n", "text").lines == ("a", "b")
    assert highlight_lines("a\nb", "text").lines == ("a", "b")
    assert highlight_lines("a = 1\n\n", "python").lines == (highlight_lines("a = 1\n", "python").lines[0], "")
    assert highlight_lines("", "python").lines == ()
    assert highlight_lines("\n", "python").lines == ("",)


def test_all_three_line_ends_are_read():
    assert highlight_lines("a\r\nb\rc\n", "python").lines == ("a", "b", "c")


def test_token_over_several_lines_gets_a_span_on_each():
    assert highlight_lines('"""a\n\n  b"""\n', "python").lines == (
        '<span class="sd">"""a</span>',
        "",
        '<span class="sd">  b"""</span>',
    )


def test_neighbours_of_one_class_share_a_span():
    assert highlight_lines("f()\n", "python").lines == ('f<span class="p">()</span>',)


def test_names_and_white_space_and_errors_get_no_span():
    assert highlight_lines("  name ?\n", "python").lines == ("  name ?",)


def test_only_what_html_needs_is_escaped():
    assert highlight_lines("\"a\" < 'b' & c > d\n", "text").lines == ("\"a\" &lt; 'b' &amp; c &gt; d",)
    assert highlight_lines('"<&>"\n', "python").lines == ('<span class="s2">"&lt;&amp;&gt;"</span>',)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("py", "python"), ("Python", "python"), ("js", "javascript"), ("sh", "bash"), ("console", "console"),
        ("shell-session", "console"), ("c++", "cpp"), ("c#", "csharp"), ("yml", "yaml"), ("jsonc", "json"),
        ("txt", "text"), ("output", "text"), ("", "text"), ("mermaid", "text"), ("TREE", "text"),
    ],
)  # fmt: skip
def test_alias_is_known_by_its_canonical_name(alias, name):
    highlighted = highlight_lines("x\n", alias)

    assert (highlighted.language, highlighted.known) == (name, True)


def test_names_of_ours_lead_to_lexers_and_hide_none_of_pygments():
    theirs = {alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}
    ours = {name for names in languages._MORE_ALIASES.values() for name in names}

    assert set(languages._MORE_ALIASES) <= theirs
    assert ours & theirs == set()


def test_unknown_language_comes_back_plain_under_its_own_name():
    highlighted = highlight_lines("if <b>:\n", "Pyhton")

    assert highlighted.lines == ("if &lt;b&gt;:",)
    assert (highlighted.language, highlighted.known, highlighted.over_budget) == ("Pyhton", False, False)


@pytest.mark.parametrize(
    ("name", "expected"), [("pyhton", "python"), ("Javascrpt", "javascript"), ("qqqqqq", "")]
)
def test_closest_language_is_suggested(name, expected):
    assert suggest_language(name) == expected


def test_lexers_of_plugins_are_not_looked_for(monkeypatch):
    def scan(*_args):
        raise AssertionError("entry points were scanned")

    monkeypatch.setattr("pygments.plugin.iter_entry_points", scan)

    assert not highlight_lines("x\n", "no-such-language").known
    assert suggest_language("no-such-language") == ""


def test_import_does_not_load_pygments():
    program = (
        "import sys, octavo.highlight; print([name for name in sys.modules if name.startswith('pygments')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
