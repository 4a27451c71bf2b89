"""The lines of a file of requirements, and the files that they name; the format is pip's.

A plan finds here what else a proof depends on, and the runner reads by it what is to be installed.
"""

import re

from octavo.model import Value

__all__ = [
    "NAME",
    "NamedFiles",
    "RequirementLine",
    "included_file",
    "is_address",
    "is_archive",
    "is_repository",
    "local_path",
    "named_files",
    "package_place",
    "requirement_lines",
    "split_hashes",
    "split_option",
    "without_marker",
]

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
"""What names a package."""
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_PLACED = re.compile(rf"({NAME})\s*(?:\[[^\]]*\])?\s*@(.*)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tar\.bz2|tar\.xz|tgz)$", re.IGNORECASE)
_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:\s*=\s*|\s+)?(.*)")
_FILE_OPTIONS = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}


class RequirementLine(Value, frozen=True):
    """One logical line: its parts are joined, its comment is gone."""

    number: int
    """Of its first part, counted from 1."""
    text: str
    excerpt: str
    """The first part as it stands."""


class NamedFiles(Value, frozen=True):
    """The files that a file of requirements names, as it writes them."""

    included: tuple[str, ...] = ()
    """By `-r` and `-c`; relative to the folder of the file."""
    packages: tuple[str, ...] = ()
    """Wheels and archives; relative to the folder of the file that includes all others."""


def requirement_lines(text: str) -> tuple[RequirementLine, ...]:
    """Join continued lines and take comments away, as pip does; empty lines are left out."""
    found: list[RequirementLine] = []
    parts: list[str] = []
    begin = 0
    raw = text.splitlines()
    for number, line in enumerate(raw, start=1):
        begin = begin or number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment and number < len(raw):
            parts.append(line[:-1])
            continue
        parts.append(line.removesuffix("\\") if not is_comment else " " + line)
        joined = " ".join(_COMMENT.sub("", "".join(parts)).split())
        if joined:
            found.append(RequirementLine(number=begin, text=joined, excerpt=raw[begin - 1].rstrip()))
        parts, begin = [], 0
    return tuple(found)


def named_files(text: str) -> NamedFiles:
    """Find the files that the text of a file of requirements names; lines that nobody understands name none."""
    included: list[str] = []
    packages: list[str] = []
    for line in requirement_lines(text):
        if line.text.startswith("-"):
            if (file := included_file(line.text)) is not None:
                included.append(file[0])
        elif placed := package_place(without_marker(split_hashes(line.text)[0])):
            packages.append(local_path(placed[1]))
    return NamedFiles(included=tuple(included), packages=tuple(path for path in packages if path))


def included_file(text: str) -> tuple[str, bool] | None:
    """Give the file that an option names, and whether as a constraint; None for other options, and for an address."""
    name, value = split_option(text)
    if name not in _FILE_OPTIONS or not value or is_address(value):
        return None
    return value, _FILE_OPTIONS[name]


def package_place(text: str) -> tuple[str, str] | None:
    """Give the name, or nothing, and the place of a requirement that says where the package lies; else None."""
    before = text.split("@", maxsplit=1)[0]
    if is_address(text) or "/" in before or is_archive(before):
        return "", text
    found = _PLACED.fullmatch(text)
    return (found[1], found[2].strip()) if found else None


def local_path(place: str) -> str:
    """Give the path of a place that is a file of this machine; empty for any other."""
    if is_repository(place) or (is_address(place) and not place.startswith("file:")):
        return ""
    return place.split("#", maxsplit=1)[0].removeprefix("file://").removeprefix("file:")


def is_address(text: str) -> bool:
    """Tell whether a text begins with a scheme."""
    return _ADDRESS.match(text) is not None


def is_archive(text: str) -> bool:
    """Tell whether a text ends as the names of wheels and archives do."""
    return _ARCHIVE.search(text) is not None


def is_repository(place: str) -> bool:
    """Tell whether a place is a repository."""
    return "git+" in place[:4] or place.startswith(("hg+", "svn+", "bzr+"))


def split_option(text: str) -> tuple[str, str]:
    """Split `--name value`, `--name=value`, `-r value` and `-rvalue`."""
    if not text.startswith("--") and len(text) > 2 and text[2] not in " =":
        return text[:2], text[2:].strip()
    found = _OPTION.fullmatch(text)
    name, value = (found[1], found[2]) if found else (text.split(maxsplit=1)[0], "")
    return name, value.strip().strip("\"'")


def split_hashes(text: str) -> tuple[str, list[str] | None]:
    """Split a requirement from its hashes; None in their place where another option follows, which ends the text then."""
    words = text.split(" ")
    begin = next((place for place, word in enumerate(words) if word.startswith("--")), len(words))
    hashes: list[str] = []
    rest = words[begin:]
    while rest:
        word = rest.pop(0)
        if word == "--hash" and rest:
            hashes.append(rest.pop(0))
        elif word.startswith("--hash="):
            hashes.append(word)
        else:
            return " ".join([*words[:begin], word.split("=")[0]]), None
    return " ".join(words[:begin]), hashes


def without_marker(text: str) -> str:
    """Take `; python_version < "3.12"` away; in an address the semicolon must follow a blank, as packaging says."""
    is_place = "://" in text or text.startswith(("file:", ".", "/")) or " @ " in text
    return text.split(" ;" if is_place else ";", maxsplit=1)[0].strip()
