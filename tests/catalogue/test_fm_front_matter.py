"""FM: what stands, or should stand, in the front matter of a page."""

import re

import pytest

OPEN_TITLE = re.compile("<title>(.*?)( - Test site)?</title>")


def front(yaml, body="Body.\n"):
    return f"---\n{yaml}\n---\n{body}"


def title_of(site, url):
    return OPEN_TITLE.search(site.html(url))[1]


# ---------------------------------------------------------------- where it begins and ends


@pytest.mark.parametrize(
    ("text", "title"), [("# From the heading\n\nx\n", "From the heading"), ("No heading.\n", "First steps")]
)
def test_fm_01_no_front_matter_is_fine(site, text, title):
    site.page("first-steps.md", text).publish()

    assert title == title_of(site, "first-steps/")


@pytest.mark.parametrize(
    "text", ["---\ntitle: A\n\n# Heading\n\nBody.\n", "---\ntitle: A", "---\n\ntitle: A\n"]
)
def test_fm_02_front_matter_that_is_never_closed_is_an_error_at_its_opening(site, text):
    problem = site.page("a.md", text).refuses("front-matter-unclosed", "content/a.md:1:1", hint="`---`")

    assert ("---", 1) == (problem.excerpt, problem.caret)


def test_fm_02_the_body_behind_it_is_not_swallowed(site):
    site.page("a.md", "---\ntitle: A\n\n[x](gone.md)\n")

    # What stands below is read as the body: its own problems are found in the same run.
    site.refuses("front-matter-unclosed", "content/a.md:1:1", hint="`---`", also=("broken-link",))


@pytest.mark.parametrize(
    "yaml", ["---\n---\n", "---\n\n---\n", "---\n# only this\n---\n", "---\nnull\n---\n", "---\n{}\n---\n"]
)
def test_fm_03_empty_front_matter_says_nothing(site, yaml):
    site.page("a.md", yaml + "# Heading\n").publish()

    assert "Heading" == title_of(site, "a/")


@pytest.mark.parametrize(
    ("yaml", "place"),
    [("- a\n- b", "2:1"), ("just text", "2:1"), ("42", "2:1"), ("# c\n\n  - a", "4:3"), ('"quoted"', "2:1")],
)
def test_fm_04_a_list_or_a_text_is_an_error_at_its_line(site, yaml, place):
    problem = site.page("a.md", front(yaml)).refuses(
        "front-matter-mapping", f"content/a.md:{place}", hint="key: value"
    )

    assert "must be a mapping" in problem.message


@pytest.mark.parametrize(
    ("yaml", "line", "column"),
    [
        ('title: A\ndescription: "x\ntags: [a]', 3, 14),
        ("title: A\ntags: [a, b\nslug: x", 3, 7),
        ("title: A\n  slug: x", 3, 3),
        ("title: A\n# c\n\ntags\nslug: x", 5, 1),
        ("title: 'it's'", 2, 12),
    ],
)
def test_fm_05_a_yaml_error_has_its_line_in_the_file_its_column_and_a_caret(site, yaml, line, column):
    text = front(yaml)

    problem = site.page("a.md", text).refuses("yaml-syntax", f"content/a.md:{line}:{column}", hint="e")

    assert (text.split("\n")[line - 1], column) == (problem.excerpt, problem.caret)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("\n---\ntitle: A\n---\n", "2:1"),
        (" ---\ntitle: A\n---\n", "1:1"),
        ("\n \n---\ntitle: A\n---\n", "3:1"),
    ],
)
def test_fm_06_something_before_front_matter_is_a_warning_and_it_is_shown(site, text, place):
    problem = site.page("a.md", text).warns(
        "front-matter-place", f"content/a.md:{place}", hint="before `---`"
    )

    assert "line 1" in problem.message
    assert "<hr>" in site.main("a/")
    assert "title: A" in site.main("a/")


