import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.codes import CODES
from octavo.errors import Location
from octavo.frontmatter import FRONT_MATTER_KEYS, parse_front_matter, split_front_matter
from octavo.model import Alias, FrontMatter, TutorialEnv, TutorialSettings


def parse(text, source="flask/03-routing.md"):
    return parse_front_matter(source, f"content/{source}", text)


def parse_keys(lines):
    return parse(f"---\n{lines}\n---\nBody\n")


def front(lines):
    result = parse_keys(lines)
    assert result.diagnostics == ()
    return result.front


def only_problem(lines):
    (problem,) = parse_keys(lines).diagnostics
    return problem


def places(result):
    return [(item.code, item.location.line, item.location.column) for item in result.diagnostics]


EVERY_KEY = """---
title: Routing
description: How URLs meet functions
order: 3.5
draft: true
tags: [flask, "web"]
date: 2026-11-23
updated: 2026-11-24 08:30:00+01:00
slug: routes
aliases:
  - old/page/
  - "#old: new"
  - "#older": newer
template: chapters/wide.html
toc: false
search: false
image: ../img/map.png
objectives:
  - Write a route
prerequisites: [flask/setup]
minutes: 25
tutorial:
  starts: empty
  env: {vars: {DEBUG: 1}}
extra:
  level: 2
  list: [a, null]
---
# Body
"""


def test_every_key_is_read():
    result = parse(EVERY_KEY)

    assert result.diagnostics == ()
    assert result.front == FrontMatter(
        title="Routing",
        description="How URLs meet functions",
        order=3.5,
        draft=True,
        tags=("flask", "web"),
        date="2026-11-23",
        updated="2026-11-24T08:30:00+01:00",
        slug="routes",
        aliases=(Alias(old="old/page/"), Alias(old="old", new="new"), Alias(old="older", new="newer")),
        template="chapters/wide.html",
        toc=False,
        search=False,
        image="../img/map.png",
        objectives=("Write a route",),
        prerequisites=("flask/setup",),
        minutes=25.0,
        tutorial=TutorialSettings(starts="empty", env=TutorialEnv(vars=(("DEBUG", "1"),))),
        extra={"level": "2", "list": ["a", None]},
    )
    assert (result.body, result.body_line) == ("# Body\n", EVERY_KEY.splitlines().index("# Body") + 1)


def test_places_name_values_and_list_items():
    result = parse('---\ntitle: A\naliases:\n  - x/\n  -\n  - "#a: b"\n---\n')
    file = "content/flask/03-routing.md"

    assert result.places == (
        ("title", Location(file, 2, 8), "title: A"),
        ("aliases", Location(file, 4, 3), "  - x/"),
        ("aliases.0", Location(file, 4, 5), "  - x/"),
        ("aliases.1", Location(file, 6, 5), '  - "#a: b"'),
    )


