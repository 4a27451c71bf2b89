from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.codes import CODES
from octavo.config import (
    SITE_KEYS,
    Config,
    HighlightOptions,
    NavEntry,
    Repository,
    ThemeChoice,
    ValidationLevels,
    load_config,
)
from octavo.errors import Location
from octavo.model import MarkdownOptions


def load(lines):
    config, diagnostics = load_config(f"title: Site\n{lines}\n")
    assert diagnostics == ()
    return config


def problems(text):
    config, diagnostics = load_config(text)
    assert config is None
    return diagnostics


def only_problem(lines):
    (problem,) = problems(f"title: Site\n{lines}\n")
    return problem


EVERY_KEY = """\
title: A site
description: About it
url: HTTPS://Example.org/docs
language: pt-BR
author: Ada
copyright: 2026 Ada
repository:
  url: https://example.org/ada/site
  branch: trunk
  edit: edit/{branch}/{file}
content_dir: ./pages/
site_dir: ../public
theme:
  name: my-theme
  options: {toc_depth: 2, fonts: [a, b]}
extra_css: [css/a.css, css/b.css]
extra_js: [js/a.js]
logo: img/logo.svg
favicon: img/icon.svg
footer:
  - Imprint: imprint.md
  - Source: https://example.org/
  - Mail: mailto:ada@example.org
nav:
  - index.md
  - Guide: guide/
  - Reference:
      - ref/a.md#top
      - Outside: https://example.org/x
markdown: {html: false, linkify: false, max_nesting: 50}
highlight: {light: friendly, dark: monokai}
search: false
feed: {limit: 10}
plugins: [one, {two: {a: 1}}]
validation: {links: error, anchors: "off", assets: off, orphans: warning}
extra: {anything: [1, null]}
"""


def test_every_key_is_read():
    config, diagnostics = load_config(EVERY_KEY)

    assert diagnostics == ()
    assert config is not None
    assert msgspec.structs.replace(config, places=(), place_excerpts=()) == Config(
        title="A site",
        description="About it",
        url="https://example.org/docs/",
        language="pt-BR",
        author="Ada",
        copyright="2026 Ada",
        repository=Repository(
            url="https://example.org/ada/site", branch="trunk", edit="edit/{branch}/{file}"
        ),
        content_dir="pages",
        site_dir="../public",
        theme=ThemeChoice(name="my-theme", options={"toc_depth": "2", "fonts": ["a", "b"]}),
        extra_css=("css/a.css", "css/b.css"),
        extra_js=("js/a.js",),
        logo="img/logo.svg",
        favicon="img/icon.svg",
        footer=(
            ("Imprint", "imprint.md"),
            ("Source", "https://example.org/"),
            ("Mail", "mailto:ada@example.org"),
        ),
        nav=(
            NavEntry(title=None, target="index.md"),
            NavEntry(title="Guide", target="guide/"),
            NavEntry(
                title="Reference",
                target="",
                children=(
                    NavEntry(title=None, target="ref/a.md#top"),
                    NavEntry(title="Outside", target="https://example.org/x"),
                ),
            ),
        ),
        markdown=MarkdownOptions(html=False, linkify=False, max_nesting=50),
        highlight=HighlightOptions(light="friendly", dark="monokai"),
        search=False,
        feed={"limit": "10"},
        plugins=["one", {"two": {"a": "1"}}],
        validation=ValidationLevels(links="error", anchors="off", assets="off", orphans="warning"),
        extra={"anything": ["1", None]},
    )


def test_the_title_is_the_only_key_that_is_required():
    config, diagnostics = load_config("title: Site")

    assert diagnostics == ()
    assert config == Config(
        title="Site", places=(("title", Location("site.yaml", 1, 8)),), place_excerpts=("title: Site",)
    )