@pytest.mark.parametrize("text", ["\ufeff---\ntitle: Marked\n---\n# H\n", "\ufeff# Marked\n"])
def test_fm_07_a_byte_order_mark_is_dropped(site, text):
    site.page("a.md", text).publish()

    assert "Marked" == title_of(site, "a/")
    assert "\ufeff" not in site.html("a/")
    assert "# Marked" not in site.main("a/")


@pytest.mark.parametrize("ends", [("\r\n",), ("\r",), ("\r\n", "\n", "\r")])
def test_fm_08_line_ends_change_neither_the_page_nor_the_lines_of_messages(site, ends):
    lines = [
        "---",
        "title: A",
        "description: |",
        "  one",
        "  two",
        "---",
        "",
        "# H",
        "",
        "one",
        "two",
        "",
        "[b](gone.md)",
        "",
    ]
    plain = site.page("a.md", "\n".join(lines)).warns("broken-link", "content/a.md:13:5")
    expected = site.tree()
    written = "".join(line + ends[number % len(ends)] for number, line in enumerate(lines[:-1]))

    problem = site.page("a.md", written).warns("broken-link", "content/a.md:13:5")

    assert plain == problem
    assert expected == site.tree()


def test_fm_09_dashes_in_a_block_of_text_close_nothing(site):
    site.page("a.md", front("description: |\n  one\n  ---\n  two\ntitle: Last", "# H\n")).publish()

    assert "Last" == title_of(site, "a/")
    assert 'content="one --- two"' in site.html("a/")


def test_fm_09_dashes_in_the_body_begin_nothing(site):
    site.page("a.md", front("title: A", "\n| a |\n| --- |\n| b |\n\n---\n\nEnd.\n")).publish()

    assert "A" == title_of(site, "a/")
    assert "<hr>" in site.main("a/")
    assert "<td>b</td>" in site.main("a/")


@pytest.mark.parametrize(
    "text", ["---\ntitle: A\n...\n# H\n", "--- \t\ntitle: A\n---  \n# H\n", "---\ntitle: A\n... \n# H\n"]
)
def test_fm_10_dots_close_too_and_spaces_may_follow(site, text):
    site.page("a.md", text).publish()

    assert "A" == title_of(site, "a/")
    assert "..." not in site.main("a/")


@pytest.mark.parametrize(
    "text", ['+++\ntitle = "A"\n+++\n# H\n', '{\n  "title": "A"\n}\n# H\n', '{"title": "A"}\n\n# H\n']
)
def test_fm_11_toml_and_json_are_an_error(site, text):
    site.page("a.md", text).refuses("front-matter-format", "content/a.md:1:1", hint="YAML")


# ---------------------------------------------------------------- keys and their values


@pytest.mark.parametrize(
    ("yaml", "hint"),
    [
        ("titel: A", "did you mean `title`?"),
        ("weight: 3", "`order`"),
        ("colour: red", "`extra`"),
        ("Title: A", "did you mean `title`?"),
    ],
)
def test_fm_12_an_unknown_key_is_a_warning_with_what_was_likely_meant(site, yaml, hint):
    site.page("a.md", front(yaml)).warns("unknown-key", "content/a.md:2:1", hint=hint)

    # DESIGN section 2: the key is dropped, so that nothing comes to depend on a misspelling.
    assert "A" == title_of(site, "a/")


