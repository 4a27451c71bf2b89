"""The files that a tutorial's settings name: what its project has from the start, and what its commands read besides."""

from collections.abc import Iterator

from octavo.digest import Digest, digest_text, digest_value
from octavo.engine.ports import Workspace
from octavo.model import Value
from octavo.site import Problem, TutorialOutline
from octavo.urls import resolve_path

__all__ = ["PROOFS", "TutorialFiles", "read_files", "requirements_file", "starter_folder"]

PROOFS = ".octavo/proofs"
"""The folder of proofs, relative to the site folder."""
_OUTSIDE = "is outside the site folder"
_HINT = "write the path relative to this page, or from the site folder with a slash before it"
_HINT_NAMED = "it must lie inside the site folder, since a proof depends on what it holds"


class TutorialFiles(Value, frozen=True):
    """The files of one tutorial as they are now; one that cannot be read is left out and reported."""

    starter: dict[str, bytes]
    """Of the folder that the settings call `files`, by path."""
    requirements: Digest = Digest("")
    """Of the file of pinned requirements, with the files that it names; empty without one."""
    depends: tuple[tuple[str, Digest], ...] = ()
    """Paths as the settings write them, and the digests of the files."""
    paths: tuple[str, ...] = ()
    """Of all single files, relative to the site folder, whether they can be read or not."""


def read_files(
    outline: TutorialOutline, workspace: Workspace, content_dir: str
) -> tuple[TutorialFiles, tuple[Problem, ...]]:
    """Read what the settings name; all of it must be there, inside the site folder."""
    settings = outline.settings
    problems: list[Problem] = []
    paths: list[str] = []
    requirements = Digest("")
    if settings.env.requirements:
        found = list(_requirement_files(outline, workspace, content_dir))
        paths += [file.path for file in found]
        problems += [
            _missing(outline.source, "env.requirements", file.message, _HINT if number == 0 else _HINT_NAMED)
            for number, file in enumerate(found)
            if file.message
        ]
        named = [(file.given, file.digest) for file in found[1:]]
        requirements = digest_value((found[0].digest, named)) if named else found[0].digest
    depends: list[tuple[str, Digest]] = []
    for given in settings.depends:
        path = _resolve(outline, given, content_dir)
        paths.append(path or "")
        digest, reason = workspace.digest_file(path) if path else (None, _OUTSIDE)
        if digest is None:
            problems.append(_missing(outline.source, "depends", f"the file `{given}` {reason}"))
        else:
            depends.append((given, digest))
    starter: dict[str, bytes] | None = {}
    if settings.files:
        folder = starter_folder(outline, content_dir)
        starter, reason = workspace.read_folder(folder) if folder else (None, _OUTSIDE)
        if starter is None:
            problems.append(_missing(outline.source, "files", f"the folder `{settings.files}` {reason}"))
    files = TutorialFiles(
        starter=starter or {},
        requirements=requirements,
        depends=tuple(depends),
        paths=tuple(path for path in paths if path),
    )
    return files, tuple(problems)


class _NamedFile(Value, frozen=True):
    path: str
    """Relative to the site folder; empty outside it."""
    given: str
    """As it is written."""
    digest: Digest = Digest("")
    message: str = ""
    """What is wrong where there is no digest."""


def _requirement_files(
    outline: TutorialOutline, workspace: Workspace, content_dir: str
) -> Iterator[_NamedFile]:
    """Give the file of requirements, and then every file that it names, itself or by those that it includes.

    The runner reads the same files by `octavo.edges.runner.requirements`.
    """
    from octavo.tutorial.requirementlines import named_files  # noqa: PLC0415 - few sites need it

    first = outline.settings.env.requirements
    main = _resolve(outline, first, content_dir) or ""
    todo = [(main, first, f"the file `{first}`")]
    seen = {main}
    packages: list[str] = []
    while todo:
        path, given, name = todo.pop(0)
        text, reason = workspace.read_include(path) if path else (None, _OUTSIDE)
        if text is None:
            yield _NamedFile(path, given, message=f"{name} {reason}")
            continue
        yield _NamedFile(path, given, digest_text(text))
        named = named_files(text)
        packages += named.packages
        for other in named.included:
            included = _beside(path, other)
            if (included or other) not in seen:
                seen.add(included or other)
                todo.append((included, other, f"the file `{other}`, which `{path}` includes,"))
    for given in dict.fromkeys(packages):
        package = _beside(main, given)
        digest, reason = workspace.digest_file(package) if package else (None, _OUTSIDE)
        message = "" if digest else f"the package `{given}` {reason}"
        yield _NamedFile(package, given, digest or Digest(""), message)


def _beside(file: str, given: str) -> str:
    """Give what a file of requirements names; nothing outside the site folder, where a slash before it leads too."""
    return "" if given.startswith("/") else resolve_path(file.rpartition("/")[0], given) or ""


def starter_folder(outline: TutorialOutline, content_dir: str) -> str | None:
    """Give the folder of the files that a project has from the start, relative to the site folder; None outside it."""
    return _resolve(outline, outline.settings.files, content_dir)


def requirements_file(outline: TutorialOutline, content_dir: str) -> str:
    """Give the file of pinned requirements, relative to the site folder; empty without one, or outside it."""
    given = outline.settings.env.requirements
    return (given and _resolve(outline, given, content_dir)) or ""


def _resolve(outline: TutorialOutline, path: str, content_dir: str) -> str | None:
    """Give what a setting names: relative to the tutorial's page, or from the site folder with a slash before it."""
    base = "/".join(part for part in (content_dir, outline.source.rpartition("/")[0]) if part)
    return resolve_path(base, path)


def _missing(source: str, key: str, message: str, hint: str = _HINT) -> Problem:
    return Problem(
        code="tutorial-files",
        severity="error",
        message=message,
        source=source,
        key=f"tutorial.{key}",
        hint=hint,
    )