def test_places_name_keys_items_entries_and_theme_options():
    config = load(
        "extra_css: [a.css]\nmarkdown:\n  html: false\ntheme:\n  name: t\n  options:\n    depth: 2\n"
        "nav:\n  - a.md\n  - B:\n      - c.md\nfooter:\n  - D: d.md"
    )

    assert [(key, place.line, place.column) for key, place in config.places] == [
        ("title", 1, 8),
        ("extra_css", 2, 12),
        ("extra_css.0", 2, 13),
        ("markdown", 4, 3),
        ("markdown.html", 4, 9),
        ("theme", 6, 3),
        ("theme.name", 6, 9),
        ("theme.options", 8, 5),
        ("theme.options.depth", 8, 12),
        ("nav", 10, 3),
        ("nav.0", 10, 5),
        ("nav.1", 11, 5),
        ("nav.1.0", 12, 9),
        ("footer", 14, 3),
        ("footer.0", 14, 5),
    ]
    assert len(config.place_excerpts) == len(config.places)
    assert config.place_excerpts[-1] == "  - D: d.md"


def struct_keys(kind, prefix=""):
    """Give every key of a struct and of the structs in it, with its default."""
    found = {}
    for field in msgspec.structs.fields(kind):
        found[prefix + field.name] = field.default
        if isinstance(field.default, msgspec.Struct):
            found |= struct_keys(type(field.default), f"{prefix}{field.name}.")
    return found


def test_the_reference_lists_the_keys_and_defaults_of_the_values():
    expected = struct_keys(Config)
    del expected["places"], expected["place_excerpts"]
    shown = {
        key: str(default).lower()
        if isinstance(default, bool | int)
        else default
        if isinstance(default, str)
        else ""
        for key, default in expected.items()
    }
    shown["title"] = ""

    assert {key.name: key.default for key in SITE_KEYS} == shown
    assert [key.name for key in SITE_KEYS if not (key.type and key.meaning.endswith("."))] == []


def test_every_default_of_the_reference_is_read_as_that_default():
    lines = []
    for key in SITE_KEYS:
        section, dot, name = key.name.rpartition(".")
        if key.default:
            lines.append(f"{section}: {{{name}: {key.default}}}" if dot else f"{key.name}: {key.default}")
    for line in lines:
        config, diagnostics = load_config(f"title: x\n{line}\n")
        assert diagnostics == ()
        assert config is not None
        assert msgspec.structs.replace(config, places=(), place_excerpts=()) == Config(title="x")


# ---------------------------------------------------------------- the catalogue


@pytest.mark.parametrize("text", ["", "\n", "# comment\n", "---\n", "~\n"])
def test_cf_01_an_empty_file_is_an_error(text):
    (problem,) = problems(text)

    assert (problem.code, problem.message) == ("missing-key", "site.yaml is empty")


@pytest.mark.parametrize("text", ["- a\n", "prose\n", "[]\n"])
def test_cf_01_a_file_that_is_no_mapping_is_an_error(text):
    (problem,) = problems(text)

    assert problem.code == "wrong-type"
    assert problem.message.startswith("site.yaml must be a mapping of keys to values, found ")


@pytest.mark.parametrize(
    "text", ["author: x\n", "title:\n", "title: ''\n", "title: ' '\n", "title: ~\n", "{}\n"]
)
def test_cf_02_a_missing_title_is_an_error(text):
    (problem,) = problems(text)

    assert (problem.code, problem.hint) == ("missing-key", "write `title: My site`")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("autor: x", "unknown key `autor`", "did you mean `author`?"),
        ("Nav: []", "unknown key `Nav`", "did you mean `nav`?"),
        ("docs_dir: x", "unknown key `docs_dir`", "the key is `content_dir` here"),
        ("base_url: x", "unknown key `base_url`", "the key is `url` here"),
        ("markdown: {htm: true}", "unknown key `markdown.htm`", "did you mean `html`?"),
        ("highlight: {style: x}", "unknown key `highlight.style`", "the keys are `light`, `dark`"),
        ("theme: {options: {}, nam: x}", "unknown key `theme.nam`", "did you mean `name`?"),
        ("zzz: x", "unknown key `zzz`", "put data for templates under `extra`"),
    ],
)
def test_cf_02_an_unknown_key_is_an_error_with_its_path_and_the_likely_one(line, message, hint):
    problem = only_problem(line)

    assert (problem.code, problem.severity, problem.location.line) == ("unknown-key", "error", 2)
    assert (problem.message, problem.hint) == (message, hint)


