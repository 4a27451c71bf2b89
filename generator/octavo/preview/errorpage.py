"""The page that stands in for one that cannot be made: what is wrong, as plain text."""

from collections.abc import Iterable
from html import escape

from octavo.errors import Diagnostic

__all__ = ["write_error_page"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This page cannot be made</title>
</head>
<body>
<main>
<h1>This page cannot be made</h1>
{problems}
<p>It appears here as soon as that is mended.</p>
</main>
</body>
</html>
"""


def write_error_page(diagnostics: Iterable[Diagnostic]) -> bytes:
    """Write the page in UTF-8; everything that comes from the content is escaped."""
    return _PAGE.format(problems="\n".join(_problem(item) for item in diagnostics)).encode()


def _problem(item: Diagnostic) -> str:
    lines = [f"{item.location}: {item.severity}[{item.code}]: {item.message}"]
    if item.excerpt.strip():
        lines.append(f"  {item.location.line or ''} | {item.excerpt}")
    if item.hint:
        lines.append(f"hint: {item.hint}")
    return f"<pre>{escape(chr(10).join(lines))}</pre>"
