import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.codes import CODES
from octavo.yamlnodes import MappingNode, ScalarNode, describe_node, is_null, make_source
from octavo.yamltext import FRONT_MATTER_BYTES, load_yaml, to_plain


def findings(text, **options):
    """Give code and place of every problem."""
    found = load_yaml(text, file="f.yaml", **options).diagnostics
    return [(item.code, item.location.line, item.location.column) for item in found]


def only_problem(text, **options):
    (problem,) = load_yaml(text, file="f.yaml", **options).diagnostics
    return problem


def plain(text):
    result = load_yaml(text, file="f.yaml")
    assert result.diagnostics == ()
    return None if result.root is None else to_plain(result.root)


# ---------------------------------------------------------------- the tree


def test_scalars_stay_text_as_typed():
    text = "- no\n- 1.10\n- 0755\n- 2024-01-01\n- 12:30:45\n- 0x1F\n- 1e400\n- .nan\n- True\n- '1'\n"

    assert plain(text) == [
        "no",
        "1.10",
        "0755",
        "2024-01-01",
        "12:30:45",
        "0x1F",
        "1e400",
        ".nan",
        "True",
        "1",
    ]


def test_plain_null_tilde_and_nothing_are_no_value_and_quoted_ones_are_text():
    assert plain("- null\n- ~\n-\n- 'null'\n- \"~\"\n- ''\n") == [None, None, None, "null", "~", ""]


def test_mappings_keep_the_order_of_the_author():
    assert list(plain("b: 1\na: 2\nc: {z: 1, y: 2}\n").items()) == [
        ("b", "1"),
        ("a", "2"),
        ("c", {"z": "1", "y": "2"}),
    ]


def test_block_scalars_keep_their_lines():
    assert plain("a: |\n  one\n  two\nb: >\n  one\n  two\n") == {"a": "one\ntwo\n", "b": "one two\n"}


def test_every_node_has_its_place_in_the_file():
    result = load_yaml('name: "x"\nlist:\n  - é: [y]\n', file="f.yaml", first_line=10)

    assert isinstance(result.root, MappingNode)
    (name, quoted), (key, listing) = result.root.entries
    inner_key, inner = listing.items[0].entries[0]
    places = [
        (node.line, node.column) for node in (name, quoted, key, listing, inner_key, inner, inner.items[0])
    ]
    assert places == [(10, 1), (10, 7), (11, 1), (12, 3), (12, 5), (12, 8), (12, 9)]
    assert quoted == ScalarNode(text="x", plain=False, line=10, column=7)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_as_one_line(end):
    assert (
        only_problem(f"a: 1{end}b: 2{end}a: 3{end}").message
        == "key `a` stands twice: on line 1 and on line 3"
    )


def test_describe_node_names_what_the_author_wrote():
    described = [describe_node(load_yaml(text, file="f").root) for text in ("{}", "[]", "~", "yes", "'yes'")]

    assert described == ["a mapping", "a list", "nothing", "`yes`", 'the text `"yes"`']


def test_an_excerpt_outside_the_text_is_empty():
    source = make_source("a\nb", file="f", first_line=2)

    assert [source.excerpt(line) for line in (1, 2, 3, 4)] == ["", "a", "b", ""]


def test_all_refusals_of_a_text_are_reported_together():
    assert findings("a: &x 1\nb: *x\nc: !t 2\na: 3\n<<: {}\n") == [
        ("yaml-alias", 1, 4),
        ("yaml-alias", 2, 4),
        ("yaml-tag", 3, 4),
        ("duplicate-key", 4, 1),
        ("yaml-merge-key", 5, 1),
    ]


def test_a_text_reports_at_most_a_hundred_problems_of_a_severity():
    text = "".join(f"k{n}: #x\n" for n in range(200)) + "k0: 1\n" * 200
    found = load_yaml(text, file="f.yaml").diagnostics

    assert [sum(item.severity == kind for item in found) for kind in ("warning", "error")] == [100, 100]


# ---------------------------------------------------------------- the catalogue


