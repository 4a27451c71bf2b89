"""Fenced code blocks: what an info string says, and the HTML and complaints that come of it."""

import html
import os
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.utils import read_fixture_file

from octavo.codes import CODES
from octavo.errors import Location
from octavo.highlight import lines
from octavo.markdown.code import parse_fence_info, render_fence

FIXTURE = os.path.join(os.path.dirname(__file__), "fixtures", "code.md")
PLACE = Location("content/a.md", 7, 1)
INFO = st.lists(
    st.one_of(
        st.sampled_from(
            (
                "python",
                " ",
                ",",
                "{",
                "}",
                "[",
                "]",
                '"',
                "'",
                "=",
                "\\",
                "title",
                "lines",
                "1",
                "-",
                "{2}",
                ".a",
                "#b",
            )
        ),
        st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=4),
    ),
    max_size=14,
).map("".join)


def render_document(source):
    """Render the first fence of a document, then list the complaints, one a line."""
    fence = next(
        token for token in MarkdownIt("commonmark").parse(source) if token.type in {"fence", "code_block"}
    )
    line = fence.map[0] + 1
    location, excerpt = Location("a.md", line, 1), source.splitlines()[line - 1]
    rendered, diagnostics = render_fence(fence.info, fence.content, location=location, excerpt=excerpt)
    complaints = [
        f"{item.location}: {item.severity}[{item.code}]: {item.message}; {item.hint}\n"
        for item in diagnostics
    ]
    return rendered + "".join(complaints)


@pytest.mark.parametrize(
    ("title", "source", "expected"),
    [pytest.param(*case[1:], id=case[1]) for case in read_fixture_file(FIXTURE)],
)
def test_fixture_renders_as_written(title, source, expected):
    assert render_document(source) == expected


def text_of(rendered):
    return html.unescape(re.sub(r"<[^>]*>", "", rendered.partition("<code")[2].partition(">")[2]))[:-1]


def test_block_without_info_keeps_its_text_exactly():
    content = "  <b> \"a\" & 'b'\r\n\n\tend\n"

    assert render_fence("", content, location=PLACE) == (
        '<div class="code"><pre tabindex="0"><code>  &lt;b&gt; "a" &amp; \'b\'\r\n\n\tend\n</code></pre></div>\n',
        (),
    )


@pytest.mark.parametrize("info", ["", "python", "python lines {1}", 'text title="a"', "lines=3"])
@pytest.mark.parametrize("content", ["", "\n", "a\n", "\n\n  a < b\n\n", "no line end"])
def test_text_of_the_block_is_the_content(info, content):
    rendered, _ = render_fence(info, content, location=PLACE)

    assert text_of(rendered) == content


@settings(max_examples=200, deadline=None)
@given(INFO)
@example('"><script>alert(1)</script>')
@example("python title='\"><script>alert(1)</script>'")
@example('a"onclick=alert(1) {#x"onclick=alert(1) .y"onclick=alert(1)}')
@example("[</figcaption><script>]")
def test_no_info_string_breaks_out_of_its_markup(info):
    rendered, diagnostics = render_fence(info, "a = 1\n", location=PLACE)

    assert re.fullmatch(
        r'(?:<figure(?: id="[^"<>]*")? class="code[^"<>]*"><figcaption>(?:<span class="file">[^<>]*</span>)? ?(?:<span class="what">[^<>]*</span>)?'
        r'</figcaption>|<div(?: id="[^"<>]*")? class="code[^"<>]*">)<pre(?: class="numbered")? tabindex="0"><code(?: class="language-[^"<>]*")?>'
        r'(?:[^<>]|<(?:mark|ins|del|span) class="[^"<>]*"(?: data-line="\d+")?>|</(?:mark|ins|del|span)>)*</code></pre></(?:figure|div)>\n',
        rendered,
    )
    assert text_of(rendered.replace("</figure>", "")) == "a = 1\n"
    assert {item.code for item in diagnostics} <= set(CODES)


@settings(max_examples=200, deadline=None)
@given(INFO)
def test_every_complaint_points_into_its_line(info):
    excerpt = f"> ```{info}"
    _, diagnostics = render_fence(info, "a\n", location=PLACE, excerpt=excerpt)

    assert [item for item in diagnostics if not 1 <= item.location.column <= len(excerpt) + 1] == []
    assert {item.location.line for item in diagnostics} <= {7}


def test_complaint_stays_at_the_fence_where_its_line_is_not_known():
    _, diagnostics = render_fence("python titel", "a\n", location=PLACE)

    assert [item.location for item in diagnostics] == [PLACE]


