"""The words of the theme: complete in every language, the right form for a number, and all that a page says."""

import re

import pytest

from octavo.themewords import fill_words, languages_of, plural, read_words
from themebrowser import ROOT

FOLDER = ROOT / "theme" / "words"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
PLURALS = {"ar": {"one", "two", "few", "other"}}


def words(language):
    read, problems = read_words((FOLDER / f"{language}.yaml").read_text("utf-8"), language)
    assert problems == ()
    return read


def test_there_are_six_languages():
    assert LANGUAGES == ["ar", "de", "en", "es", "fr", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_word_and_no_other(language):
    counted = {name.removesuffix("_one") for name in words("en") if name.endswith("_one")}
    forms = {f"{name}_{form}" for name in counted for form in PLURALS.get(language, {"one", "other"})}
    plain = {name for name in words("en") if name.rpartition("_")[0] not in counted}
    expected = plain | forms

    assert set(words(language)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_the_english_word(language):
    def places(text):
        return sorted(set(re.findall(r"\{\w+\}", text)))

    english = words("en")
    differing = {
        name: text
        for name, text in words(language).items()
        if name in english and not name.endswith("_one") and places(text) != places(english[name])
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_has_twelve_months(language):
    assert len(words(language)["months"].split()) == 12


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {0: "other", 1: "one", 2: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("zh-Hans", {1: "other"}),
        ("ar", {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 100: "other", 103: "few"}),
    ],
)
def test_a_number_has_the_form_of_its_language(language, forms):
    assert {number: plural(language, number) for number in forms} == forms


def test_a_tag_leads_from_the_language_to_the_region():
    assert languages_of("pt-BR") == ("pt", "pt-br")


def test_a_place_without_a_value_stays():
    assert fill_words("{a} {b}", {"a": 1}) == "1 {b}"


def test_pages_speak_the_language_of_the_site(site):
    site.config("language: de-AT\n").page("index.md", "# Start")
    site.page(
        "01-a.md", "---\nminutes: 1\nupdated: 2026-11-23\n---\n# A\n\n> [!NOTE]\n> x[^1]\n\n## B\n\n[^1]: y\n"
    )
    html = site.page("02-b.md", "# B").build().clean().html("a/")

    for text in (
        "Zum Text springen",
        ">Hinweis<",
        "1 Minute",
        "am 23. November 2026",
        ">Kapitel 2<",
        "Fußnoten",
    ):
        assert text in html
    assert re.findall(r"Skip|Note<|minute\b|Footnote|Back to|Link to|Contents<", html) == []


def test_a_theme_changes_one_word_and_adds_a_language(site):
    site.write("theme/words/en.yaml", "skip: Jump\n").write("theme/words/eo.yaml", "skip: Salti\n")
    site.page("index.md", "# A").build().clean()
    assert ">Jump</a>" in site.html("")

    site.config("language: eo\n").build().clean()
    assert ">Salti</a>" in site.html("")
    assert 'aria-label="Contents"' in site.html("contents/")


def test_a_changed_word_renders_pages_again_and_parses_none(site):
    site.page("index.md", "# A\n\n> [!NOTE]\n> x").build()
    site.write("theme/words/en.yaml", "note: Remark\n").build().counts(parsed=0)

    assert ">Remark</p>" in site.html("")


@pytest.mark.parametrize("text", ["- a\n", "note: [a]\n", "note: {a: b}\n", "note: 'a\n"])
def test_words_that_cannot_be_read_are_reported(text, site):
    site.write("theme/words/en.yaml", text).page("index.md", "# A").check()

    assert {item.location.file for item in site.report.diagnostics} == {"theme/words/en.yaml"}
