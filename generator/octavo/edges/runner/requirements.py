"""Reads a file of requirements and insists that every one is pinned: the same file must always mean the same packages.

The format is pip's. What may stand in the file: requirements with markers and hashes, `-r`, `-c`, `--find-links`,
`--no-index`, `--require-hashes`, comments and continued lines. Where packages come from is for whoever installs them to
say, in the settings of pip or uv: a site that names an index would send its authors there.
"""

import os
import re
from dataclasses import dataclass, field

from octavo.edges.reading import read_file
from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.model import Value

__all__ = ["Pin", "Requirements", "normal_name", "read_requirements"]

_MOST_FILES = 50
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_REQUIREMENT = re.compile(rf"({_NAME.pattern})\s*(?:\[[^\]]*\])?\s*(.*)")
_EXACT = re.compile(r"={2,3}\s*[^\s,*=]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tar\.bz2|tar\.xz|tgz)$", re.IGNORECASE)
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:#.*)?$")
_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:\s*=\s*|\s+)?(.*)")
_FILE_OPTIONS = {"-r": "-r", "--requirement": "-r", "-c": "-c", "--constraint": "-c"}
_LINK_OPTIONS = frozenset({"-f", "--find-links"})
_FLAGS = frozenset({"--no-index", "--require-hashes"})


class Pin(Value, frozen=True):
    """One requirement, and where it stands."""

    name: str
    """Normalised; empty for a file or an address that does not tell."""
    file: str
    line: int
    text: str


class Requirements(Value, frozen=True):
    """What files of requirements say; nothing at all where there is no file."""

    path: str = ""
    """Absolute."""
    pins: tuple[Pin, ...] = ()
    """In the order of the file, with those of included files in their place."""
    limits: tuple[str, ...] = ()
    """Names that constraint files pin."""
    contents: tuple[bytes, ...] = ()
    """The bytes of all the files that were read."""
    packages: tuple[str, ...] = ()
    """Absolute paths of the local packages named."""
    folders: tuple[str, ...] = ()
    """Absolute paths of the local folders where packages are looked for."""
    hashed: bool = False
    """Every package must have one of the hashes given."""


