import pytest


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'2026-11-23T10:11:12+01:00' | date", "2026-11-23"),
        ("'2026-11-23' | date('%d.%m.%Y')", "23.11.2026"),
        ("'soon' | date", "soon"),
        ("1 | minutes", "1 minute"),
        ("0.2 | minutes", "1 minute"),
        ("12.2 | minutes", "13 minutes"),
        ("'Hello, World!' | slug", "hello-world"),
        ("'a b/ü.png' | path", "a%20b/%C3%BC.png"),
        ("'https://example.org/' | address", "https://example.org/"),
        ("'JAVA\\tSCRIPT:alert(1)' | address", "#"),
        ("' vbscript:x' | address", "#"),
        ("'mailto:a@b.c' | address", "mailto:a@b.c"),
        ("'a/b' | rooted('../')", "../a/b"),
        ("'//e.org/a' | rooted('../')", "//e.org/a"),
        ("'ur' | direction", "rtl"),
        ("'de-AT' | direction", "ltr"),
        ("'<' ~ '&'", "&lt;&amp;"),
    ],
)
def test_a_filter_gives(expression, expected, render_small):
    rendered = render_small(page="{{ " + expression + " }}")
    assert (rendered.text, rendered.diagnostics) == (expected + "\n", ())
