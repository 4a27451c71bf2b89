import re

PARTS = ["tokens.css", "base.css", "layout.css", "prose.css", "code.css", "parts.css", "print.css"]


def style_sheets(tools):
    return {path.name: path.read_text("utf-8") for path in (tools.theme_folder / "assets" / "css").iterdir()}


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


def test_the_style_sheet_of_a_page_is_made_of_all_the_others(tools):
    sheets = style_sheets(tools)

    assert re.findall(r'@import "(.*?)"', sheets["theme.css"]) == PARTS
    assert set(sheets) == {"theme.css", *PARTS}


def test_style_sheets_load_nothing_but_the_fonts_of_the_theme(tools):
    loaded = {name: re.findall(r"url\((.*?)\)", text) for name, text in style_sheets(tools).items()}

    assert {name for name, found in loaded.items() if found} == {"tokens.css"}
    assert [
        path for path in loaded["tokens.css"] if not (tools.theme_folder / "assets/css" / path).exists()
    ] == []


def test_style_sheets_use_directions_of_the_text(tools):
    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?<![-\w@])(?:left|right|top|bottom)\s*:"
    )
    assert {
        name: physical.findall(text) for name, text in style_sheets(tools).items() if physical.search(text)
    } == {}


def test_braces_balance(tools):
    assert [name for name, text in style_sheets(tools).items() if text.count("{") != text.count("}")] == []


def test_a_page_links_one_style_sheet(render, tools):
    tree = tools.parse(render(tools.task()))
    linked = [link.get("href") for link in tree.iter("link") if link.get("rel") == "stylesheet"]
    assert len(linked) == 1
    assert re.fullmatch(r"\.\./\.\./assets/css/theme\.[0-9a-f]{12}\.css", linked[0])


def test_every_option_of_the_theme_is_explained_where_it_stands(tools):
    lines = (tools.theme_folder / "theme.yaml").read_text("utf-8").splitlines()
    start, end = lines.index("options:"), lines.index("pages:")
    options = [number for number in range(start + 1, end) if re.match(r"  \w+:", lines[number])]

    assert len(options) > 10
    assert [lines[number] for number in options if not lines[number - 1].startswith("  # ")] == []
