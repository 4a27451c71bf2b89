"""The files that a tutorial's settings name: what its project has from the start, and what its commands read besides."""

from octavo.digest import Digest, digest_text
from octavo.engine.ports import Workspace
from octavo.model import Value
from octavo.site import Problem, TutorialOutline
from octavo.urls import resolve_path

__all__ = ["PROOFS", "TutorialFiles", "named_files", "read_files", "requirements_file", "starter_folder"]

PROOFS = ".octavo/proofs"
"""The folder of proofs, relative to the site folder."""
_OUTSIDE = "is outside the site folder"


class TutorialFiles(Value, frozen=True):
    """The files of one tutorial as they are now; one that cannot be read is left out and reported."""

    starter: dict[str, bytes]
    """Of the folder that the settings call `files`, by path."""
    requirements: Digest = Digest("")
    """Of the file of pinned requirements; empty without one."""
    depends: tuple[tuple[str, Digest], ...] = ()
    """Paths as the settings write them, and the digests of the files."""


def read_files(
    outline: TutorialOutline, workspace: Workspace, content_dir: str
) -> tuple[TutorialFiles, tuple[Problem, ...]]:
    """Read what the settings name; all of it must be there, inside the site folder."""
    settings = outline.settings
    problems: list[Problem] = []
    requirements = Digest("")
    if settings.env.requirements:
        path = _resolve(outline, settings.env.requirements, content_dir)
        text, reason = workspace.read_include(path) if path else (None, _OUTSIDE)
        if text is None:
            message = f"the file `{settings.env.requirements}` {reason}"
            problems.append(_missing(outline.source, "env.requirements", message))
        else:
            requirements = digest_text(text)
    depends: list[tuple[str, Digest]] = []
    for given in settings.depends:
        path = _resolve(outline, given, content_dir)
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
    files = TutorialFiles(starter=starter or {}, requirements=requirements, depends=tuple(depends))
    return files, tuple(problems)


def starter_folder(outline: TutorialOutline, content_dir: str) -> str | None:
    """Give the folder of the files that a project has from the start, relative to the site folder; None outside it."""
    return _resolve(outline, outline.settings.files, content_dir)


def requirements_file(outline: TutorialOutline, content_dir: str) -> str:
    """Give the file of pinned requirements, relative to the site folder; empty without one, or outside it."""
    given = outline.settings.env.requirements
    return (given and _resolve(outline, given, content_dir)) or ""


def named_files(outline: TutorialOutline, content_dir: str) -> tuple[str, ...]:
    """Give the single files that the settings name, relative to the site folder, but for those outside it."""
    settings = outline.settings
    given = [settings.env.requirements, *settings.depends]
    paths = (_resolve(outline, path, content_dir) for path in given if path)
    return tuple(path for path in paths if path)


def _resolve(outline: TutorialOutline, path: str, content_dir: str) -> str | None:
    """Give what a setting names: relative to the tutorial's page, or from the site folder with a slash before it."""
    base = "/".join(part for part in (content_dir, outline.source.rpartition("/")[0]) if part)
    return resolve_path(base, path)


def _missing(source: str, key: str, message: str) -> Problem:
    return Problem(
        code="tutorial-files",
        severity="error",
        message=message,
        source=source,
        key=f"tutorial.{key}",
        hint="write the path relative to this page, or from the site folder with a slash before it",
    )