def test_cf_02_a_misspelt_title_is_one_problem():
    (problem,) = problems("titel: x\n")

    assert (problem.code, problem.hint) == ("unknown-key", "did you mean `title`?")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("description: [x]", "`description` expects text, found a list"),
        ("repository: x", "`repository` expects a mapping, found `x`"),
        ("extra_css: a.css", "`extra_css` expects a list of paths, found `a.css`"),
        ("footer: {a: b}", "`footer` expects a list of links, found a mapping"),
        ("footer: [a.md]", "`footer.0` expects one `Title: target`, found `a.md`"),
        ("footer: [{A: [b]}]", "`footer.0` expects a page or an address, found a list"),
        ("nav: index.md", "`nav` expects a list of entries, found `index.md`"),
        ("nav: [[a.md]]", "`nav.0` expects an entry, found a list"),
        ("nav: [{A: }]", "`nav.0` expects a page, an address or a list, found nothing"),
        ("nav: [{A: {B: c.md}}]", "`nav.0` expects a page, an address or a list, found a mapping"),
        ("nav: [{A: [{B: [x.md, []]}]}]", "`nav.0.0.1` expects an entry, found a list"),
        ("nav: [{A: []}]", "`nav.0` must have entries below its title, found a list"),
        ("nav: [{A: a.md, B: b.md}]", "`nav.0` must have one title, found `B`"),
        ("nav: [{'': a.md}]", '`nav.0` must have a title, found the text `""`'),
        (
            "nav: ['https://example.org']",
            '`nav.0` must give an outside address a title, found the text `"https://example.org"`',
        ),
        (
            "nav: [{A: 'javascript:x'}]",
            '`nav.0` must begin with `https:`, or name a page, found the text `"javascript:x"`',
        ),
        (
            "footer: [{A: 'data:x'}]",
            '`footer.0` must begin with `https:` or `mailto:`, or name a page, found the text `"data:x"`',
        ),
        ("markdown: {html: yes}", "`markdown.html` expects `true` or `false`, found `yes`"),
        ("markdown: {max_nesting: 1.5}", "`markdown.max_nesting` expects a whole number, found `1.5`"),
        ("markdown: {max_nesting: 9}", "`markdown.max_nesting` must lie between 10 and 200, found `9`"),
        ("markdown: {max_nesting: 201}", "`markdown.max_nesting` must lie between 10 and 200, found `201`"),
        ("search: sometimes", "`search` expects `true` or `false`, found `sometimes`"),
        ("validation: {links: warn}", "`validation.links` expects `error`, `warning` or `off`, found `warn`"),
        (
            "validation: {links: {}}",
            "`validation.links` expects `error`, `warning` or `off`, found a mapping",
        ),
        ("theme: [x]", "`theme` expects a mapping, found a list"),
        ("theme: {options: x}", "`theme.options` expects a mapping, found `x`"),
        ("language: de_DE", "`language` must be a language tag (BCP 47), found `de_DE`"),
        ("language: German language", "`language` must be a language tag (BCP 47), found `German language`"),
        (
            "repository: {edit: edit/main}",
            "`repository.edit` must say where `{file}` goes, found `edit/main`",
        ),
        (
            "repository: {url: 'git@example.org:a/b'}",
            '`repository.url` must begin with `https://` or `http://`, found the text `"git@example.org:a/b"`',
        ),
    ],
)
def test_cf_02_a_wrong_value_is_an_error_with_the_path_of_its_key(line, message):
    problem = only_problem(line)

    assert (problem.severity, problem.message) == ("error", message)
    assert problem.excerpt == line


def test_cf_02_all_problems_are_reported_at_once():
    found = problems(
        "titel: x\nurl: example.org\nmarkdown: {html: 1}\nnav: [{A: ''}]\nlogo: ../x.svg\ntitle: [a]\n"
    )

    assert [(item.code, item.location.line) for item in found] == [
        ("unknown-key", 1),
        ("invalid-value", 2),
        ("wrong-type", 3),
        ("unsafe-path", 4),
        ("unsafe-path", 5),
        ("wrong-type", 6),
    ]