def test_unknown_language_is_said_once_a_block():
    _, diagnostics = render_fence("pyhton {1} lines", "a\nb\n", location=PLACE)

    assert [(item.code, item.hint) for item in diagnostics] == [
        ("unknown-language", "did you mean `python`?")
    ]


def test_block_past_the_budget_is_plain_with_its_marks_and_a_warning(monkeypatch):
    monkeypatch.setattr(lines, "MAX_CHARACTERS", 10)
    rendered, diagnostics = render_fence("python {1}", "import this_and_that\n", location=PLACE)

    assert rendered == (
        '<div class="code"><pre tabindex="0"><code class="language-python">'
        '<mark class="line">import this_and_that\n</mark></code></pre></div>\n'
    )
    assert [item.code for item in diagnostics] == ["highlight-budget"]


def test_nul_never_reaches_the_output():
    rendered, _ = render_fence('a\0b title="\0"', "x\0y\n", location=PLACE)

    assert "\0" not in rendered
    assert "x\ufffdy" in rendered


def test_huge_range_costs_no_more_than_the_block():
    rendered, diagnostics = render_fence("text {1-999999,2-999998}", "a\n" * 3, location=PLACE)

    assert rendered.count("<mark") == 3
    assert [item.message for item in diagnostics] == ["line 999999 is marked, but the block has 3 lines"]


def test_long_info_string_is_cut_with_a_complaint():
    info = parse_fence_info("python " + " " * 2_000 + 'title="app.py"')

    assert (info.language, info.title) == ("python", "")
    assert info.problems[0].message == "the info string is longer than 2000 characters"


def test_attributes_of_the_caller_join_ours():
    attrs = (("id", "theirs"), ("class", "wide code"), ("data-kind", "x<y"), ("lang", "en"))
    rendered, _ = render_fence('text title="a" {.own}', "b\n", attrs=attrs, location=PLACE)

    assert rendered.startswith(
        '<figure id="theirs" class="code own wide" data-kind="x&lt;y" lang="en"><figcaption><span class="file">a<'
    )


def test_id_in_the_info_string_wins_over_the_callers():
    rendered, _ = render_fence("text {#ours}", "b\n", attrs=(("id", "theirs"),), location=PLACE)

    assert rendered.startswith('<div id="ours" class="code"><pre tabindex="0">')


@pytest.mark.parametrize("name", ["onclick", "style", "href", "tabindex", 'data-"><b', "data-a b", "xmlns"])
def test_attribute_that_could_do_harm_is_left_out(name):
    rendered, _ = render_fence("", "b\n", attrs=((name, "alert(1)"),), location=PLACE)

    assert rendered == '<div class="code"><pre tabindex="0"><code>b\n</code></pre></div>\n'


@pytest.mark.parametrize(
    ("info", "language", "flags"),
    [
        ("rust,editable", "rust", ("editable",)),
        ("rust, ignore , should_panic {1}", "rust", ("ignore", "should_panic")),
        ('rust,editable title="a"', "rust", ("editable",)),
        ("rust,", "rust", ()),
        ("c++", "c++", ()),
        ("html+jinja", "html+jinja", ()),
        ("{.python .numberLines}", "python", ()),
        ("{ .yaml .annotate }", "yaml", ()),
        ("{r}", "r", ()),
        (".sh", "sh", ()),
        ("  ts  ", "ts", ()),
        ('title="a"', "", ()),
        ("{1}", "", ()),
        ("[a.py]", "", ()),
    ],
)
def test_language_is_the_first_word(info, language, flags):
    found = parse_fence_info(info)

    assert (found.language, found.flags, found.problems) == (language, flags, ())


def test_attributes_of_the_code_engine_are_kept_in_order_without_complaint():
    found = parse_fence_info('python edit title="app.py" exit=2 skip="no server" .wide #b1')

    assert found.attributes == (("edit", ""), ("exit", "2"), ("skip", "no server"))
    assert (found.title, found.classes, found.id, found.problems) == ("app.py", ("wide",), "b1", ())


def test_escapes_and_entities_are_resolved_in_values():
    found = parse_fence_info(r'python title="a \"b\" &amp; c\*"')

    assert (found.title, found.problems) == ('a "b" & c*', ())


def test_ranges_are_sorted_and_joined():
    assert parse_fence_info("python {7, 3-5 4-6,1} {9}").marked == ((1, 1), (3, 7), (9, 9))


@pytest.mark.parametrize(
    ("info", "first_line"),
    [
        ("py lines", 1),
        ("py lines=true", 1),
        ("py lines=5", 5),
        ('py lines="12"', 12),
        ("py lines=false", 0),
        ("py", 0),
    ],
)
def test_lines_gives_the_number_of_the_first_line(info, first_line):
    found = parse_fence_info(info)

    assert (found.first_line, found.problems) == (first_line, ())
