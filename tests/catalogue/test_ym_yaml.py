"""YM: what YAML itself allows and no author means, in front matter and in site.yaml alike."""

import ast
import json
from pathlib import Path

import pytest

import octavo

PAGE, CONFIG = "content/a.md", "site.yaml"


@pytest.fixture(name="refused", params=[PAGE, CONFIG])
def fixture_refused(request, site):
    """Write YAML into front matter, and into site.yaml, and build; *line* and *column* count within the YAML."""

    def refused(yaml, code, line, column, *, hint, also=()):
        place = f"{request.param}:{line + 1}" + (f":{column}" if column else "")
        if request.param == PAGE:
            return site.write(PAGE, f"---\n{yaml}\n---\nBody.\n").refuses(code, place, hint=hint, also=also)
        site.write(CONFIG, f"title: Test site\n{yaml}\n")
        return site.refuses(code, place, hint=hint, also=also, status=2)

    return refused


@pytest.mark.parametrize(
    "value",
    [
        '!!python/object/apply:os.system ["touch {}"]',
        "!!python/object/new:subprocess.Popen [[touch, {}]]",
        "!!python/name:os.system",
        "!!python/module:os",
    ],
)
def test_ym_01_a_tag_that_would_run_python_is_an_error(refused, tmp_path, value):
    trap = tmp_path / "trap"
    problem = refused(f"extra:\n  x: {value.format(trap)}", "yaml-tag", 2, 6, hint="take the tag out")

    assert "!!python/" in problem.message
    assert not trap.exists()


