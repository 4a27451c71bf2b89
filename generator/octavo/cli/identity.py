"""Which Octavo this is: the digest that keys everything it makes, and where its theme lies."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import octavo
from octavo.digest import Digest, digest_bytes, digest_value
from octavo.errors import InternalFault

__all__ = ["bundled_theme", "engine_digest"]

_LIBRARIES = (
    "jinja2",
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


def engine_digest() -> Digest:
    """Digest our own sources and the versions of Python and of the libraries that the output depends on.

    Hashing the sources costs a few milliseconds, and nobody who edits Octavo ever sees stale output.
    """
    package = os.path.dirname(os.path.abspath(octavo.__file__))
    # Python brings the tables of Unicode that slugs are made by, and the names of HTML entities.
    parts: list[tuple[str, str]] = [("python", platform.python_version())]
    for folder, names, files in os.walk(package):
        names[:] = sorted(name for name in names if name not in {"__pycache__", "theme", "scaffold", "cli"})
        for name in sorted(files):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    parts.append((os.path.relpath(path, package), digest_bytes(file.read())))
    for library in _LIBRARIES:
        try:
            parts.append((library, version(library)))
        except PackageNotFoundError:
            parts.append((library, ""))
    return digest_value(parts)


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
