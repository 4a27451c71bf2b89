"""Themes that are installed as packages: entry points of the group `octavo.themes`.

    [project.entry-points."octavo.themes"]
    paper = "octavo_paper"

The name is what site.yaml writes, the value the package whose folder holds `templates/`, `assets/` and theme.yaml; a part
behind a point is a folder in it. Nothing of the package is imported: a theme runs no code.
"""

import difflib
import importlib.util
import os
import re

from octavo.errors import UsageError

__all__ = ["GROUP", "find_installed_theme"]

GROUP = "octavo.themes"
_PACKAGE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def find_installed_theme(name: str) -> str:
    """Give the folder of an installed theme, as an absolute path.

    Raises:
        UsageError: no theme of this name is installed, or its package is not there.

    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - costs 30 ms, and most themes are folders

    known = {point.name: point.value for point in sorted(entry_points(group=GROUP), reverse=True)}
    if name not in known:
        raise UsageError(
            f"there is no theme folder `{name}`, and no installed theme of this name",
            hint=_hint(name, sorted(known)),
        )
    package = known[name].strip()
    folder = _folder_of(package) if _PACKAGE.fullmatch(package) else None
    if folder is None or not os.path.isdir(folder):
        raise UsageError(
            f"the installed theme `{name}` names the package `{package}`, which is no folder",
            hint="install the theme again",
        )
    return folder


def _folder_of(package: str) -> str | None:
    """Find the folder of a package without importing it: only the parent of a dotted name would be."""
    top, *below = package.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return os.path.realpath(os.path.join(places[0], *below)) if places else None


def _hint(name: str, known: list[str]) -> str:
    if not known:
        return "no theme is installed; see `theme` in site.yaml"
    near = difflib.get_close_matches(name, known, n=1)
    return (
        f"did you mean `{near[0]}`?" if near else f"installed are {', '.join(f'`{each}`' for each in known)}"
    )