@pytest.mark.parametrize(
    ("yaml", "column", "words", "hint"),
    [
        ("tags: a", 7, ("a list", "`a`"), "tags: [a]"),
        ("order: high", 8, ("a number", "`high`"), "digits"),
        ('order: "3"', 8, ("a number", '"3"'), "quotes"),
        ('draft: "yes"', 8, ("`true` or `false`", '"yes"'), "`true`"),
        ("draft: no", 8, ("`true` or `false`", "`no`"), "`false`"),
        ("title: [a]", 8, ("text", "a list"), "quote"),
        ("title: {a: b}", 8, ("text", "a mapping"), "quote"),
        ("objectives: {a: b}", 13, ("a list", "a mapping"), "[one, two]"),
        ("date: soon", 7, ("a date", "`soon`"), "year"),
        ("minutes: [1]", 10, ("a number", "a list"), "one number"),
        ("tutorial: yes", 11, ("a mapping", "`yes`"), "below it"),
        ("aliases: old/", 10, ("a list", "`old/`"), "[old/]"),
    ],
)
def test_fm_13_a_wrong_type_is_an_error_that_names_the_type_and_the_value(site, yaml, column, words, hint):
    problem = site.page("a.md", front(yaml)).refuses("wrong-type", f"content/a.md:2:{column}", hint=hint)

    assert [] == [word for word in words if word not in problem.message]


def test_fm_13_a_number_out_of_range_is_an_error(site):
    problem = site.page("a.md", front("minutes: -3")).refuses(
        "invalid-value", "content/a.md:2:10", hint="number"
    )

    assert "`-3`" in problem.message


@pytest.mark.parametrize(
    ("yaml", "place", "lines"),
    [
        ("title: A\ntags: [x]\ntitle: B", "4:1", ("2", "4")),
        ("extra:\n  a: 1\n  b: 2\n  a: 3", "5:3", ("3", "5")),
    ],
)
def test_fm_14_a_key_that_stands_twice_is_an_error_that_names_both_lines(site, yaml, place, lines):
    problem = site.page("a.md", front(yaml)).refuses(
        "duplicate-key", f"content/a.md:{place}", hint="one of the two"
    )

    assert lines == tuple(re.findall(r"line (\d+)", problem.message))


def test_fm_15_a_colon_in_a_value_asks_for_quotes(site):
    problem = site.page("a.md", front("title: Foo: bar")).refuses(
        "yaml-syntax", "content/a.md:2:11", hint="quote the value"
    )

    assert 'title: "Foo: bar"' in problem.hint


@pytest.mark.parametrize("value", ["{{ x }}", "{% x %}", "{{x}}"])
def test_fm_16_template_braces_ask_for_quotes(site, value):
    site.page("a.md", front(f"title: {value}")).refuses(
        "yaml-syntax", "content/a.md:2:8", hint="template braces"
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("@x", "yaml-syntax"),
        ("`x`", "yaml-syntax"),
        ("*bold*", "yaml-syntax"),
        ("%x", "yaml-syntax"),
        ("| x", "yaml-syntax"),
        ("> x", "yaml-syntax"),
        ("]", "yaml-syntax"),
        ("!important", "yaml-tag"),
        ("&x y", "yaml-alias"),
        ("*x", "yaml-alias"),
    ],
)
def test_fm_17_a_sign_that_opens_something_else_asks_for_quotes(site, value, code):
    site.page("a.md", front(f"title: {value}")).refuses(code, "content/a.md:2:8", hint="quote the value")


@pytest.mark.parametrize(
    "value",
    ["2024-01-01", "1.10", "no", "0755", "12:30:45", "on", "true", "1_000", "0x1F", "1e3", "+1", ".5", "="],
)
def test_fm_18_a_title_stays_the_text_that_the_author_typed(site, value):
    site.page("a.md", front(f"title: {value}\ntags: [{value}]")).publish()

    assert value == title_of(site, "a/")
    assert f">{value}</a>" in site.html("tags/")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2024-02-30", "invalid-value"),
        ("2024-13-01", "invalid-value"),
        ("2024-01-01T25:00:00", "invalid-value"),
        ("2024-01-01T10:00:00+99:00", "invalid-value"),
        ("0000-00-00", "invalid-value"),
        ("25:00:00", "wrong-type"),
        ("+99:00", "wrong-type"),
        ("2024-1-1", "wrong-type"),
    ],
)
@pytest.mark.parametrize("key", ["date", "updated"])
def test_fm_19_a_day_that_no_calendar_has_is_an_error_at_the_value(site, key, value, code):
    problem = site.page("a.md", front(f"{key}: {value}")).refuses(
        code, f"content/a.md:2:{len(key) + 3}", hint="day"
    )

    assert f"`{value}`" in problem.message