def test_the_reference_lists_the_keys_and_defaults_of_the_model():
    defaults = {
        field: {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
        for field, value in ((name, getattr(FrontMatter(), name)) for name in FrontMatter.__struct_fields__)
    }

    assert {key.name: key.default for key in FRONT_MATTER_KEYS if "." not in key.name} == defaults
    assert [key.name for key in FRONT_MATTER_KEYS if not (key.type and key.meaning.endswith("."))] == []


# ---------------------------------------------------------------- the catalogue


@pytest.mark.parametrize("text", ["", "# Title\n", "Text\n\n---\n\nmore\n", "----\n", "--- x\n", "--\n"])
def test_fm_01_no_front_matter_is_fine(text):
    result = parse(text)

    assert (result.front, result.body, result.body_line, result.diagnostics) == (FrontMatter(), text, 1, ())


@pytest.mark.parametrize("start", ["title: x", "# comment\ntitle: x", "\ntitle: x", "'title': x", "title:"])
def test_fm_02_front_matter_that_is_never_closed_is_an_error_at_its_opening(start):
    text = f"---\n{start}\n# Body\n"
    result = parse(text)

    (problem,) = result.diagnostics
    assert (problem.code, problem.severity) == ("front-matter-unclosed", "error")
    assert (str(problem.location), problem.excerpt) == ("content/flask/03-routing.md:1:1", "---")
    assert (result.body, result.body_line) == (text, 1)


@pytest.mark.parametrize(
    "text",
    [
        "---",
        "---\n",
        "---\n\nProse follows.\n",
        "---\nProse follows.\n",
        "---\n# Heading\n",
        "---\n\nNote: a colon in prose\n",
        "---\n\n# Heading\n\nProse.\n\n---\n\nMore.\n",
        "---\r\n\r\n- item\r\n\r\n---\r\n",
        "---\n\n...and so on\n",
    ],
)
def test_fm_02_a_thematic_break_on_line_1_is_part_of_the_body(text):
    result = parse(text)

    assert (result.body, result.body_line, result.diagnostics) == (text, 1, ())


@pytest.mark.parametrize("inside", ["", "\n", "  \n\n", "# only a comment\n", "null\n", "~\n", "{}\n"])
def test_fm_03_empty_front_matter_is_no_front_matter(inside):
    result = parse(f"---\n{inside}---\nBody\n")

    assert (result.front, result.body, result.diagnostics) == (FrontMatter(), "Body\n", ())


@pytest.mark.parametrize(
    ("inside", "found"), [("- a\n- b", "a list"), ("just prose", "`just prose`"), ("[]", "a list")]
)
def test_fm_04_a_list_or_a_text_is_an_error_at_its_line(inside, found):
    problem = only_problem(f"# comment\n{inside}")

    assert problem.code == "front-matter-mapping"
    assert problem.message == f"front matter must be a mapping of keys to values, found {found}"
    assert problem.location.line == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_fm_05_a_yaml_error_names_the_line_in_the_file(end):
    result = parse(f"---{end}title: x{end}description: a: b{end}---{end}Body")

    (problem,) = result.diagnostics
    assert str(problem.location) == "content/flask/03-routing.md:3:15"
    assert problem.excerpt == "description: a: b"
    assert (result.front, result.body) == (FrontMatter(), "Body")


@pytest.mark.parametrize(
    ("text", "line"),
    [("\n---\ntitle: x\n---\n", 2), (" ---\ntitle: x\n---\n", 1), ("\r\n \r\n---\r\ntitle: x\r\n---\r\n", 3)],
)
def test_fm_06_front_matter_that_starts_late_is_a_warning_and_part_of_the_body(text, line):
    result = parse(text)

    (problem,) = result.diagnostics
    assert (problem.code, problem.severity) == ("front-matter-place", "warning")
    assert (problem.message, problem.location.line) == (
        "front matter must start on line 1, at column 1",
        line,
    )
    assert (result.front, result.body) == (FrontMatter(), text)


@pytest.mark.parametrize("text", ["\n---\n\nProse\n", "\n---\nProse\n---\n", "\n---\ntitle: x\n"])
def test_fm_06_a_thematic_break_below_a_blank_line_is_no_warning(text):
    assert parse(text).diagnostics == ()


def test_fm_07_a_byte_order_mark_is_dropped_everywhere():
    with_front = parse("\ufeff---\ntitle: x\n---\nBody")
    without = parse("\ufeff# Body")

    assert (with_front.front.title, with_front.body) == ("x", "Body")
    assert without.body == "# Body"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_fm_08_line_ends_of_every_kind_give_the_same_result(end):
    result = parse(EVERY_KEY.replace("\n", end))
    expected = parse(EVERY_KEY)

    assert (result.front, result.places, result.body_line) == (
        expected.front,
        expected.places,
        expected.body_line,
    )
    assert result.body == f"# Body{end}"


def test_fm_08_mixed_line_ends_keep_the_lines_right():
    result = parse("---\r\na: 1\rtitle: x\nb: 2\r\n---\rBody")

    assert [item.location.line for item in result.diagnostics] == [2, 4]
    assert (result.body, result.body_line) == ("Body", 6)


def test_fm_09_only_the_first_closing_line_at_column_1_counts():
    result = parse("---\ndescription: |\n  a\n  ---\n  b\n---\nText\n\n---\n\n| a |\n|---|\n")

    assert result.front.description == "a --- b"
    assert (result.body, result.body_line) == ("Text\n\n---\n\n| a |\n|---|\n", 7)


@pytest.mark.parametrize("closing", ["---", "...", "--- \t", "...  "])
@pytest.mark.parametrize("opening", ["---", "---  ", "---\t"])
def test_fm_10_three_dots_close_and_blanks_may_follow(opening, closing):
    result = parse(f"{opening}\ntitle: x\n{closing}\nBody")

    assert (result.front.title, result.body, result.body_line, result.diagnostics) == ("x", "Body", 4, ())


@pytest.mark.parametrize("text", ['+++\ntitle = "x"\n+++\n', '{\n  "title": "x"\n}\n', '{"title": "x"}\n'])
def test_fm_11_toml_and_json_are_an_error(text):
    result = parse(text)

    (problem,) = result.diagnostics
    assert (problem.code, problem.severity) == ("front-matter-format", "error")
    assert problem.hint == "write YAML between two lines `---`"
    assert result.body == text


@pytest.mark.parametrize("text", ["+++ plus\n", "{#id}\n", "{% raw %}\n", "{{ x }}\n"])
def test_fm_11_prose_that_begins_with_the_same_signs_is_no_error(text):
    assert parse(text).diagnostics == ()


def test_fm_12_an_unknown_key_is_a_warning_with_the_likely_one_and_is_dropped():
    result = parse_keys("titel: x\norder: 2")

    (problem,) = result.diagnostics
    assert (problem.code, problem.severity) == ("unknown-key", "warning")
    assert (problem.message, problem.hint) == ("unknown key `titel`", "did you mean `title`?")
    assert result.front == FrontMatter(order=2.0)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("layout", "the key is `template` here"),
        ("weight", "the key is `order` here"),
        ("nav_order", "the key is `order` here"),
        ("permalink", "the key is `slug` here"),
        ("url", "the key is `slug` here"),
        (
            "hide",
            "write `toc: false` to hide the table of contents, `search: false` to leave the page out of the search",
        ),
        ("colour", "put data for templates under `extra`"),
        ("Title", "did you mean `title`?"),
    ],
)
def test_fm_12_keys_of_other_systems_are_told_ours(key, hint):
    assert only_problem(f"{key}: x").hint == hint


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("tags: a", "`tags` expects a list of texts, found `a`", "write a list: `tags: [a]`"),
        ("tags: a, b", "`tags` expects a list of texts, found `a, b`", "write a list: `tags: [a, b]`"),
        (
            "tags: Words, and more words",
            "`tags` expects a list of texts, found `Words, and more words`",
            "write a list: `tags: [one, two]`",
        ),
        (
            "tags:\n  -a\n  -b",
            "`tags` expects a list of texts, found `-a -b`",
            "write a space behind the dash of each item",
        ),
        (
            "objectives:\n  - One: two",
            "`objectives.0` expects text, found a mapping",
            "quote the value if the colon in it is meant as text",
        ),
        (
            "date: 2026-1-9",
            "`date` expects a date such as `2026-11-23`, found `2026-1-9`",
            "write the day as `2026-01-09`",
        ),
        (
            "objectives: {a: b}",
            "`objectives` expects a list of texts, found a mapping",
            "write a list: `objectives: [one, two]`",
        ),
        (
            "prerequisites: a",
            "`prerequisites` expects a list of texts, found `a`",
            "write a list: `prerequisites: [a]`",
        ),
        (
            "tags: [[a]]",
            "`tags.0` expects text, found a list",
            "quote the value if its brackets are meant as text",
        ),
        (
            "order: high",
            "`order` expects a number, found `high`",
            "write decimal digits, at most 15 before the point",
        ),
        ('order: "3"', '`order` expects a number, found the text `"3"`', "take the quotes away"),
        ("minutes: [1]", "`minutes` expects a number, found a list", "write one number"),
        (
            "minutes: -1",
            "`minutes` must lie between 0 and 100000, found `-1`",
            "correct the number, or take the key out",
        ),
        (
            'draft: "yes"',
            '`draft` expects `true` or `false`, found the text `"yes"`',
            "write `true` without quotes",
        ),
        ("draft: no", "`draft` expects `true` or `false`, found `no`", "write `false` without quotes"),
        (
            "toc: maybe",
            "`toc` expects `true` or `false`, found `maybe`",
            "write one of the two, without quotes",
        ),
        (
            "title: [x]",
            "`title` expects text, found a list",
            "quote the value if its brackets are meant as text",
        ),
        (
            "aliases: old/",
            "`aliases` expects a list of old addresses, found `old/`",
            "write a list: `aliases: [old/]`",
        ),
        (
            "aliases: [{a: b}]",
            "`aliases.0` expects an old address or a heading, found a mapping",
            'write `old/page/`, or `"#old-heading": new-heading`',
        ),
        (
            "date: soon",
            "`date` expects a date such as `2026-11-23`, found `soon`",
            "write year, month and day with hyphens and all digits",
        ),
        (
            "tutorial: yes",
            "`tutorial` expects a mapping, found `yes`",
            "write the settings below it, indented, or nothing for the usual ones",
        ),
    ],
)
def test_fm_13_a_wrong_type_names_what_was_expected_and_the_value(line, message, hint):
    problem = only_problem(line)

    assert (problem.severity, problem.message, problem.hint) == ("error", message, hint)