def test_ym_01_an_object_tag_is_an_error_at_its_place_and_runs_nothing():
    problem = only_problem("a: 1\nb: !!python/object/apply:os.system [exit 1]\n")

    assert (problem.code, problem.message) == ("yaml-tag", "tags are off: `!!python/object/apply:os.system`")
    assert str(problem.location) == "f.yaml:2:4"


@pytest.mark.parametrize("tag", ["!foo", "!!binary", "!!str", "!<tag:x>", "!ENV"])
def test_ym_02_every_explicit_tag_is_an_error_at_the_tag(tag):
    assert findings(f"a: {tag} 'x%%'\n") == [("yaml-tag", 1, 4)]


def test_ym_03_aliases_are_off_so_nothing_expands():
    laughs = "a: &a [x, x]\n" + "".join(
        f"{after}: &{after} [*{before}, *{before}]\n"
        for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    result = load_yaml(laughs, file="f.yaml")

    assert {item.code for item in result.diagnostics} == {"yaml-alias"}
    assert len(str(to_plain(result.root))) < 400


def test_ym_04_merge_keys_are_an_error():
    assert findings("a: 1\nb:\n  <<: [{c: 1}, {d: 2}]\n") == [("yaml-merge-key", 3, 3)]


def test_ym_04_a_quoted_merge_sign_is_a_key_like_any_other():
    assert plain('"<<": x\n') == {"<<": "x"}


def test_ym_05_a_self_anchor_is_an_error():
    assert findings("&a [*a]\n") == [("yaml-alias", 1, 1), ("yaml-alias", 1, 5)]


@pytest.mark.parametrize("count", [65, 500, 50_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{k: "])
def test_ym_06_depth_beyond_the_cap_is_one_error(opening, count):
    result = load_yaml(opening * count, file="f.yaml")

    assert result.failed
    assert [item.code for item in result.diagnostics] == ["yaml-depth"]


def test_ym_06_indented_depth_beyond_the_cap_is_one_error():
    assert findings("".join(" " * n + "a:\n" for n in range(500))) == [("yaml-depth", 65, 65)]


def test_ym_06_the_depth_of_the_cap_is_read():
    result = load_yaml("[" * 64 + "]" * 64, file="f.yaml")

    assert result.diagnostics == ()
    assert str(to_plain(result.root)) == "[" * 64 + "]" * 64


@pytest.mark.parametrize(
    ("text", "place"), [("\ta: b\n", (1, 1)), ("a:\n\tb: c\n", (2, 1)), ("a:\n  b: c\n\td: e\n", (3, 1))]
)
def test_ym_07_a_tab_as_indentation_is_an_error_at_the_tab(text, place):
    problem = only_problem(text)

    assert (problem.location.line, problem.location.column) == place
    assert problem.message == "a tab stands where YAML allows only spaces"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('a: 1\nb: "x\nc: d\n', (2, 4), "the quote that opens here is never closed (noticed on line 4)"),
        ("a: 1\nb: 'x", (2, 4), "the quote that opens here is never closed"),
        ("a: 1\nb: [x,\nc: d\n", (2, 4), "the `[` that opens here is never closed (noticed on line 4)"),
        ("a: 1\nb: {x: y\n", (2, 4), "the `{` that opens here is never closed (noticed on line 3)"),
    ],
)
def test_ym_08_what_is_never_closed_is_an_error_where_it_opens(text, place, message):
    problem = only_problem(text)

    assert (problem.location.line, problem.location.column) == place
    assert problem.message == message
    assert problem.excerpt == text.splitlines()[place[0] - 1]


def test_ym_08_an_undefined_alias_is_an_error_at_its_place():
    assert findings("a:\n  - *nowhere\n") == [("yaml-alias", 2, 5)]


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\ud800", "\uffff"])
def test_ym_09_a_forbidden_character_is_an_error_with_line_and_column(char):
    problem = only_problem(f"a: 1\r\nb: é{char}\r\n")

    assert str(problem.location) == "f.yaml:2:5"
    assert problem.message == f"the character U+{ord(char):04X} may not stand in YAML"


@pytest.mark.parametrize("escape", [r"\0", r"\x00", r"\u0000"])
def test_ym_09_an_escape_does_not_let_a_nul_in(escape):
    result = load_yaml(f'a: 1\nb: ["x{escape}"]\n', file="f.yaml")

    assert [(item.code, str(item.location)) for item in result.diagnostics] == [
        ("yaml-character", "f.yaml:2:5")
    ]
    assert to_plain(result.root) == {"a": "1", "b": ["x\ufffd"]}


def test_ym_09_a_text_with_a_forbidden_character_is_not_read_further():
    result = load_yaml("a: \0\n", file="f")

    assert (result.root, result.failed) == (None, True)


def test_ym_09_an_escape_does_not_let_half_a_surrogate_pair_in():
    assert only_problem(r'a: "\ud800"').severity == "error"


def test_ym_11_keys_that_look_like_other_types_are_text_as_typed():
    assert plain("1: a\ntrue: b\nnull: c\n1.10: d\n~: e\n") == {
        "1": "a",
        "true": "b",
        "null": "c",
        "1.10": "d",
        "~": "e",
    }


def test_ym_11_a_number_and_its_quoted_text_are_one_key():
    assert findings("1: a\n'1': b\n") == [("duplicate-key", 2, 1)]


@pytest.mark.parametrize(
    ("text", "place"), [("? [a]\n: b\n", (1, 3)), ("[]: x\n", (1, 1)), ("? {a: b}\n: c\n", (1, 3))]
)
def test_ym_11_a_complex_key_is_an_error(text, place):
    assert findings(text) == [("yaml-key", *place)]


@pytest.mark.parametrize("text", ["", "\n", "  \n\n", "# only a comment\n", "---\n"])
def test_ym_12_an_empty_text_has_no_value(text):
    result = load_yaml(text, file="f.yaml")

    assert (result.failed, result.diagnostics) == (False, ())
    assert result.root is None or is_null(result.root)


def test_ym_12_a_text_beyond_the_cap_is_refused_before_it_is_parsed():
    problem = only_problem("[" * 10_000_000, max_bytes=FRONT_MATTER_BYTES)

    assert problem.code == "yaml-too-large"
    assert problem.message == "10000000 bytes of YAML are more than the 65536 that are read"


def test_ym_12_the_cap_counts_bytes_and_not_characters():
    text = "a: éé\n"
    size = len(text.encode())

    assert findings(text, max_bytes=size) == []
    assert findings(text, max_bytes=size - 1) == [("yaml-too-large", 1, 0)]


# ---------------------------------------------------------------- syntax errors in our words


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("title: Foo: bar", (1, 11), 'quote the value: `title: "Foo: bar"`'),
        ('- name: say "x": y', (1, 16), "quote the value: `- name: 'say \"x\": y'`"),
        ("title: @x", (1, 8), 'quote the value: `title: "@x"`'),
        ("title: `x`", (1, 8), 'quote the value: title: "`x`"'),
        ("title: %x", (1, 8), 'quote the value: `title: "%x"`'),
        ("title: *bold*", (1, 8), 'quote the value: `title: "*bold*"`'),
        ("title: &amp; x", (1, 8), 'quote the value: `title: "&amp; x"`'),
        ("title: | x", (1, 8), 'quote the value: `title: "| x"`'),
        ("title: ]x", (1, 8), 'quote the value: `title: "]x"`'),
        ("title: {% x %}", (1, 8), "quote the value if the template braces are meant as text"),
        ("title: {{ x }}", (1, 8), "quote the value if the template braces are meant as text"),
        ('title: {{ x["b"] }}', (1, 8), "quote the value if the template braces are meant as text"),
        ("a:b\nc: d", (1, 3), "write a space behind the colon"),
        (
            "a: b\nprose\nc: d",
            (2, 1),
            "put a colon and a space behind the key, or indent the line if it continues a value",
        ),
        (
            "a: b\n  c: d",
            (2, 3),
            "begin `c` in column 1, or quote the value of `a` if it goes on here",
        ),
        ("a: - b", (1, 4), "begin the list on a line of its own, or write `[one, two]`"),
        ("a:\n  b: 1\n c: 2", (3, 2), "indent keys of one mapping, and items of one list, alike"),
        (r'a: "C:\dir"', (1, 8), "write the backslash twice, or use single quotes"),
        ("t: [a: b: c]", (1, 9), "quote values that hold `:`, commas or brackets"),
        ("x: [a, @b]", (1, 8), "quote the value"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(text, place, hint):
    problem = only_problem(text)

    assert problem.code == "yaml-syntax"
    assert (problem.location.line, problem.location.column) == place
    assert problem.hint == hint


def test_a_backtick_is_named_in_words():
    assert only_problem("title: `x`").message == "a value cannot begin with a backtick here"


def test_a_long_value_is_cut_in_a_message_and_not_in_the_excerpt():
    value = "a: " + "b" * 100
    problem = only_problem(f"title: {value}")

    assert problem.message == "the value `a: " + "b" * 56 + "…` holds a colon and a space"
    assert problem.excerpt == f"title: {value}"


def test_a_refused_alias_is_no_value():
    assert to_plain(load_yaml("a: *x\n", file="f").root) == {"a": None}


def test_an_alias_that_breaks_the_syntax_is_one_problem():
    assert findings("title: *bold text") == [("yaml-alias", 1, 8)]


@pytest.mark.parametrize("text", ["a: b\n--- c\n", "---\na: b\n---\nc: d\n", "a: b\n...\n---\nc: d\n"])
def test_a_second_document_is_an_error_at_its_place(text):
    result = load_yaml(text, file="f.yaml")

    (problem,) = result.diagnostics
    assert problem.code == "yaml-documents"
    assert text.splitlines()[problem.location.line - 1].startswith("---")
    assert problem.location.line > 1


def test_text_behind_the_end_of_the_document_is_an_error():
    assert findings("a: b\n...\nc\n") == [("yaml-documents", 3, 1)]


@pytest.mark.parametrize(
    ("text", "column"), [("color: #fff\n", 8), ("- a\n- #b\n", 3), ("a : \t#x y\n", 6), ("'k': #x\n", 6)]
)
def test_a_value_lost_to_a_comment_sign_is_a_warning(text, column):
    problem = only_problem(text)

    assert (problem.code, problem.severity, problem.location.column) == ("yaml-comment", "warning", column)
    assert problem.hint == "quote the value if the `#` belongs to it"


@pytest.mark.parametrize("text", ["a: # later\n", "a: #\n", "a: b #c\n", "a: #c\n  - d\n", "- # x\n  a\n"])
def test_a_comment_that_hides_no_value_passes(text):
    assert findings(text) == []


def test_libyaml_and_the_python_parser_give_the_same_diagnostics(monkeypatch):
    texts = [
        "a: b: c",
        "x: [a",
        "a: 'b",
        "\ta: b",
        "a: @b",
        "a: 1\na: 2",
        "a: &x 1",
        "- a\nb: c",
        "a: #b",
        "{{ x }}",
    ]
    with_c = [load_yaml(text, file="f") for text in texts]

    monkeypatch.setattr("octavo.yamltext._FastParser", load_yaml.__globals__["_PureParser"])

    assert [load_yaml(text, file="f") for text in texts] == with_c


def test_what_only_libyaml_refuses_still_has_a_place():
    assert findings('a: x\nb: "\\ud800"') == [("yaml-syntax", 2, 7)]


# ---------------------------------------------------------------- properties

_MARKS = st.sampled_from(
    [*"-:#[]{}'\"|>&*!%@`,?~<= \t\n\r", "\n  ", ": ", "- ", "---\n", "...", "<<", "é", "\0", "\ud800", "\\"]
)
yaml_soup = st.lists(_MARKS | st.text("abc 01", max_size=4), max_size=40).map("".join)


@given(st.text(st.characters(), max_size=200) | yaml_soup)
def test_arbitrary_text_never_raises_and_every_problem_has_a_code_and_a_line(text):
    result = load_yaml(text, file="f.yaml", first_line=5)

    assert not result.failed or "error" in {item.severity for item in result.diagnostics}
    for item in result.diagnostics:
        assert item.code in CODES
        assert 5 <= item.location.line <= 5 + len(text)


@given(
    st.recursive(
        st.text("abc:#'\"\n é-{}[]", max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc#:", min_size=1), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_quoted_texts_of_any_shape_come_back_as_they_were(value):
    assert plain(json.dumps(value, ensure_ascii=False)) == value
