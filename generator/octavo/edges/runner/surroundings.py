"""In what the commands of a chapter run: their variables, and what of this machine a page never shows."""

import os
import sys

from octavo.edges.runner.workfolder import WorkFolder
from octavo.tutorial import ChapterTask, Normalisation

__all__ = ["base_environment", "make_normalisation"]

_FIXED = {
    "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb", "NO_COLOR": "1",
    "COLUMNS": "80", "LINES": "24", "USER": "reader", "LOGNAME": "reader", "SHELL": "/bin/bash",
    "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
    "PAGER": "cat", "GIT_PAGER": "cat", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1",
}  # fmt: skip


def base_environment(
    task: ChapterTask, folder: WorkFolder, environment_folder: str, path: str, *, is_isolated: bool
) -> dict[str, str]:
    """Give the variables that the first command finds: fixed ones, those of the virtual environment, the tutorial's.

    Nothing of the environment of whoever runs the tests is among them, but the places of programs in *path*.
    """
    found = dict(_FIXED)
    found["HOME"] = folder.home
    if not is_isolated:
        found["TMPDIR"] = folder.temporary
    found["PATH"] = path
    if environment_folder:
        found["VIRTUAL_ENV"] = environment_folder
        found["PATH"] = os.path.join(environment_folder, "bin") + os.pathsep + path
    found.update(task.variables)
    return found


def own_free_path(path: str) -> str:
    """Take the folder of our own programs out of *path*: a tool that the tutorial does not install is not there."""
    own = {os.path.realpath(os.path.dirname(sys.executable))} if sys.prefix != sys.base_prefix else set()
    parts = [part for part in path.split(os.pathsep) if part and os.path.realpath(part) not in own]
    return os.pathsep.join(parts) or os.defpath


def make_normalisation(task: ChapterTask, folder: WorkFolder, environment_folder: str) -> Normalisation:
    """Say what stands on the page in place of the paths of this run, and of secrets."""
    pairs = [(value, "***") for _, value in task.secrets if value]
    if environment_folder:
        pairs.append((environment_folder, "/path/to/project/.venv"))
    pairs += [(folder.project, "/path/to/project"), (folder.home, "/home/reader"), (folder.temporary, "/tmp")]  # noqa: S108 - a text
    return Normalisation(
        replacements=tuple(sorted(pairs, key=lambda pair: -len(pair[0]))),
        patterns=tuple((rule.find, rule.to) for rule in task.normalise),
    )
