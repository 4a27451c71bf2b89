"""The environment that the commands of a tutorial run in: a Python and pinned packages, made once and kept in the cache.

Its name says what it was made of: the Python, the platform, the bytes of the requirements and of the packages they name.
It is made where it stays, since its programs hold their own place, under a lock, and a file that says it is whole is
written last. Whoever uses one holds a shared lock; only what nobody uses is removed.
"""

import contextlib
import os
import platform
import shutil
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec

from octavo.digest import Digest, digest_bytes, digest_value
from octavo.edges.faults import reason_of
from octavo.edges.reading import digest_file
from octavo.edges.runner.environmentproblem import EnvironmentProblem
from octavo.edges.runner.filelock import FileLock
from octavo.edges.runner.installed import Package, contents_of, read_packages, sort_packages, unlisted
from octavo.edges.runner.installing import install, make_environment
from octavo.edges.runner.pythons import Interpreter, choose_python
from octavo.edges.runner.requirements import Requirements, normal_name, read_requirements
from octavo.model import Value

__all__ = ["MOST_KEPT", "Environment", "EnvironmentProblem", "prepare_environment"]

MOST_KEPT = 4
"""Environments in one cache, those in use apart."""

_FORMAT = 1
"""Another number makes every environment anew."""
_WHOLE = "octavo-environment.json"
_WAIT_SECONDS = 3600.0


class _Made(Value, frozen=True):
    """Says of an environment that it is whole, and what it was when it was made."""

    folder: str
    python: str
    versions: tuple[tuple[str, str], ...]
    contents: tuple[str, ...]


