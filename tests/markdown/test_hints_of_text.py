"""What a hint says to an author whose text is not read as it was meant."""

import pytest

from markdown_pages import parse_page


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[a](my file.md)", "a path with spaces stands in angle brackets: `(<my file.md>)`"),
        ("[a] (file.md)", "take the space between the brackets away"),
        ("![a](file.svg =100x20)", "write the size behind the brackets: `{width=100}`"),
        ("[a](file.md", "close the round bracket behind the path; a title stands in quotes"),
        ("[a][label]", "write `[label]: path` on a line of its own"),
        ("Words{: .lead #id }", "write `{.lead #id}`, without the colon"),
        ("##Start", "write `## Start`"),
        ("| a | b | c |\n| 1 | 2 | 3 |", "write `| --- | --- | --- |` below the first line"),
        ("| a | b |\n|---|", "write `| --- | --- |`"),
        ("!!! tip", "write `::: note Title`, the text below it without indentation, and `:::`"),
        ("???+ tip", "write `::: details Title`, the text below it without indentation, and `:::`"),
        ('--8<-- "a.md"', "write `::: include path`"),
        ("> [!WARNIN]\n> a", "did you mean `WARNING`?"),
        ("> [!HINT]\n> a", "the kinds are `NOTE`, `TIP`, `IMPORTANT`, `WARNING`, `CAUTION`"),
        (
            "![a](a.png){width=50%}",
            "write a whole number of pixels, such as `width=240`; for other sizes give it a class",
        ),
        ('::: include "a.md"', "write it without"),
    ],
)
def test_the_hint_says_what_to_write(text, hint):
    (problem,) = parse_page(text).diagnostics

    assert problem.hint == hint
