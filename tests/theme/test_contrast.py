"""The contrast of every pair of colours that meet, computed from tokens.css (WCAG 2.2, success criteria 1.4.3 and 1.4.11)."""

import re

import pytest

from octavo.accent import HUES, accent_css, read_hue
from themebrowser import ROOT

CSS = ROOT / "theme" / "assets" / "css"
TOKENS = dict(
    re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", (CSS / "tokens.css").read_text("utf-8")
    )
)
PAPERS = ("paper", "surface", "raised")
CODE = [name for name in TOKENS if name.startswith("code-")]
CALLOUTS = ("note", "tip", "important", "warning", "caution")
SCHEMES = ("light", "dark")

TEXT = [
    *((name, paper) for name in ("ink", "ink-2", "ink-3", "accent", "visited", "rubric", "ok") for paper in PAPERS),
    *((name, ground) for name in CODE for ground in ("surface", "marked", "added", "removed")),
    *((name, ground) for name in ("ink", "ink-2") for ground in ("marked", "added", "removed")),
    *((name, f"{name}-ground") for name in CALLOUTS),
    *((name, f"{kind}-ground") for name in ("ink", "accent", "visited") for kind in CALLOUTS),
    ("ink", "soft"), ("ink-2", "soft"), ("accent", "soft"), ("ink", "hit"), ("ink", "selection"), ("paper", "accent"),
    ("warning", "paper"), ("caution", "paper"),
]  # fmt: skip
EDGES = [
    *(("edge", paper) for paper in PAPERS),
    *(("accent", paper) for paper in PAPERS),
    ("rubric", "paper"), ("rubric", "surface"), ("rubric", "raised"), ("ok", "surface"),
    ("marked-bar", "marked"), ("ok", "added"), ("rubric", "removed"), ("ok", "paper"),
]  # fmt: skip


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ratio(pair: tuple[str, str], scheme: str) -> float:
    return contrast(*(TOKENS[name].split(", ")[SCHEMES.index(scheme)] for name in pair))


def test_the_formula_gives_the_bounds_of_the_standard():
    assert (contrast("#000000", "#ffffff"), contrast("#777777", "#777777")) == (21, 1)


def test_every_colour_is_a_token_and_every_token_is_checked():
    others = {
        path.name: re.findall(r"#[0-9a-f]{3,6}\b", path.read_text("utf-8"))
        for path in CSS.iterdir()
        if path.name not in {"tokens.css", "print.css"}
    }
    assert {name: found for name, found in others.items() if found} == {}
    checked = {name for pair in (*TEXT, *EDGES) for name in pair}
    assert set(TOKENS) - checked == {"line"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_has_enough_contrast(scheme):
    weak = {pair: ratio(pair, scheme) for pair in TEXT if ratio(pair, scheme) < 4.5}
    assert (len(TEXT) > 80, weak) == (True, {})


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_and_signs_have_enough_contrast(scheme):
    assert {pair: ratio(pair, scheme) for pair in EDGES if ratio(pair, scheme) < 3} == {}


@pytest.mark.parametrize(("scheme", "most"), [("light", 17), ("dark", 13)])
def test_text_does_not_glare(scheme, most):
    assert 12 <= ratio(("ink", "paper"), scheme) <= most


# ---------------------------------------------------------------- the colour of links, by hue

PAIR = r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"


def grounds(scheme: str) -> list[str]:
    names = [name for name in TOKENS if name in PAPERS or name.endswith("-ground")]
    return [TOKENS[name].split(", ")[SCHEMES.index(scheme)] for name in names]


def test_every_hue_can_be_read_on_every_ground():
    weakest = {}
    for hue in range(360):
        found = {name: colours for name, *colours in re.findall(PAIR, accent_css(hue))}
        for at, scheme in enumerate(SCHEMES):
            link, soft = found["accent"][at], found["soft"][at]
            ink = TOKENS["ink"].split(", ")[at]
            weakest[hue, scheme] = min(
                contrast(link, soft),
                contrast(ink, soft),
                *(contrast(link, ground) for ground in grounds(scheme)),
            )

    assert min(weakest.values()) > 6.5


def test_the_usual_colour_is_that_of_its_hue():
    found = {name: f"{light}, {dark}" for name, light, dark in re.findall(PAIR, accent_css(HUES["petrol"]))}

    assert found == {name: TOKENS[name] for name in ("accent", "soft")}


@pytest.mark.parametrize(
    ("text", "hue"),
    [("forest", 150), ("0", 0), ("359", 359), ("360", None), ("-1", None), ("x", None), ("", None)],
)
def test_a_name_or_a_number_is_a_hue(text, hue):
    assert read_hue(text) == hue


def test_an_author_chooses_the_colour_and_a_wrong_one_is_an_error(site):
    site.config("theme: {options: {accent: forest}}\n").page("index.md", "# A").build().clean()
    (sheet,) = (site.out / "assets/css").glob("theme.*.css")
    light, dark = re.findall("#[0-9a-f]{6}", accent_css(150))[:2]
    assert re.search(rf"--accent:\s*light-dark\({light},\s*{dark}\)", sheet.read_text("utf-8"))

    site.config("theme: {options: {accent: forrest}}\n").build()
    assert site.codes() == ["theme-option"]
    assert site.report.diagnostics[0].hint == "did you mean `forest`?"
