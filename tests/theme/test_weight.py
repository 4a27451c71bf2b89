"""What a page weighs: the budget of the theme. Sizes are those of gzip -9, fonts as they are."""

import gzip
import re

import pytest

CHAPTER = "flask/foundations/"


def weight(data: bytes | str) -> int:
    return len(gzip.compress(data.encode() if isinstance(data, str) else data, 9, mtime=0))


def files(site, page, pattern):
    """Give the names and bytes of the files that a page asks for, below its folder."""
    found = re.findall(pattern, site.html(page))
    folder = site.out / page
    return {name.rpartition("/")[2]: (folder / name).resolve().read_bytes() for name in found}


def sheets(site, page):
    return files(site, page, r'<link rel="stylesheet" href="([^"]+)"')


def scripts(site, page):
    return files(site, page, r'<script src="([^"]+)"')


def frame(html):
    """Give a page without its article and without the navigation of its section."""
    html = re.sub(r"<article.*</article>", "", html, flags=re.DOTALL)
    return re.sub(r'<nav class="side" id="Contents".*?</nav>', "", html, flags=re.DOTALL)


def test_a_chapter_is_light(built):
    html = weight(built.html(CHAPTER))
    css = sum(map(weight, sheets(built, CHAPTER).values()))
    js = sum(map(weight, scripts(built, CHAPTER).values()))

    assert html <= 15_000
    assert css <= 9_000
    assert js <= 5_000
    assert html + css + js <= 32_000


def test_a_page_asks_for_one_style_sheet_and_two_scripts(built):
    assert [len(sheets(built, CHAPTER)), len(scripts(built, CHAPTER))] == [1, 2]


def test_the_frame_is_small(built):
    html = frame(built.html(CHAPTER))
    toc = html.index('<nav class="side toc"')
    without = html[:toc] + html[html.index("</nav>", toc) :]

    assert weight(without) <= 2_000
    assert without.count("<") - without.count("</") <= 150


def test_the_fonts_of_a_latin_page_with_code_are_light(built):
    sizes = {
        path.name.split(".")[0]: path.stat().st_size
        for path in (built.out / "assets/fonts").iterdir()
        if path.suffix == ".woff2"
    }
    latin = (
        "literata-400",
        "literata-600",
        "literata-400-italic",
        "jetbrains-mono-400",
        "jetbrains-mono-400-box",
    )

    assert sum(sizes[name] for name in latin) <= 80_000
    assert max(sizes.values()) <= 24_000


@pytest.mark.parametrize("name", ["theme", "site"])
def test_scripts_have_no_outside_address_and_evaluate_nothing(name, built):
    text = next(data for file, data in scripts(built, CHAPTER).items() if file.startswith(name)).decode()

    assert re.findall(r"https?:|\beval\b|innerHTML|new Function|import\(|fetch\(", text) == []
