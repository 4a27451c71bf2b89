"""Makes a virtual environment and installs packages into it, by uv or by venv and pip.

Installing is what a person would do: it sees that person's own environment, settings and network. What would send the
packages elsewhere, or add others, is taken out.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.pythons import Interpreter
from octavo.edges.runner.requirements import Requirements

__all__ = ["install", "make_environment", "mask"]

_MOST_SECONDS = 1800.0
_LAST_LINES = 12
_DROPPED = re.compile(
    r"PYTHON(?:PATH|HOME|STARTUP|NOUSERSITE)|__PYVENV_LAUNCHER__|VIRTUAL_ENV|CONDA_PREFIX"
    r"|PIP_(?:TARGET|PREFIX|ROOT|USER|REQUIREMENT|CONSTRAINT|EDITABLE|DRY_RUN|PYTHON|REPORT|REQUIRE_VIRTUALENV)"
    r"|UV_(?:PROJECT.*|PYTHON|CONSTRAINT|OVERRIDE|SYSTEM_PYTHON|BREAK_SYSTEM_PACKAGES)"
)
_PRIVATE = re.compile(
    r"(?:PIP|UV)_|.*(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH|KEY)|.*_PROXY", re.IGNORECASE
)
_SHORTEST_PRIVATE = 4
_USERINFO = re.compile(r"(://)[^\s/@]+@")
_HINTS = (
    (
        "DO NOT MATCH THE HASHES",
        "the file of a package is not the one whose hash is written down: find out why first",
    ),
    ("require-hashes", "where one package has a hash, all must have one and all must be listed"),
    ("No matching distribution", "check the name and the version, and that this Python has a build of it"),
    ("no version of", "check the name and the version, and that this Python has a build of it"),
    ("ResolutionImpossible", "the pinned versions contradict each other"),
    ("No solution found", "the pinned versions contradict each other, or one of them is not to be had"),
    ("ensurepip", "install the venv package of your system's Python, or uv"),
    ("No space left", "free some space on the disk"),
    ("NewConnectionError", "is the network there? packages come from where pip's settings say"),
    ("Failed to fetch", "is the network there? packages come from where uv's settings say"),
)


def make_environment(
    folder: str, python: Interpreter, *, progress: Callable[[str], None], pass_fds: Sequence[int] = ()
) -> EnvironmentProblem | None:
    """Make an environment that holds pip and nothing else of note; the folder must not be there yet.

    The pip is the one that comes with Python, so that the same Python always makes the same environment. *pass_fds* are
    open files that the installers keep open: a lock that they hold outlives this process with them.
    """
    progress(f"making an environment of Python {python.version}")
    parent = os.path.dirname(folder)
    status, said = _run([python.path, "-I", "-m", "venv", folder], parent, pass_fds)
    uv = shutil.which("uv")
    if status != 0 and uv:
        # Some systems ship Python without its pip; uv takes one from the index.
        shutil.rmtree(folder, ignore_errors=True)
        words = [uv, "venv", "--quiet", "--no-project", "--seed", "--python", python.path, folder]
        status, said = _run(words, parent, pass_fds)
    return _failed(f"Python {python.version} cannot make an environment", status, said)


def install(
    folder: str, listed: Requirements, *, progress: Callable[[str], None], pass_fds: Sequence[int] = ()
) -> EnvironmentProblem | None:
    """Install what is listed into an environment; *pass_fds* as above."""
    if not listed.pins:
        return None
    uv = shutil.which("uv")
    name, count = os.path.basename(listed.path), len(listed.pins)
    packages = f"{count} package{'s' if count > 1 else ''}"
    progress(f"installing {packages} of {name} with {'uv' if uv else 'pip'}")
    status, said = _run(_install_words(folder, listed, uv), os.path.dirname(listed.path), pass_fds)
    return _failed(f"the packages of `{name}` cannot be installed", status, said, listed.path)


def _install_words(folder: str, listed: Requirements, uv: str | None) -> list[str]:
    """Give the command that installs; packages are copied, so that no command of a chapter can reach those of others."""
    inside = os.path.join(folder, "bin", "python")
    hashes = ["--require-hashes"] if listed.hashed else []
    if uv:
        words = [uv, "pip", "install", "--python", inside, "--compile-bytecode", "--link-mode", "copy"]
        return [*words, *hashes, "--requirement", listed.path]
    words = [inside, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    return [*words, "--progress-bar", "off", *hashes, "--requirement", listed.path]


def _run(words: Sequence[str], folder: str, pass_fds: Sequence[int]) -> tuple[int, str]:
    """Run an installer; gives its status and all it said."""
    try:
        process = subprocess.Popen(
            list(words),
            cwd=folder,
            env=_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(pass_fds),
        )
    except OSError as error:
        return 127, f"{os.path.basename(words[0])} cannot run: {error.strerror}"
    with process:
        try:
            said, _ = process.communicate(timeout=_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0] + b"\nit took more than half an hour\n"
        except BaseException:
            process.kill()
            raise
    return process.returncode, said.decode("utf-8", "replace")


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in variables.items() if not _DROPPED.fullmatch(name)}
    return kept | {"PIP_USER": "0", "NO_COLOR": "1"}


def _failed(message: str, status: int, said: str, file: str = "") -> EnvironmentProblem | None:
    """Say what an installer says, its last lines; None where it has done its work."""
    if status == 0:
        return None
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    hint = next((text for sign, text in _HINTS if sign in said), "")
    shown = tuple(mask(line, os.environ) for line in lines[-_LAST_LINES:])
    return EnvironmentProblem(message=message, hint=hint, file=file, log=shown)


def mask(text: str, variables: Mapping[str, str]) -> str:
    """Take names and passwords out of addresses, and the values of variables that may be private."""
    values = [
        (value, name)
        for name, value in variables.items()
        if len(value) >= _SHORTEST_PRIVATE and _PRIVATE.match(name)
    ]
    for value, name in sorted(values, key=lambda pair: (-len(pair[0]), pair)):
        text = text.replace(value, f"${name}")
    return _USERINFO.sub(r"\1***@", text)