@pytest.mark.parametrize(
    "folder",
    [
        ".",
        "''",
        "./",
        "..",
        "../..",
        "a/..",
        "/",
        "~/x",
        ".git",
        "x/.git",
        ".octavo",
        ".octavo/cache",
        ".GIT",
        r"a\b",
    ],
)
def test_cf_03_an_output_folder_that_would_hold_the_sources_is_refused(folder):
    problem = only_problem(f"site_dir: {folder}")

    assert (problem.code, problem.hint) == ("unsafe-path", "write a folder of its own, such as `_site`")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("out/", "out"), ("../out", "../out"), ("/srv/www", "/srv/www"), ("./a//b", "a/b")],
)
def test_cf_03_other_output_folders_are_read(folder, expected):
    assert load(f"site_dir: {folder}").site_dir == expected


@pytest.mark.parametrize(
    "lines",
    [
        "site_dir: content",
        "site_dir: content/out",
        "content_dir: a/b\nsite_dir: a",
        "content_dir: a\nsite_dir: ./a/b/",
        "content_dir: _site",
        "content_dir: _site/pages",
        "content_dir: .",
        "content_dir: ''",
        "site_dir: theme",
        "site_dir: theme/out",
        "theme: look\nsite_dir: look",
        "theme: _site/look",
    ],
)
def test_cf_05_folders_that_lie_in_each_other_are_an_error(lines):
    assert only_problem(lines).code == "folder-overlap"


def test_cf_05_a_folder_with_the_same_beginning_is_another_folder():
    assert load("content_dir: docs\nsite_dir: docs_out").site_dir == "docs_out"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("https://example.org///", "https://example.org/"),
        ("HTTP://Example.ORG:8080/Repo", "http://example.org:8080/Repo/"),
        ("https://user.example.org/repo/", "https://user.example.org/repo/"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC/"),
    ],
)
def test_cf_06_the_url_ends_in_a_slash_and_its_host_is_in_lower_case(url, expected):
    assert load(f"url: {url}").url == expected


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "//example.org/",
        "/repo/",
        "javascript:alert(1)",
        "ftp://example.org/",
        "https://",
        "https:///x",
        "https://example.org/?a=b",
        "https://example.org/?",
        "https://example.org/'#x'",
        "https://example.org/a b",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://[::1/",
        "https://example.org/a/../b/",
        "https://example.org/%2e%2e/b/",
        "https://example.org/a//b/",
        "https://example.org/<b>",
    ],
)
def test_cf_06_a_url_that_is_no_home_page_is_an_error(url):
    problem = only_problem(f"url: {url}" if "'" not in url else "url: https://example.org/#x")

    assert (problem.code, problem.severity) == ("invalid-value", "error")


@pytest.mark.parametrize(
    "target", ["../x.md", "/etc/x.md", "~/x.md", "a/../../x.md", r"a\b.md", "C:/x.md", "'#x'", "''"]
)
def test_cf_07_a_nav_entry_outside_the_content_is_an_error_at_its_line(target):
    found = problems(f"title: x\nnav:\n  - index.md\n  - Bad: {target}\n")

    assert [(item.severity, item.location.line, item.location.column) for item in found] == [("error", 4, 10)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [("./a.md", "a.md"), ("a//b/", "a/b/"), ("a/../b.md", "b.md"), ("a b.md", "a b.md")],
)
def test_cf_07_nav_targets_are_normal_paths(target, expected):
    assert load(f"nav: [{target}]").nav == (NavEntry(title=None, target=expected),)


@pytest.mark.parametrize(
    "value", ["$GITHUB_TOKEN", "${GITHUB_TOKEN}", "%GITHUB_TOKEN", "{{ env.GITHUB_TOKEN }}"]
)
def test_cf_09_nothing_is_read_from_the_environment(monkeypatch, value):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")

    assert load(f"author: '{value}'").author == value


def test_cf_09_an_environment_tag_is_an_error():
    assert only_problem("author: !ENV GITHUB_TOKEN").code == "yaml-tag"


# ---------------------------------------------------------------- values


def test_scalars_stay_what_the_author_wrote():
    config = load("language: no\nauthor: 1.10\ncopyright: 2024-01-01\nextra: {a: 0755, b: yes}")

    assert (config.language, config.author, config.copyright) == ("no", "1.10", "2024-01-01")
    assert config.extra == {"a": "0755", "b": "yes"}


@pytest.mark.parametrize(
    "line",
    ["url:", "nav:", "nav: []", "theme:", "markdown:", "markdown: {}", "markdown: {html: }", "footer: [~]"],
)
def test_a_key_without_a_value_is_left_at_its_default(line):
    config = load(line)

    assert msgspec.structs.replace(config, places=(), place_excerpts=()) == Config(title="Site")