def test_fm_13_all_problems_of_a_page_are_reported_and_the_rest_is_kept():
    result = parse_keys("titel: a\ntags: x\ndraft: 1\norder: y\ndescription: kept\ndate: z")

    assert places(result) == [
        ("unknown-key", 2, 1),
        ("wrong-type", 3, 7),
        ("wrong-type", 4, 8),
        ("wrong-type", 5, 8),
        ("wrong-type", 7, 7),
    ]
    assert result.front == FrontMatter(description="kept")


def test_fm_14_a_duplicate_key_names_both_lines_and_the_first_stands():
    result = parse_keys("title: a\norder: 1\ntitle: b")

    (problem,) = result.diagnostics
    assert problem.message == "key `title` stands twice: on line 2 and on line 4"
    assert (problem.location.line, result.front.title) == (4, "a")


def test_fm_15_a_colon_in_a_value_asks_for_quotes():
    problem = only_problem("title: Foo: bar")

    assert (str(problem.location), problem.hint) == (
        "content/flask/03-routing.md:2:11",
        'quote the value: `title: "Foo: bar"`',
    )


@pytest.mark.parametrize("value", ["{{ x }}", "{{ x }} and", '{{ x["y"] }}', "{% x %}"])
def test_fm_16_template_braces_ask_for_quotes(value):
    problem = only_problem(f"title: {value}")

    assert problem.hint == "quote the value if the template braces are meant as text"
    assert (problem.location.line, problem.location.column) == (2, 8)