def test_ym_01_yaml_is_read_in_one_module_and_never_loaded():
    calls = [
        f"{path.name}:{node.lineno}"
        for path in Path(octavo.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "yaml"
        and ("load" in node.attr.lower() or node.attr == "compose")
    ]

    assert [] == calls


@pytest.mark.parametrize(
    "value",
    ["!foo x", '!!binary "@@@"', "!!binary aGk=", "!!str x", "!", "!<x> y", "!!set {a}", "!!timestamp x"],
)
def test_ym_02_every_tag_is_an_error_at_the_tag(refused, value):
    refused(f"extra:\n  x: {value}", "yaml-tag", 2, 6, hint="take the tag out")


def test_ym_03_a_billion_laughs_are_an_error_before_anybody_laughs(refused):
    levels = [
        f"  {chr(97 + n)}: &{chr(97 + n)} [{', '.join([f'*{chr(96 + n)}'] * 9) if n else 'ha'}]"
        for n in range(9)
    ]

    problem = refused(
        "extra:\n" + "\n".join(levels),
        "yaml-alias",
        2,
        6,
        hint="take the anchor out",
        also=["yaml-alias"] * 80,
    )

    assert "`&a`" in problem.message


def test_ym_04_merge_keys_are_an_error(refused):
    yaml = "extra:\n  a: {x: 1}\n  b:\n    <<: {y: 1}\n    z: 2"

    refused(yaml, "yaml-merge-key", 4, 5, hint="write the keys out")


def test_ym_04_a_bomb_of_merge_keys_is_an_error(refused):
    yaml = "extra: {a: &a {x: 1}, b: {<<: [*a, *a]}}"

    refused(yaml, "yaml-merge-key", 1, 27, hint="write the keys out", also=["yaml-alias"] * 3)


def test_ym_05_an_anchor_that_holds_itself_is_an_error(refused):
    yaml = "extra:\n  a:\n    &a [*a]"
    problem = refused(yaml, "yaml-alias", 3, 5, hint="take the anchor out", also=["yaml-alias"])

    assert "`&a`" in problem.message


DEEP = {
    "lists": lambda depth: "extra: " + "[" * depth + "]" * depth,
    "mappings": lambda depth: "extra: " + "{a: " * depth + "}" * depth,
    "items": lambda depth: "extra:\n  " + "- " * depth + "x",
    "open lists": lambda depth: "extra: " + "[" * depth,
    "indents": lambda depth: "extra:\n" + "".join(" " * (level + 1) + "a:\n" for level in range(depth)),
}


@pytest.mark.parametrize("kind", DEEP)
def test_ym_06_fifty_levels_are_read(site, kind):
    if kind == "open lists":
        site.page("a.md", f"---\n{DEEP[kind](50)}\n---\n").refuses(
            "yaml-syntax", "content/a.md:2:57", hint="close it"
        )
        return
    site.page("a.md", f"---\n{DEEP[kind](50)}\n---\n").publish()

    assert "a/index.html" in site.tree()


@pytest.mark.parametrize(
    ("kind", "depth", "line", "column"),
    [
        ("lists", 500, 1, 71),
        ("mappings", 500, 1, 260),
        ("items", 500, 2, 129),
        ("indents", 200, 65, 65),
        ("lists", 30_000, 1, 71),
        ("open lists", 50_000, 1, 71),
        ("items", 30_000, 2, 129),
        ("mappings", 10_000, 1, 260),
    ],
)
def test_ym_06_more_than_64_levels_are_an_error_and_never_a_crash(refused, kind, depth, line, column):
    problem = refused(DEEP[kind](depth), "yaml-depth", line, column, hint="nest")

    assert "64" in problem.message


@pytest.mark.parametrize(
    ("yaml", "line", "column"),
    [
        ("\torder: 1", 1, 1),
        ("extra:\n\ta: 1", 2, 1),
        ("tags:\n\t- a", 2, 1),
        ("extra:\n  a: 1\n \tb: 2", 3, 2),
    ],
)
def test_ym_07_a_tab_as_indentation_is_an_error_at_the_tab(refused, yaml, line, column):
    problem = refused(yaml, "yaml-syntax", line, column, hint="use spaces")

    assert "tab" in problem.message


@pytest.mark.parametrize(
    ("yaml", "line", "column", "sign"),
    [
        ('extra:\n  a: "one\n  b: two', 2, 6, "quote"),
        ("extra:\n  a: 'one\n  b: two", 2, 6, "quote"),
        ("extra: [a\norder: 1", 1, 8, "`[`"),
        ("extra: [a,\n\norder: 1\nupdated: x", 1, 8, "`[`"),
        ("extra: {a: b\norder: 1", 1, 8, "`{`"),
        ("extra: [", 1, 8, "`[`"),
        ("extra: {a: [b, ", 1, 12, "`[`"),
    ],
)
def test_ym_08_what_is_never_closed_is_an_error_where_it_opens(refused, yaml, line, column, sign):
    problem = refused(yaml, "yaml-syntax", line, column, hint="close")

    assert sign in problem.message
    assert "never closed" in problem.message


def test_ym_08_an_alias_of_nothing_is_an_error(refused):
    problem = refused("extra:\n  a: *gone", "yaml-alias", 2, 6, hint="quote the value")

    assert "`*gone`" in problem.message


@pytest.mark.parametrize("char", ["\0", "\a", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\ufffe"])
def test_ym_09_a_character_that_no_text_may_hold_is_an_error_at_its_place(refused, char):
    problem = refused(f"extra:\n  a: ok\n  b: ä€{char}x", "yaml-character", 3, 8, hint="invisible")

    assert f"U+{ord(char):04X}" in problem.message


@pytest.mark.parametrize("escape", ["\\0", "\\ud800"])
def test_ym_09_nor_may_an_escape_stand_for_one(site, escape):
    code, column = ("yaml-character", 8) if escape == "\\0" else ("yaml-syntax", 11)

    site.page("a.md", f'---\ntitle: "{escape}"\n---\n').refuses(code, f"content/a.md:2:{column}", hint="e")


@pytest.mark.parametrize(
    ("data", "byte", "line", "guess"),
    [
        ("title: x\nextra: Café\n".encode("latin-1"), 20, 2, "Latin-1"),
        ("title: “x”\n".encode("cp1252"), 8, 1, "Windows-1252"),
        ("title: x\n".encode("utf-16"), 1, 1, "UTF-16"),
        ("title: x\n".encode("utf-16-le"), 2, 1, "UTF-16"),
        ("title: x\n".encode("utf-16-be"), 1, 1, "UTF-16"),
        ("title: x\n".encode("utf-32"), 1, 1, "UTF-"),
        (b"title: \xed\xa0\x80\n", 8, 1, "UTF-8"),
    ],
)
@pytest.mark.parametrize("file", [PAGE, CONFIG])
def test_ym_10_a_file_that_is_not_utf8_is_an_error_with_byte_line_and_guess(
    site, file, data, byte, line, guess
):
    status = 2 if file == CONFIG else 1
    problem = site.write(file, data).refuses("not-utf8", f"{file}:{line}", hint=guess, status=status)

    assert f"byte {byte}," in problem.message
    assert "save it as UTF-8" in problem.hint


@pytest.mark.parametrize("key", ["[a]", "{a: b}", "? [a]\n ", "? {a: b}\n "])
def test_ym_11_a_key_that_is_no_text_is_an_error(refused, key):
    refused(f"extra:\n {key}: b", "yaml-key", 2, 4 if key[0] == "?" else 2, hint="before the colon")


@pytest.mark.parametrize(
    ("first", "second"), [("1", '"1"'), ("true", "'true'"), ("null", '"null"'), ("1.0", "1.0")]
)
def test_ym_11_keys_are_texts_and_equal_ones_are_an_error(refused, first, second):
    refused(f"extra:\n  {first}: a\n  {second}: b", "duplicate-key", 3, 3, hint="one of the two")


def test_ym_11_keys_that_only_other_readers_confuse_are_kept_apart(site):
    site.write("theme/templates/own.html", "<main>{{ page.extra | tojson }}</main>")
    site.page(
        "a.md", "---\ntemplate: own.html\nextra: {1: a, true: b, null: c, 1.0: d, 01: e}\n---\n"
    ).publish()

    assert {"1": "a", "true": "b", "null": "c", "1.0": "d", "01": "e"} == json.loads(site.main("a/"))


@pytest.mark.parametrize("text", ["", " \n\n", "# only this\n", "---\n", "null\n", "\ufeff"])
def test_ym_12_an_empty_site_yaml_is_an_error_that_says_what_is_missing(site, text):
    site.write(CONFIG, text).refuses("missing-key", "site.yaml:1:1", hint="`title`", status=2)


def test_ym_12_a_site_yaml_without_end_is_refused_before_it_is_parsed(site):
    site.write(CONFIG, b"title: A\nextra: '" + b"x" * 100_000_000 + b"'\n")

    problem = site.refuses("yaml-too-large", "site.yaml:1", hint="files of its own", status=2)

    assert "1048576" in problem.message
