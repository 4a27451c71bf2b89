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
from octavo.tutorial.requirementlines import (
    NAME,
    included_file,
    is_address,
    is_archive,
    is_repository,
    local_path,
    package_place,
    requirement_lines,
    split_hashes,
    split_option,
    without_marker,
)

__all__ = ["Pin", "Requirements", "normal_name", "read_requirements"]

_MOST_FILES = 50
_REQUIREMENT = re.compile(rf"({NAME})\s*(?:\[[^\]]*\])?\s*(.*)")
_EXACT = re.compile(r"={2,3}\s*[^\s,*=]+")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:#.*)?$")
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
        for each in requirement_lines(text):
            line = _Line(file=path, number=each.number, text=each.text, excerpt=each.excerpt)
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
        text, hashes = split_hashes(line.text)
        if hashes is None:
            option = text.split()[-1]
            return line.problem(
                f"`{option}` is not understood here", "only `--hash=...` may follow a requirement"
            )
        self.hashed = self.hashed or bool(hashes)
        return self._take_requirement(line, without_marker(text), is_limit=is_limit)

    def _take_option(self, line: _Line, *, is_limit: bool) -> EnvironmentProblem | None:
        name, value = split_option(line.text)
        if name in _FLAGS and not value:
            self.hashed = self.hashed or name == "--require-hashes"
            return None
        if (included := included_file(line.text)) is not None:
            path = os.path.normpath(os.path.join(os.path.dirname(line.file), included[0]))
            return self.read(path, is_limit=is_limit or included[1], by=line)
        if name in _LINK_OPTIONS and value:
            if not is_address(value):
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
        if placed := package_place(text):
            return self._take_place(line, normal_name(placed[0]), placed[1], is_limit=is_limit)
        found = _REQUIREMENT.fullmatch(text)
        if found is None:
            return line.problem("this is no requirement", "write `name==version`")
        name, rest = normal_name(found[1]), found[2].strip().removeprefix("(").removesuffix(")").strip()
        if any(_EXACT.fullmatch(part.strip()) for part in rest.split(",")):
            self._pin(line, name, is_limit=is_limit)
        elif not is_limit:
            self.pins.append(_pin_of(line, name))
            self.loose.append((name, line))
        return None

    def _take_place(self, line: _Line, name: str, text: str, *, is_limit: bool) -> EnvironmentProblem | None:
        """Take a requirement that says where the package lies: a file, an address, a commit."""
        path = local_path(text)
        place = path or text.split("#", maxsplit=1)[0]
        if is_repository(text):
            if not _COMMIT.search(text):
                return line.problem(
                    "a branch or a tag is not pinned", "name the commit by its 40 characters: `@...`"
                )
        elif path:
            full = os.path.normpath(os.path.join(self.base, path))
            if not os.path.exists(full):
                return line.problem(
                    f"the file `{path}` does not exist", "paths are taken from the folder of the file"
                )
            if os.path.isdir(full):
                return line.problem("a folder is not pinned", "build a wheel of it and name that file")
            self.packages.append(full)
        elif not is_archive(place):
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
    found = re.match(NAME, line.text)
    name = found[0] if found else "name"
    return line.problem(
        f"`{name}` is not pinned to a version",
        f"write `{name}==` and a version, so that every run has the same",
    )


def _name_of_file(path: str) -> str:
    """Give the package's name from the name of a wheel; empty for other archives, whose names do not tell for sure."""
    name = os.path.basename(path)
    return normal_name(name.split("-")[0]) if name.endswith(".whl") else ""