@pytest.mark.parametrize("value", ["@x", "`x`", "*bold*", "%x", "!important", "*bold text", "&copy; me"])
def test_fm_17_reserved_signs_ask_for_quotes(value):
    problem = only_problem(f"title: {value}")

    assert "quote the value" in problem.hint
    assert (problem.severity, problem.location.line, problem.location.column) == ("error", 2, 8)


@pytest.mark.parametrize(
    "value",
    ["2024-01-01", "1.10", "no", "0755", "12:30:45", "1e400", "true", ".nan", "0x1F", "1_000", "NULL"],
)
def test_fm_18_a_title_stays_what_the_author_typed(value):
    assert front(f"title: {value}").title == value


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-30",
        "2023-02-29",
        "0000-00-00",
        "2024-13-01",
        "2024-01-01 25:00:00",
        "2024-01-01T24:00:00",
        "2024-01-01T12:60",
        "2024-01-01T12:00:00+99:00",
    ],
)
def test_fm_19_a_date_that_no_calendar_has_is_an_error_at_the_value(value):
    problem = only_problem(f"title: x\ndate: {value}")

    assert problem.message == f"`date` is no date of the calendar, found `{value}`"
    assert (problem.location.line, problem.location.column) == (3, 7)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-29", "2024-02-29"),
        ('"2024-02-29"', "2024-02-29"),
        ("2024-02-29 08:30", "2024-02-29T08:30"),
        ("2024-02-29T08:30:15.25Z", "2024-02-29T08:30:15.25Z"),
        ("2024-02-29 08:30:00 +05:30", "2024-02-29T08:30:00+05:30"),
    ],
)
def test_fm_19_dates_of_iso_8601_are_read(value, expected):
    assert front(f"updated: {value}").updated == expected


@pytest.mark.parametrize(
    "value", ["2024-2-9", "20240229", "2024-W09", "29.02.2024", "2024-02-29T", "٢٠٢٤-٠٢-٢٩"]
)
def test_fm_19_other_ways_to_write_a_date_are_an_error(value):
    assert only_problem(f"date: {value}").code == "wrong-type"


