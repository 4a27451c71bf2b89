"""Which Octavo this is: the digest that keys everything it makes, and where its theme lies."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import octavo
from octavo.digest import Digest, digest_bytes, digest_value
from octavo.errors import InternalFault

__all__ = ["Identity", "bundled_theme", "identify"]

_RUNS = ("codeblocks.py", "edges/runner/", "tutorial/", "tutorialkeys.py")
"""What a chapter is run by: beginnings of paths in the package."""
_SHOWS = (
    "tutorial/captured.py",
    "tutorial/html.py",
    "tutorial/labels.py",
    "tutorial/listing.py",
    "tutorial/places.py",
    "tutorial/reporting.py",
    "tutorial/reports/",
    "tutorial/rewriting.py",
    "tutorial/syntax.py",
    "tutorial/updating.py",
    "tutorial/views.py",
    "tutorial/zips.py",
)
"""Those among these that only make what readers and authors see."""
_LIBRARIES = (
    "jinja2",
    "latex2mathml",
    "linkify-it-py",
    "markdown-it-py",
    "markupsafe",
    "mdurl",
    "mdit-py-plugins",
    "msgspec",
    "pygments",
    "pyyaml",
    "imagesize",
    "uc-micro-py",
)
_NO_PART = frozenset({"__pycache__", "theme", "scaffold", "cli", "pytestplugin"})
"""Folders of the package that no output depends on, and the theme, which has a digest of its own."""


class Identity(NamedTuple):
    """What this Octavo makes things with."""

    engine: Digest
    """Of our own sources, and of the versions of Python and of the libraries that the output depends on."""
    runner: Digest
    """Of those sources that the outcome of running a chapter depends on: a part of the key of every proof."""


def identify() -> Identity:
    """Digest our own sources, each once.

    Hashing them costs a few milliseconds, and nobody who edits Octavo ever sees stale output.
    """
    package = os.path.dirname(os.path.abspath(octavo.__file__))
    # Python brings the tables of Unicode that slugs are made by, and the names of HTML entities.
    parts: list[tuple[str, str]] = [("python", platform.python_version())]
    running: list[tuple[str, str]] = []
    for folder, names, files in os.walk(package):
        names[:] = sorted(name for name in names if name not in _NO_PART)
        for file_name in sorted(files):
            if file_name.endswith(".py"):
                path = os.path.join(folder, file_name)
                with open(path, "rb") as file:
                    name = os.path.relpath(path, package).replace(os.sep, "/")
                    parts.append((name, digest_bytes(file.read())))
                if name.startswith(_RUNS) and not name.startswith(_SHOWS):
                    running.append(parts[-1])
    for library in _LIBRARIES:
        try:
            parts.append((library, version(library)))
        except PackageNotFoundError:
            parts.append((library, ""))
    return Identity(engine=digest_value(parts), runner=digest_value(running))


def bundled_theme() -> str:
    """Give the folder of the default theme: inside the installed package, or beside `generator/` in a checkout.

    Raises:
        InternalFault: it is in neither place.

    """
    package = os.path.dirname(os.path.abspath(octavo.__file__))
    for candidate in (os.path.join(package, "theme"), os.path.join(package, "..", "..", "theme")):
        if os.path.isfile(os.path.join(candidate, "theme.yaml")):
            return os.path.realpath(candidate)
    raise InternalFault("the default theme is missing from this installation", hint="install octavo again")