class Environment:
    """An environment to run in, kept from being removed until it is released or this process ends."""

    def __init__(
        self, folder: str, python: str, versions: tuple[tuple[str, str], ...], *, lock: FileLock
    ) -> None:
        self.folder = folder
        """Absolute; its subfolder `bin` goes first on PATH."""
        self.python = python
        """`3.11.7`."""
        self.versions = versions
        """Name and version of every package but pip and its like; those listed first, in the order of the file."""
        self._lock = lock

    def release(self) -> None:
        """Say that the environment is not used any more; may be called twice."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def prepare_environment(
    cache_folder: str, *, python: str, requirements: str | None, progress: Callable[[str], None]
) -> Environment | EnvironmentProblem:
    """Give an environment, from the cache or made now.

    Args:
        cache_folder: `.octavo/cache`.
        python: a version or a range as `env.python` has it; empty for any.
        requirements: absolute path of the file that pins the packages; None for no packages.
        progress: called with a short text when something begins that takes seconds.

    """
    listed = Requirements() if requirements is None else read_requirements(requirements)
    if isinstance(listed, EnvironmentProblem):
        return listed
    chosen = choose_python(python, progress)
    if isinstance(chosen, EnvironmentProblem):
        return chosen
    parent = os.path.realpath(os.path.join(cache_folder, "environments"))
    try:
        os.makedirs(parent, exist_ok=True)
        return _open_or_make(parent, chosen, listed, progress)
    except OSError as error:
        return EnvironmentProblem(message=f"there can be no environment in `{parent}`: {reason_of(error)}")


def _open_or_make(
    parent: str, python: Interpreter, listed: Requirements, progress: Callable[[str], None]
) -> Environment | EnvironmentProblem:
    folder = os.path.join(parent, _key(python, listed)[:16])
    lock = FileLock(f"{folder}.lock")
    with contextlib.ExitStack() as unless_done:
        unless_done.callback(lock.release)
        # Whoever waited finds that the other run has made it: then it is opened like any that was there.
        while True:
            if not lock.lock(
                shared=True,
                timeout=_WAIT_SECONDS,
                on_wait=lambda holder: progress(
                    f"waiting for another run ({holder}) to make the environment"
                ),
            ):
                return EnvironmentProblem(
                    message="another run did not finish making the environment in an hour"
                )
            made = _read(folder)
            if made is not None:
                os.utime(lock.path)
                _remove_old(parent, folder)
                unless_done.pop_all()
                return Environment(folder, made.python, made.versions, lock=lock)
            problem = _make_alone(lock, folder, python, listed, progress)
            if problem is not None:
                return problem


def _make_alone(
    lock: FileLock, folder: str, python: Interpreter, listed: Requirements, progress: Callable[[str], None]
) -> EnvironmentProblem | None:
    """Make an environment while nobody else does; what stands there is incomplete, or was changed after it was made."""
    if not lock.lock(
        timeout=_WAIT_SECONDS,
        on_wait=lambda _: progress("waiting for another run that uses the environment as it was"),
    ):
        return EnvironmentProblem(message="another run did not let go of the environment in an hour")
    if _read(folder) is not None:
        return None
    _remove(folder)
    held = (lock.descriptor,)
    problem = make_environment(folder, python, progress=progress, pass_fds=held)
    seeds = frozenset(normal_name(package.name) for package in read_packages(folder))
    problem = problem or install(folder, listed, progress=progress, pass_fds=held)
    packages = read_packages(folder)
    problem = problem or _check_listed(packages, listed, seeds)
    if problem is not None:
        _remove(folder)
        os.unlink(lock.path)  # what was never made is none of those that are kept
        return problem
    made = _Made(
        folder=folder,
        python=python.version,
        versions=sort_packages(packages, listed, seeds),
        contents=contents_of(folder),
    )
    draft = os.path.join(folder, f"{_WHOLE}.new")
    with open(draft, "wb") as file:
        file.write(msgspec.json.encode(made))
    os.replace(draft, os.path.join(folder, _WHOLE))
    return None


def _key(python: Interpreter, listed: Requirements) -> Digest:
    """Name what an environment is made of."""
    packages = [(os.path.basename(path), digest_file(path)[0]) for path in listed.packages]
    contents = [digest_bytes(data) for data in listed.contents]
    machine = (sys.platform, platform.machine(), *platform.libc_ver())
    return digest_value(
        (_FORMAT, python.path, python.version, machine, contents, packages, _stamps(listed.folders))
    )


def _stamps(folders: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Give name, size and time of the files in folders of packages: they may be many, and are on this machine alone."""
    found = []
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
                found += [(entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in inside]
        except OSError:
            continue  # the installer says that the folder cannot be read
    return found


def _read(folder: str) -> _Made | None:
    """Read what an environment was when it was made; None where it is not whole, or not as it was."""
    try:
        with open(os.path.join(folder, _WHOLE), "rb") as file:
            made = msgspec.json.decode(file.read(), type=_Made)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return None
    is_as_made = made.folder == folder and made.contents == contents_of(folder)
    return made if is_as_made and os.access(os.path.join(folder, "bin", "python"), os.X_OK) else None


def _check_listed(
    packages: tuple[Package, ...], listed: Requirements, seeds: frozenset[str]
) -> EnvironmentProblem | None:
    """Refuse packages that nobody pinned: with them, the same file would mean something else tomorrow."""
    extra = unlisted(packages, listed, seeds)
    if not extra:
        return None
    names = {normal_name(package.name) for package in extra}
    pin = next((pin for pin in listed.pins if names & _needs_of(packages, pin.name)), listed.pins[0])
    first = next(
        (package for package in extra if normal_name(package.name) in _needs_of(packages, pin.name)), extra[0]
    )
    lines = " ".join(f"`{package.name}=={package.version}`" for package in extra)
    return EnvironmentProblem(
        message=f"`{first.name}`, which `{pin.name or pin.text}` needs, is not pinned",
        hint=f"add to `{os.path.basename(listed.path)}`: {lines}",
        file=pin.file,
        line=pin.line,
        excerpt=pin.text,
    )


def _needs_of(packages: tuple[Package, ...], name: str) -> set[str]:
    return {need for package in packages if normal_name(package.name) == name for need in package.needs}


def _remove_old(parent: str, used: str) -> None:
    """Remove what was used longest ago, until few enough are left; never what somebody uses."""
    locks = [os.path.join(parent, name) for name in os.listdir(parent) if name.endswith(".lock")]
    with contextlib.suppress(OSError):
        locks.sort(key=lambda path: os.stat(path).st_mtime_ns, reverse=True)
    others = [path for path in locks if path != f"{used}.lock"]
    for path in others[MOST_KEPT - 1 :]:
        lock = FileLock(path)
        with contextlib.suppress(OSError):
            if lock.try_lock():
                _remove(path.removesuffix(".lock"))
                os.unlink(path)
        lock.release()


def _remove(folder: str) -> None:
    """Remove an environment, its mark first: half of it must not be taken for the whole."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, _WHOLE))
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