def test_fm_20_a_value_lost_to_a_comment_sign_is_a_warning():
    result = parse_keys("title: #fff\ntags: #a")

    assert places(result) == [("yaml-comment", 2, 8), ("yaml-comment", 3, 7)]
    assert {item.severity for item in result.diagnostics} == {"warning"}


@pytest.mark.parametrize(
    "value", ["9" * 5000, ".nan", ".inf", "-.inf", "1e400", "1e3", "0x10", "1_000", "١", "1,5", "+"]
)
def test_fm_21_only_decimal_numbers_of_sane_length_are_numbers(value):
    result = parse_keys(f"order: {value}")

    assert [item.code for item in result.diagnostics] == ["wrong-type"]
    assert result.front.order is None


@pytest.mark.parametrize(("value", "expected"), [("3", 3.0), ("-2.5", -2.5), ("007", 7.0), ("+1", 1.0)])
def test_fm_21_decimal_numbers_are_read(value, expected):
    assert front(f"order: {value}").order == expected


def test_fm_22_a_second_document_is_an_error_at_its_line():
    assert places(parse_keys("title: x\n--- y: z")) == [("yaml-documents", 3, 1)]


def test_fm_23_front_matter_beyond_the_cap_is_an_error_and_the_body_is_there():
    keys = "".join(f"k{n}: v\n" for n in range(100_000))
    result = parse(f"---\n{keys}---\nBody")

    assert [item.code for item in result.diagnostics] == ["yaml-too-large"]
    assert (result.body, result.body_line) == ("Body", 100_003)


@pytest.mark.parametrize(
    "old",
    [
        "../../x",
        "/../x",
        "%2e%2e/x",
        "a/%2E%2E/%2e%2e/x",
        "%252e%252e/x",
        r"C:\x",
        "C:/x",
        "//h",
        "%2f%2fh",
        r"a\b",
        "https://h/x",
        "javascript:x",
        "a%00b",
        "a%0Ab",
        "~/x",
        "x?y",
        "x#y",
        "..%5cx",
        "",
    ],
)
def test_fm_24_an_alias_stays_inside_the_site(old):
    result = parse_keys(f"aliases:\n  - '{old}'")

    assert places(result) == [("unsafe-path", 3, 5)]
    assert result.front.aliases == ()


@pytest.mark.parametrize(
    "slug",
    [
        "../../x",
        "/etc/x",
        "%2e%2e",
        r"C:\x",
        "C:x",
        "//h",
        "a/b",
        ".",
        "..",
        "...",
        '"a\\tb\\e"',
        "a.",
        "a?b",
        "x" * 201,
    ],
)
def test_fm_24_a_slug_is_one_component_of_a_path(slug):
    result = parse_keys(f"slug: {slug}")

    assert [item.severity for item in result.diagnostics] == ["error"]
    assert result.front.slug == ""


@pytest.mark.parametrize("slug", ["routing", "über-uns", "日本語", "v1.2", "a b", "100%"])
def test_fm_24_plain_names_are_slugs(slug):
    assert front(f"slug: {slug}").slug == slug


@pytest.mark.parametrize(
    "image",
    ["../../x.png", "%2e%2e/%2e%2e/x.png", "a%5cb.png", "//h/x.png", "file:///x", r"a\b.png", "C:/x.png"],
)
def test_fm_24_an_image_stays_inside_the_content(image):
    result = parse_keys(f"title: x\nimage: '{image}'")

    assert places(result) == [("unsafe-path", 3, 8)]
    assert result.front == FrontMatter(title="x")


@pytest.mark.parametrize("image", ["x.png", "../x.png", "/img/x.png", "https://example.org/x.png"])
def test_fm_24_images_of_the_site_and_of_the_web_are_read(image):
    assert front(f"image: {image}").image == image


@pytest.mark.parametrize(
    "name",
    [
        "../../x.html",
        "/etc/passwd",
        "..",
        "a/../b.html",
        "a//b.html",
        r"a\b.html",
        "C:x.html",
        "%2e%2e/x",
        "./x.html",
        "a%00.html",
    ],
)
def test_fm_25_a_template_stays_inside_the_folder_of_templates(name):
    problem = only_problem(f"template: '{name}'")

    assert (problem.code, problem.severity) == ("unsafe-path", "error")