@pytest.mark.parametrize(
    ("yaml", "place"),
    [
        ("description: #fff", "2:14"),
        ("tags: #a", "2:7"),
        ("tags:\n  - #a\n  - b", "3:5"),
        ("extra:\n  color: #fff", "3:10"),
    ],
)
def test_fm_20_a_value_that_is_a_comment_is_a_warning(site, yaml, place):
    site.page("a.md", front(yaml)).warns("yaml-comment", f"content/a.md:{place}", hint="quote the value")


@pytest.mark.parametrize("value", ["9" * 5000, ".nan", "1e400", ".inf", "-.INF"])
def test_fm_21_a_number_that_is_none_is_an_error(site, value):
    site.page("a.md", front(f"order: {value}")).refuses("wrong-type", "content/a.md:2:8", hint="digits")


def test_fm_21_and_is_plain_text_where_anything_may_stand(site):
    digits = "9" * 5000
    site.write("theme/templates/own.html", "<main>{{ page.extra | tojson }}</main>")
    site.page(
        "a.md", front(f"template: own.html\nextra: {{a: .nan, b: 1e400, c: {digits}, d: -.inf}}")
    ).publish()

    assert f'{{"a": ".nan", "b": "1e400", "c": "{digits}", "d": "-.inf"}}' == site.main("a/")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: A\n--- # again\ntitle: B\n---\nx\n", 3),
        ("---\ntitle: A\n--- title: B\n---\nx\n", 3),
        ("---\ntitle: A\n---\n---\ntitle: B\n---\nx\n", 4),
        ("---\ntitle: A\n...\n--- \n# c\ntags: [x]\n...\nx\n", 4),
    ],
)
def test_fm_22_a_second_document_is_an_error_at_the_second(site, text, line):
    site.page("a.md", text).refuses("yaml-documents", f"content/a.md:{line}:1", hint="o")


def test_fm_22_a_thematic_break_at_the_top_of_the_body_is_none(site):
    site.page("a.md", front("title: A", "---\n\nText: more\n\n---\n")).publish()

    assert 2 == site.main("a/").count("<hr>")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (
            "---\n" + "".join(f"key{number}: 1\n" for number in range(100_000)) + "---\nx\n",
            "yaml-too-large",
            ":2",
        ),
        ("---\n# " + "x" * 65_536 + "\n---\nx\n", "yaml-too-large", ":2"),
        ('---\ntitle: "' + "x" * 10_000_000 + '"\n---\nx\n', "source-too-large", ""),
    ],
    ids=["keys", "bytes", "page"],
)
def test_fm_23_front_matter_without_end_is_refused_before_it_is_parsed(site, text, code, place):
    site.page("a.md", text).refuses(code, f"content/a.md{place}", hint="into")


def test_fm_23_front_matter_at_the_limit_is_read(site):
    filler = "# " + "x" * (65_536 - len("title: A\n# \n"))
    site.page("a.md", front(f"title: A\n{filler}")).publish()

    assert "A" == title_of(site, "a/")


# ---------------------------------------------------------------- paths out of the site

NO_SLUGS = [
    "../../x",
    "/etc/x",
    '"%2e%2e"',
    "C:\\x",
    "//h",
    "..",
    ".",
    "a/b",
    '"a:b"',
    "x.",
    "con",
    "NUL.txt",
    ".git",
    "a%2fb",
]
NO_ALIASES = [
    "../../x", "..", '"%2e%2e/x"', '"%252e%252e/x"', "C:\\x", "//h", "https://h/x", "x/../../y", '"a/%00"', ".", "a//b",
    "a/./b", ".git/config", "AUX/", '"?x"', '"x#y"', "javascript:x", "~/x", '""',
]  # fmt: skip