def normal_name(name: str) -> str:
    """Give the one spelling of a package's name: `Flask_SQLAlchemy` and `flask.sqlalchemy` are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_requirements(path: str) -> Requirements | EnvironmentProblem:
    """Read a file by its absolute path, and the files that it includes."""
    reader = _Reader(base=os.path.dirname(path))
    problem = reader.read(path, is_limit=False) or reader.check()
    if problem is not None:
        return problem
    return Requirements(
        path=path,
        pins=tuple(reader.pins),
        limits=tuple(sorted(reader.limits)),
        contents=tuple(reader.contents),
        packages=tuple(reader.packages),
        folders=tuple(reader.folders),
        hashed=reader.hashed,
    )


@dataclass(frozen=True)
class _Line:
    """One logical line: its parts are joined, its comment is gone."""

    file: str
    number: int
    text: str
    excerpt: str

    def problem(self, message: str, hint: str = "") -> EnvironmentProblem:
        return EnvironmentProblem(
            message=message, hint=hint, file=self.file, line=self.number, excerpt=self.excerpt
        )


@dataclass
class _Reader:
    """Collects what the files say; every method gives the problem that ends the reading, or None."""

    base: str
    """The folder from which paths of packages are taken: that of the first file, as pip is started in it."""
    pins: list[Pin] = field(default_factory=list)
    limits: set[str] = field(default_factory=set)
    contents: list[bytes] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    loose: list[tuple[str, _Line]] = field(default_factory=list)
    """Requirements without a version, which a constraint may still give."""
    seen: set[tuple[str, bool]] = field(default_factory=set)
    hashed: bool = False

    def read(self, path: str, *, is_limit: bool, by: _Line | None = None) -> EnvironmentProblem | None:
        """Read one file, which the line *by* includes."""
        if (path, is_limit) in self.seen:
            return None
        self.seen.add((path, is_limit))
        place = _Line(file=path, number=0, text="", excerpt="") if by is None else by
        try:
            data = read_file(path)
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return place.problem(f"`{os.path.basename(path)}` is not UTF-8 text")
        except OSError as error:
            return place.problem(f"`{os.path.basename(path)}` cannot be read: {error.strerror}")
        if len(self.seen) > _MOST_FILES:
            return place.problem(f"more than {_MOST_FILES} files are included")
        self.contents.append(data)
        for line in _lines(path, text):
            if (problem := self._take(line, is_limit=is_limit)) is not None:
                return problem
        return None

    def check(self) -> EnvironmentProblem | None:
        """Say which requirement has no version, now that all constraints are known."""
        for name, line in self.loose:
            if name not in self.limits:
                return _not_pinned(line)
        return None

    def _take(self, line: _Line, *, is_limit: bool) -> EnvironmentProblem | None:
        if line.text.startswith("-"):
            return self._take_option(line, is_limit=is_limit)
        text, hashes = _split_hashes(line.text)
        if hashes is None:
            option = text.split()[-1]
            return line.problem(
                f"`{option}` is not understood here", "only `--hash=...` may follow a requirement"
            )
        self.hashed = self.hashed or bool(hashes)
        return self._take_requirement(line, _without_marker(text), is_limit=is_limit)

    def _take_option(self, line: _Line, *, is_limit: bool) -> EnvironmentProblem | None:
        name, value = _split_option(line.text)
        if name in _FLAGS and not value:
            self.hashed = self.hashed or name == "--require-hashes"
            return None
        if name in _FILE_OPTIONS and value and not _ADDRESS.match(value):
            path = os.path.normpath(os.path.join(os.path.dirname(line.file), value))
            return self.read(path, is_limit=is_limit or _FILE_OPTIONS[name] == "-c", by=line)
        if name in _LINK_OPTIONS and value:
            if not _ADDRESS.match(value):
                # pip looks beside the file first.
                beside = os.path.join(os.path.dirname(line.file), value)
                self.folders.append(beside if os.path.exists(beside) else os.path.join(self.base, value))
            return None
        if name in {"-e", "--editable"}:
            return line.problem(
                "a folder that is installed in place is not pinned", "build a wheel of it and name that file"
            )
        if name in {"-i", "--trusted-host"} or name.endswith("-url"):
            hint = "say where packages come from in the settings of pip or uv, or in a variable of your environment"
            return line.problem(f"`{name}` has no place in the requirements of a tutorial", hint)
        hint = "these are: `-r`, `-c`, `--find-links`, `--no-index`, `--require-hashes`, `--hash`"
        return line.problem(f"the option `{name}` is not understood here", hint)

    def _take_requirement(self, line: _Line, text: str, *, is_limit: bool) -> EnvironmentProblem | None:
        if (
            _ADDRESS.match(text)
            or "/" in text.split("@", maxsplit=1)[0]
            or _ARCHIVE.search(text.split("@", maxsplit=1)[0])
        ):
            return self._take_place(line, "", text, is_limit=is_limit)
        found = _REQUIREMENT.fullmatch(text)
        if found is None:
            return line.problem("this is no requirement", "write `name==version`")
        name, rest = normal_name(found[1]), found[2].strip().removeprefix("(").removesuffix(")").strip()
        if rest.startswith("@"):
            return self._take_place(line, name, rest[1:].strip(), is_limit=is_limit)
        if any(_EXACT.fullmatch(part.strip()) for part in rest.split(",")):
            self._pin(line, name, is_limit=is_limit)
        elif not is_limit:
            self.pins.append(_pin_of(line, name))
            self.loose.append((name, line))
        return None

    def _take_place(self, line: _Line, name: str, text: str, *, is_limit: bool) -> EnvironmentProblem | None:
        """Take a requirement that says where the package lies: a file, an address, a commit."""
        place = text.split("#", maxsplit=1)[0].removeprefix("file://").removeprefix("file:")
        if "git+" in text[:4] or text.startswith(("hg+", "svn+", "bzr+")):
            if not _COMMIT.search(text):
                return line.problem(
                    "a branch or a tag is not pinned", "name the commit by its 40 characters: `@...`"
                )
        elif not _ADDRESS.match(text) or text.startswith("file:"):
            path = os.path.normpath(os.path.join(self.base, place))
            if not os.path.exists(path):
                return line.problem(
                    f"the file `{place}` does not exist", "paths are taken from the folder of the file"
                )
            if os.path.isdir(path):
                return line.problem("a folder is not pinned", "build a wheel of it and name that file")
            self.packages.append(path)
        elif not _ARCHIVE.search(place):
            return line.problem("this address names no file of a package", "name a wheel or an archive")
        self._pin(line, name or _name_of_file(place), is_limit=is_limit)
        return None

    def _pin(self, line: _Line, name: str, *, is_limit: bool) -> None:
        if is_limit:
            self.limits.add(name)
        else:
            self.pins.append(_pin_of(line, name))


def _pin_of(line: _Line, name: str) -> Pin:
    return Pin(name=name, file=line.file, line=line.number, text=line.excerpt)


def _not_pinned(line: _Line) -> EnvironmentProblem:
    found = _NAME.match(line.text)
    name = found[0] if found else "name"
    return line.problem(
        f"`{name}` is not pinned to a version",
        f"write `{name}==` and a version, so that every run has the same",
    )


def _lines(file: str, text: str) -> list[_Line]:
    """Join continued lines and take comments away, as pip does; empty lines are left out."""
    found: list[_Line] = []
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
            found.append(_Line(file=file, number=begin, text=joined, excerpt=raw[begin - 1].rstrip()))
        parts, begin = [], 0
    return found


def _split_option(text: str) -> tuple[str, str]:
    """Split `--name value`, `--name=value`, `-r value` and `-rvalue`."""
    if not text.startswith("--") and len(text) > 2 and text[2] not in " =":
        return text[:2], text[2:].strip()
    found = _OPTION.fullmatch(text)
    name, value = (found[1], found[2]) if found else (text.split(maxsplit=1)[0], "")
    return name, value.strip().strip("\"'")


def _split_hashes(text: str) -> tuple[str, list[str] | None]:
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


def _without_marker(text: str) -> str:
    """Take `; python_version < "3.12"` away; in an address the semicolon must follow a blank, as packaging says."""
    is_place = "://" in text or text.startswith(("file:", ".", "/")) or " @ " in text
    return text.split(" ;" if is_place else ";", maxsplit=1)[0].strip()


def _name_of_file(path: str) -> str:
    """Give the package's name from the name of a wheel; empty for other archives, whose names do not tell for sure."""
    name = os.path.basename(path)
    return normal_name(name.split("-")[0]) if name.endswith(".whl") else ""