@pytest.mark.parametrize("value", ["</title><script>", "a & b", "\"'<>"])
def test_fm_26_markup_in_a_title_is_kept_as_text_for_the_escaping_of_each_output(value):
    quoted = value.replace("'", "''")

    assert front(f"title: '{quoted}'").title == value


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [('"  a \\t b\\n c "', "a b c"), (">\n  a\n  b", "a b"), ("a\n  b", "a b"), ("'« é »'", "« é »")],
)
def test_a_title_has_one_line_and_single_spaces(yaml, expected):
    assert front(f"title: {yaml}").title == expected


@pytest.mark.parametrize("escape", [r"\e", r"\a", r"\x7f", r"\N", r"\L"])
def test_a_title_holds_no_control_character(escape):
    problem = only_problem(f'title: "a{escape}b"')

    assert (problem.code, problem.hint) == ("invalid-value", "take the character out")


@pytest.mark.parametrize(
    "line", ["title:", "title: ~", "title: null", "tags:", "date:", "draft: null", "order:"]
)
def test_a_key_without_a_value_is_left_at_its_default(line):
    assert front(line) == FrontMatter()


def test_tutorial_without_a_value_declares_a_tutorial():
    assert (front("tutorial:").tutorial, front("title: x").tutorial) == (TutorialSettings(), None)


@pytest.mark.parametrize("alias", ['"#a:"', '"#: b"', '"#a"', '"#a: b c"', '"#a": ', '"#": b'])
def test_an_alias_of_a_heading_names_an_old_and_a_new_one(alias):
    problem = only_problem(f"aliases:\n  - {alias}")

    assert problem.hint == 'write `old/page/`, or `"#old-heading": new-heading`'


def test_a_refused_value_and_a_wrong_one_are_two_problems_and_a_refused_wrong_one_is_one():
    assert places(parse_keys("title: !x [a]\ntags: b")) == [("yaml-tag", 2, 8), ("wrong-type", 3, 7)]


@pytest.mark.parametrize(("value", "found"), [('""', []), ('"a\\eb"', [("invalid-value", 2, 8)])])
def test_an_image_is_empty_or_printable(value, found):
    assert places(parse_keys(f"image: {value}")) == found


def test_split_front_matter_cuts_a_page_in_two():
    split = split_front_matter("---\ntitle: x\n---\nBody\n")

    assert (split.kind, split.yaml, split.body, split.body_line) == ("yaml", "title: x\n", "Body\n", 4)


@pytest.mark.parametrize("tail", ["", "\n", "\n\n"])
def test_the_body_line_is_right_where_the_file_ends_with_the_front_matter(tail):
    result = parse(f"---\ntitle: x\n---{tail}")

    assert (result.body, result.body_line) == (tail[1:], 4)


# ---------------------------------------------------------------- properties

_SIGNS = st.sampled_from(
    ["---", "...", "\n", "\r\n", "\r", ": ", "- ", "title", "tags", "#", "[", "{", '"', "\t", " ", "é", "\0"]
)
_soup = st.lists(_SIGNS | st.text(max_size=5), max_size=30).map("".join)


@given(st.text() | _soup | _soup.map(lambda text: f"---\n{text}\n---\nBody"))
def test_arbitrary_text_never_raises(text):
    result = parse(text)

    assert {item.code for item in result.diagnostics} <= CODES.keys()
    assert text.endswith(result.body)
    assert result.body_line >= 1


@given(st.text("abc :#-'\"[]{}é—,&*!|>%@`\\?0.", min_size=1).map(lambda text: " ".join(text.split())))
def test_a_title_that_is_accepted_without_complaint_is_the_title_as_typed(title):
    result = parse_keys(f"title: {title}")

    if (
        title
        and title[0] not in "'\"|>"
        and " #" not in f" {title}"
        and not result.diagnostics
        and title != "~"
    ):
        assert result.front.title == title


@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"
        )
    )
)
def test_a_title_in_single_quotes_is_any_text(title):
    quoted = title.replace("'", "''")

    assert front(f"title: '{quoted}'").title == " ".join(part for part in title.split(" ") if part)


@given(
    st.lists(st.sampled_from(["# a", "text", "- x", "", "| a |"]), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_body_line_counts_the_lines_before_the_body(lines, end):
    text = end.join(["---", "title: x", "---", *lines])
    result = parse(text)

    assert result.body == end.join(lines)
    assert result.body_line == 4