@pytest.mark.parametrize("value", NO_SLUGS)
def test_fm_24_a_slug_stays_inside_the_site(site, value):
    site.page("a.md", front(f"slug: {value}")).refuses("unsafe-path", "content/a.md:2:7", hint="short name")


@pytest.mark.parametrize("value", NO_ALIASES)
def test_fm_24_an_alias_stays_inside_the_site(site, value):
    site.page("a.md", front(f"aliases: [{value}]")).refuses(
        "unsafe-path", "content/a.md:2:11", hint="old/page/"
    )


@pytest.mark.parametrize(("key", "column"), [("slug", 7), ("aliases", 11), ("template", 11), ("image", 8)])
def test_fm_24_no_path_holds_a_nul(site, key, column):
    value = '["a\\0b"]' if key == "aliases" else '"a\\0b"'

    site.page("a.md", front(f"{key}: {value}")).refuses(
        "yaml-character", f"content/a.md:2:{column}", hint="escape"
    )


@pytest.mark.parametrize(
    "value", ["../../x.png", "C:\\x.png", "//h/x.png", "javascript:x", '"%2e%2e/%2e%2e/x"', "~/x.png"]
)
def test_fm_24_an_image_stays_inside_the_site(site, value):
    site.page("a.md", front(f"image: {value}")).refuses(
        "unsafe-path", "content/a.md:2:8", hint="content folder"
    )


def test_fm_24_an_alias_that_looks_absolute_is_below_the_site(site):
    site.page("a.md", front("aliases: [/etc/x, caf%C3%A9/]")).publish()

    assert {"etc/x/index.html", "café/index.html"} <= site.tree().keys()


@pytest.mark.parametrize(
    "value",
    [
        "../../x.html",
        "/etc/passwd",
        '"%2e%2e/x.html"',
        "C:\\x.html",
        "partials/../page.html",
        "./page.html",
        "a//b",
    ],
)
def test_fm_25_a_template_stays_in_the_folder_of_templates(site, value):
    site.page("a.md", front(f"template: {value}")).refuses(
        "unsafe-path", "content/a.md:2:11", hint="`templates/`"
    )


@pytest.mark.parametrize("value", ["nope.html", "base.html", "macros/ui.html"])
def test_fm_25_a_template_that_is_none_is_an_error_that_lists_them(site, value):
    site.page("a.md", front(f"template: {value}")).refuses(
        "missing-template", "content/a.md:2:11", hint="`page.html`"
    )


def test_fm_25_the_key_of_other_systems_reads_nothing(site):
    site.page("a.md", front("layout: /etc/passwd")).warns(
        "unknown-key", "content/a.md:2:1", hint="`template`"
    )

    assert "root:" not in site.html("a/")


def test_fm_26_markup_in_a_title_is_escaped_wherever_it_goes(site):
    site.config('url: https://example.org/\nauthor: "</title><script>author"\nfeed: true\n')
    site.page(
        "a.md",
        front(
            'title: "</title><script>alert(1)</script>"\n'
            'description: "\\"\'><script>alert(2)</script>"\n'
            'tags: ["<script>alert(3)</script>"]\n'
            'objectives: ["<script>alert(4)</script>"]\n'
            'prerequisites: ["<script>alert(5)</script>"]\n'
            "aliases: [old/]\n"
            'extra: {x: "<script>alert(6)</script>"}'
        ),
    )
    site.page("b.md", "[](a.md)\n").publish()

    assert "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in site.html("a/")
    assert "alert(1)" in site.html("b/")
    assert "alert(1)" in site.html("old/")
    raw = re.compile(rb"<script>(?:alert|author)|</title><script|\"'><script")
    assert [] == sorted(path for path, data in site.tree().items() if raw.search(data))