@pytest.mark.parametrize(("line", "expected"), [("search: true", True), ("search: false", False), ("", True)])
def test_search_is_on_unless_it_is_switched_off(line, expected):
    assert load(line).search is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("theme: look", ThemeChoice(name="look")),
        ("theme: {options: {a: b}}", ThemeChoice(options={"a": "b"})),
    ],
)
def test_a_theme_is_a_name_or_a_mapping(line, expected):
    assert load(line).theme == expected


@pytest.mark.parametrize("key", ["logo", "favicon", "content_dir", "theme"])
@pytest.mark.parametrize(
    "path", ["../x", "/x", "~/x", r"a\b", "C:/x", "//h/x", "https://example.org/x", "a/../../b"]
)
def test_paths_stay_inside_the_site(key, path):
    assert only_problem(f"{key}: '{path}'").code == "unsafe-path"


def test_items_that_are_empty_do_not_shift_the_places_of_others():
    config = load("extra_css:\n  -\n  - a.css")

    assert config.extra_css == ("a.css",)
    assert config.places[-1] == ("extra_css.0", Location("site.yaml", 4, 5))


def test_an_empty_entry_of_the_navigation_is_left_out():
    assert load("nav:\n  -\n  - a.md").nav == (NavEntry(title=None, target="a.md"),)


def test_a_byte_order_mark_is_dropped_and_the_file_is_named():
    config, diagnostics = load_config("\ufefftitle: x\nzzz: 1\n", file="sites/a.yaml")

    assert config is None
    assert [str(item.location) for item in diagnostics] == ["sites/a.yaml:2:1"]


def test_a_warning_alone_gives_a_configuration():
    config, diagnostics = load_config("title: x\nauthor: #me\n")

    assert config is not None
    assert [(item.code, item.severity) for item in diagnostics] == [("yaml-comment", "warning")]


@pytest.mark.parametrize(
    "text", ["title: x: y\n", "title: x\n\tb: c\n", "title: 'x\n", "title: x\n" + "[" * 70_000]
)
def test_a_file_that_cannot_be_read_reports_that_and_nothing_else(text):
    assert len(problems(text)) == 1


def test_a_file_beyond_a_mebibyte_is_refused():
    (problem,) = problems("title: x\nextra: '" + "x" * 1024 * 1024 + "'\n")

    assert problem.code == "yaml-too-large"


def test_yaml_is_imported_by_one_module_only():
    package = Path(load_config.__code__.co_filename).parent
    users = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(line.startswith(("import yaml", "from yaml")) for line in path.read_text("utf-8").splitlines())
    ]

    assert users == ["yamltext.py"]


# ---------------------------------------------------------------- properties

_KEYS = st.sampled_from(
    [key.name.partition(".")[0] for key in SITE_KEYS] + ["name", "html", "x", "<<", "title"]
)
_SIGNS = st.sampled_from(
    [
        "\n",
        "\r",
        ": ",
        ":\n  ",
        "- ",
        "#",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "\t",
        "é",
        "\0",
        "../",
        "https://",
        "false",
        "5",
    ]
)
_soup = st.lists(_KEYS | _SIGNS | st.text(max_size=4), max_size=30).map("".join)
_values = st.recursive(
    st.none() | st.text(max_size=8) | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.text() | _soup | st.dictionaries(_KEYS, _values).map(lambda value: msgspec.json.encode(value).decode())
)
def test_arbitrary_text_never_raises_and_errors_alone_refuse_a_configuration(text):
    config, diagnostics = load_config(text)

    assert {item.code for item in diagnostics} <= CODES.keys()
    assert (config is None) == any(item.severity == "error" for item in diagnostics)


@given(
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cs", "Zl", "Zp"],
            exclude_characters="\ufffe\uffff \ufeff",
        ),
        min_size=1,
    ).filter(str.strip)  # a title of spaces of any kind has no text, and is refused
)
def test_a_title_that_is_accepted_stays_as_typed(title):
    config, diagnostics = load_config("title: '" + title.replace("'", "''") + "'")

    assert diagnostics == ()
    assert config is not None
    assert config.title == title
