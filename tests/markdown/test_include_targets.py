"""The scan for includes, which the engine relies on to load texts beforehand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markdown_pages import parse_page
from octavo.markdown import include_targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("nothing here", ()),
        ("::: include a.md\n", ("content/guide/a.md",)),
        (":::: INCLUDE  ../b.md#part\n::::\n", ("content/b.md",)),
        ('- ```py include="/code/a.py#x" lines\n', ("code/a.py",)),
        ("~~~ {.py include='a&amp;b.py'}\n", ("content/guide/a&b.py",)),
        ("```py include=c.py#1-2\n```py include=c.py\n", ("content/guide/c.py",)),
        ("::: include ../../../etc/passwd\n::: include https://example.org/x\n::: include ..\\x\n", ()),
    ],
)
def test_the_scan_finds_what_a_text_may_include(text, targets):
    assert include_targets("content/guide/page.md", text) == targets


_PIECES = st.sampled_from(
    [
        "::: include a.md",
        ":::include b.md#r",
        "::::  include\tc.md {.x}",
        '```py include="d.py"',
        "```py include='e f.py' title=x",
        "~~~ include=g.py#1-2",
        "```\n",
        "> ",
        "- ",
        "    ",
        "\n",
        "\r\n",
        "text ",
        "<!-- hidden ",
        "-->",
        "&quot;",
        "\\",
        '"',
        "\t",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_the_scan_misses_nothing_that_the_parser_asks_for(text):
    found = include_targets("content/guide/page.md", text)

    page = parse_page(text, includes=tuple((target, "included\n") for target in found))

    assert [item.message for item in page.diagnostics if item.code == "include-missing"] == []
