import re

import pytest

SIX = {"tokens.css", "base.css", "layout.css", "prose.css", "code.css", "print.css"}
PAIR = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def style_sheets(tools):
    return {path.name: path.read_text("utf-8") for path in (tools.theme_folder / "assets" / "css").iterdir()}


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def token(tools, name):
    found = re.search(rf"--{name}: {PAIR.pattern}", style_sheets(tools)["tokens.css"])
    return found[1], found[2]


def test_templates_stay_small(tools):
    folder = tools.theme_folder / "templates"
    lengths = {
        path.relative_to(folder).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in folder.rglob("*.*")
    }
    assert {
        name: length for name, length in lengths.items() if length > (120 if name == "base.html" else 60)
    } == {}
    assert len(lengths) > 20


def test_style_sheets_stay_small(tools):
    sheets = style_sheets(tools)
    # Pages of tutorials alone link the seventh.
    assert set(sheets) == SIX | {"tutorial.css"}
    assert sum(len(sheets[name].encode()) for name in SIX) < 12_000
    assert len(sheets["tutorial.css"].encode()) < 1_500


def test_style_sheets_load_nothing(tools):
    assert [name for name, text in style_sheets(tools).items() if "url(" in text or "@import" in text] == []


def test_style_sheets_use_directions_of_the_text(tools):
    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?<![-\w])(?:left|right|top|bottom)\s*:"
    )
    assert {
        name: physical.findall(text) for name, text in style_sheets(tools).items() if physical.search(text)
    } == {}


def test_braces_balance(tools):
    assert [name for name, text in style_sheets(tools).items() if text.count("{") != text.count("}")] == []


@pytest.mark.parametrize("ground", ["surface", "marked"])
def test_tokens_of_code_have_enough_contrast_on_every_ground(ground, tools):
    grounds = token(tools, ground)
    colours = {*PAIR.findall(style_sheets(tools)["code.css"]), token(tools, "ink"), token(tools, "ink-2")}
    assert len(colours) == 9
    assert [
        pair for pair in colours if min(contrast(*each) for each in zip(pair, grounds, strict=True)) < 4.5
    ] == []


@pytest.mark.parametrize("name", ["ink", "ink-2", "accent", "mark-bar"])
def test_text_has_enough_contrast(name, tools):
    pairs = [(token(tools, name), token(tools, ground)) for ground in ("paper", "surface")]
    assert [pair for pair in pairs if min(contrast(*each) for each in zip(*pair, strict=True)) < 4.5] == []


def test_borders_of_controls_have_enough_contrast(tools):
    assert min(contrast(*each) for each in zip(token(tools, "edge"), token(tools, "paper"), strict=True)) >= 3


def test_callouts_have_enough_contrast(tools):
    found = re.findall(rf"--tone: {PAIR.pattern}; --ground: {PAIR.pattern}", style_sheets(tools)["prose.css"])
    assert len(found) == 5
    for light_tone, dark_tone, light_ground, dark_ground in found:
        for name, tone, ground in (("light", light_tone, light_ground), ("dark", dark_tone, dark_ground)):
            at = ("light", "dark").index(name)
            text = [tone, *(token(tools, each)[at] for each in ("ink", "accent"))]
            assert [colour for colour in text if contrast(colour, ground) < 4.5] == []


def test_every_style_sheet_is_linked(render, tools):
    tree = tools.parse(render(tools.task()))
    linked = [link.get("href") for link in tree.iter("link") if link.get("rel") == "stylesheet"]
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", address.rpartition("/")[2]) for address in linked} == SIX
    assert all(re.fullmatch(r"\.\./\.\./assets/css/[a-z]+\.[0-9a-f]{12}\.css", address) for address in linked)
