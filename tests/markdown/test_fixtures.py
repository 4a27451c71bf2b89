"""Every feature of our Markdown, in files that a writer can read.

A case is a title, the Markdown and the HTML, each ended by a line with a dot. Slots are shown as `{h0}`, and the
problems follow the HTML as lines `! line:column code: message`.
"""

import re
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText

FIXTURES = Path(__file__).parent / "fixtures"
FEATURES = (
    "alerts",
    "attributes",
    "autolinks",
    "comments",
    "containers",
    "definitions",
    "fences",
    "footnotes",
    "headings",
    "images",
    "includes",
    "links",
    "lookalikes",
    "math",
    "rawhtml",
    "strikethrough",
    "tables",
    "tabs",
    "tasks",
)
INCLUDES = (
    ("content/guide/part.md", "---\ntitle: Dropped\n---\n## A part\n\nSee [there](other.md).\n"),
    ("content/guide/deep/more.md", "![map](map.png)\n\n::: include ../part.md\n"),
    ("content/guide/loop.md", "text\n\n::: include loop.md\n"),
    ("content/guide/wrong.md", "fine\n\n::: include missing.md\n"),
    (
        "code/app.py",
        (
            "import flask\n\n# region: routes\n    @app.get('/')\n    def home():\n"
            "        # region: body\n        return 'hi'\n        # endregion: body\n# endregion: routes\n"
        ),
    ),
    ("code/open.py", "# region: open\nx = 1\n"),
    ("content/guide/missing.md", None),
    ("content/guide/secret.md", None),
)
CASES = [
    pytest.param(source, expected, id=f"{name}:{line}-{title.strip()}")
    for name in FEATURES
    for line, title, source, expected in read_fixture_file(FIXTURES / f"{name}.md")
]


def show(source: str, *, html: bool = True) -> str:
    """Give what a page becomes, as the fixtures write it."""
    document = parse_document(
        SourceText(
            source="guide/page.md",
            file="content/guide/page.md",
            text=source,
            includes=INCLUDES,
            include_problems=(("content/guide/secret.md", "it is a symbolic link out of the site"),),
        ),
        MarkdownOptions(html=html),
    )
    html_with_slots = re.sub("\0[be][0-9]+\0", "", document.body.html)
    lines = [re.sub("\0([htd][0-9]+|w[a-z_]+)\0", r"{\1}", html_with_slots)]
    for item in document.diagnostics:
        place = str(item.location).removeprefix("content/guide/page.md:")
        lines.append(f"! {place} {item.code}: {item.message}\n")
        if " from `" in item.hint:
            lines.append(f"  {item.hint}\n")
    return "".join(lines)


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_the_feature_gives_the_html_and_the_problems_of_its_fixture(source, expected):
    assert show(source) == expected


def test_every_fixture_file_is_read():
    written = {path.stem for path in FIXTURES.glob("*.md") if not path.stem.startswith("code")}

    assert written == set(FEATURES)
