"""Names of files and folders: numeric prefixes, natural order, titles from names."""

import os.path
import re
from collections.abc import Iterable

__all__ = ["humanise", "is_page_name", "natural_key", "page_stem", "prefixed_names", "split_prefix"]

PAGE_SUFFIXES = (".md", ".markdown")

# What is left must be a name of its own: `01-..md` and `01-.md` keep their number.
_PREFIX = re.compile(r"(\d{1,3})[-_](?=[^.\s])(.*)", re.DOTALL)
_DIGITS = re.compile(r"(\d+)")


def is_page_name(name: str) -> bool:
    """Tell whether a file name is a page's: `.md` or `.markdown`, in any case."""
    return name.lower().endswith(PAGE_SUFFIXES)


def page_stem(name: str) -> str:
    """Give a page's file name without its suffix."""
    return os.path.splitext(name)[0]


def split_prefix(name: str) -> tuple[int, str] | None:
    """Split `03-routing` into 3 and `routing`; None where there is no prefix of one to three digits."""
    match = _PREFIX.fullmatch(name)
    return (int(match[1]), match[2]) if match else None


def prefixed_names(names: Iterable[str]) -> frozenset[str]:
    """Give the names of one folder whose numeric prefix orders them and leaves the address.

    A number counts as a prefix when a sibling has one too, or when it begins with 0, as nobody writes a name that way:
    `2-factor-auth` on its own keeps its number, `03-routing` never does.
    """
    candidates = {name for name in names if split_prefix(name)}
    if len(candidates) > 1:
        return frozenset(candidates)
    return frozenset(name for name in candidates if name.startswith("0"))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Give a sort key in which `step-2` comes before `step-10`, case aside."""
    parts = _DIGITS.split(name.casefold())
    return tuple(
        (0, int(part), part) if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in parts
        if part
    )


def humanise(name: str) -> str:
    """Make a title from a folder's name without the number that orders it: `first_app` becomes `First app`."""
    words = name.replace("_", " ").replace("-", " ").split()
    text = " ".join(words) or name
    return text[:1].upper() + text[1:]
