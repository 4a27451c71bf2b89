"""The files of a new site, as values.

The templates lie in `site/`, and those of a theme to start from in `theme/`. A part of a name that begins with `dot-` stands for a name that begins with a point, so
that no tool takes them for the settings of this package. Placeholders are replaced as plain text, and no template holds
placeholders of two values, so that a value which looks like a placeholder stays what it is.
"""

import json
import shlex
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from octavo.model import Value

__all__ = ["NewFile", "plan_site"]

_DOT = "dot-"
_MARKDOWN_SPECIAL = frozenset("\\`*_[]<>&#!~|$^{}")


class NewFile(Value, frozen=True):
    """A file to write: its POSIX path below the new site's folder, and its text."""

    path: str
    text: str


def plan_site(title: str, requirement: str, *, theme: bool = False) -> tuple[NewFile, ...]:
    """Give the files of a new site, sorted by path.

    *title* is one line of text, *requirement* what `pip install` takes as one argument, on one line. With *theme* there
    is a folder `theme/` with a template and a style sheet to begin with.
    """
    values = {
        "@@TITLE_AS_YAML@@": json.dumps(title, ensure_ascii=False),
        "@@TITLE_AS_MARKDOWN@@": _as_markdown(title),
        "@@REQUIREMENT_AS_RECIPE@@": _as_recipe(requirement),
        "@@REQUIREMENT_AS_WORKFLOW@@": _as_workflow(requirement),
    }
    folders = ("site", "theme") if theme else ("site",)
    package = files(__package__)
    found = sorted(file for folder in folders for file in _templates(package.joinpath(folder), ""))
    return tuple(NewFile(path=path, text=_fill(text, values)) for path, text in found)


def _templates(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = "." + entry.name[len(_DOT) :] if entry.name.startswith(_DOT) else entry.name
        if entry.is_dir():
            yield from _templates(entry, f"{prefix}{name}/")
        else:
            yield prefix + name, entry.read_text(encoding="utf-8")


def _fill(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def _as_markdown(text: str) -> str:
    """Escape what Markdown would read as markup (CommonMark, section 2.4)."""
    return "".join(f"\\{char}" if char in _MARKDOWN_SPECIAL else char for char in text)


def _as_recipe(argument: str) -> str:
    """Write one shell argument for a recipe of make, which reads `$$` as `$` (POSIX, make and the shell's quoting)."""
    return shlex.quote(argument).replace("$", "$$")


def _as_workflow(value: str) -> str:
    """Write a single-quoted scalar (YAML 1.2, section 7.3.2) in which GitHub evaluates no `${{ }}` of the value."""
    return "'" + value.replace("'", "''").replace("${{", "${{ ''${{'' }}") + "'"
