"""Asks git for the last commit of every page, in one pass over the history.

git is an outside program in a folder that may not be trusted: it is called with an argument list, without pager,
prompt, network, hooks, file system monitor or signature check, and with a time limit. Whatever fails gives no dates
and, where the author can do something about it, a sentence. Only committed state counts.
"""

import contextlib
import os
import re
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from octavo.engine.ports import GitFacts

__all__ = ["find_repository", "git_facts", "git_head"]

_TIMEOUT_SECONDS = 30.0
_CHUNK = 1 << 16
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MARK = "\x01"
"""Begins the line of a commit: no path begins with it, since the scan refuses control characters."""
_OPTIONS = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.quotepath=off"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "log.showSignature=false"),
    *("-c", "log.follow=false"),
    *("-c", "log.diffMerges=off"),
)
# Variables that say where to find git's configuration; the rest, such as the GIT_DIR that a hook sets, would make it
# look at another repository.
_KEPT_VARIABLES = re.compile(r"GIT_(?:CONFIG.*|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)")


def find_repository(folder: str) -> str | None:
    """Give the nearest folder upward that holds `.git`, or None."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def git_head(site_root: str) -> str | None:
    """Give an id that changes whenever the facts may: the commit checked out and the site's place in the repository.

    A shallow clone is marked. None outside a repository, and in one without commits. Usually a few small files are read and no process runs.
    """
    repository = find_repository(site_root)
    if repository is None:
        return None
    folder = _git_folder(repository)
    head = _head_from_files(folder) or _head_from_git(repository)
    if head is None:
        return None
    place = os.path.relpath(os.path.realpath(site_root), repository)
    is_shallow = os.path.exists(os.path.join(_common_folder(folder), "shallow"))
    return head + ("-shallow" if is_shallow else "") + ("" if place == "." else f" {place}")


def git_facts(site_root: str, content_dir: str) -> GitFacts:
    """Give the date (ISO, in UTC) of the last commit of every file of the content, by path relative to it.

    *content_dir* is relative to the site folder. A result with a `problem` must not be kept for later, since its cause
    may go away without a commit.
    """
    head = git_head(site_root)
    if head is None:
        return GitFacts()
    folder = os.path.realpath(site_root)
    try:
        prefix = _run(folder, "rev-parse", "--show-prefix").rstrip("\n")
        if _run(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
            return GitFacts(head=head, prefix=prefix, problem=_SHALLOW)
        dates = _read_dates(folder, content_dir)
    except _GitError as error:
        return GitFacts(head=head, problem=str(error))
    return GitFacts(head=head, dates=dates, prefix=prefix)


_SHALLOW = "git knows no dates here: the clone is shallow (in GitHub Actions set `fetch-depth: 0`)"


class _GitError(Exception):
    """git is missing, refused or failed; the text is for the author."""


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or _KEPT_VARIABLES.fullmatch(name)
    }
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C",
    }


def _run(folder: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *_OPTIONS, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise _GitError("git knows no dates here: git is not installed") from None
    except subprocess.TimeoutExpired:
        raise _GitError("git knows no dates here: git took too long") from None
    except OSError as error:
        raise _GitError(f"git knows no dates here: git cannot run: {error.strerror}") from None
    if done.returncode != 0:
        raise _GitError(_explain(done.stderr.decode("utf-8", "replace")))
    return done.stdout.decode("utf-8", "surrogateescape")


def _explain(stderr: str) -> str:
    if "dubious ownership" in stderr:
        return (
            "git knows no dates here: the repository belongs to another user "
            "(see `safe.directory` in the manual of git config)"
        )
    first = next(iter(stderr.splitlines()), "it failed")
    return f"git knows no dates here: {first.removeprefix('fatal: ')}"


def _read_dates(folder: str, content_dir: str) -> dict[str, str]:
    scope = os.path.normpath(content_dir).replace(os.sep, "/")
    prefix = "" if scope == "." else scope + "/"
    listed = _run(folder, "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", prefix or ".")
    missing = {path for path in listed.split("\0") if path.startswith(prefix)} - {""}
    dates: dict[str, str] = {}
    if not missing:
        return dates
    date = ""
    with _stream_log(folder, prefix or ".") as fields:
        for field in fields:
            # With -z, the first name after a commit's line still begins with the line end.
            name = field.removeprefix("\n")
            if name.startswith(_MARK):
                date = _iso_date(name[1:])
            elif date and name in missing:
                missing.discard(name)
                dates[_source(name, prefix)] = date
                if not missing:
                    break
    return {path: dates[path] for path in sorted(dates)}


def _iso_date(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""  # a commit may carry any number; one that is no date dates nothing


def _source(path: str, prefix: str) -> str:
    return unicodedata.normalize("NFC", path[len(prefix) :])


@contextlib.contextmanager
def _stream_log(folder: str, scope: str) -> Iterator[Iterator[str]]:
    """Run `git log` and give the fields of its output; the process ends with the block, at the latest in time."""
    command = ["git", *_OPTIONS, "log", "-z", "--name-only", "--no-renames", "--relative", "--no-ext-diff"]
    command += ["--no-textconv", "--no-color", f"--format={_MARK}%ct", "HEAD", "--", scope]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _GitError(f"git knows no dates here: git cannot run: {error.strerror}") from None
    assert process.stdout is not None  # noqa: S101 - asked for above
    timer = threading.Timer(_TIMEOUT_SECONDS, process.kill)
    timer.start()
    finished = False
    try:
        yield _fields(process.stdout)
        finished = process.stdout.read(1) == b""
    finally:
        timer.cancel()
        # The thread must be gone before anything forks.
        timer.join()
        if not finished:
            process.kill()
        process.stdout.close()
        code = process.wait()
    if finished and code != 0:
        raise _GitError("git knows no dates here: `git log` failed or took too long")


def _fields(stream: IO[bytes]) -> Iterator[str]:
    rest = b""
    while data := stream.read(_CHUNK):
        *whole, rest = (rest + data).split(b"\0")
        for field in whole:
            yield field.decode("utf-8", "surrogateescape")


def _git_folder(repository: str) -> str:
    """Give the git folder: `.git` itself, or where the file of that name points (worktrees, submodules)."""
    path = os.path.join(repository, ".git")
    text = _read_small(path)
    return os.path.join(repository, text[len("gitdir:") :].strip()) if text.startswith("gitdir:") else path


def _common_folder(folder: str) -> str:
    text = _read_small(os.path.join(folder, "commondir")).strip()
    return os.path.join(folder, text) if text else folder


def _head_from_files(folder: str) -> str | None:
    head = _read_small(os.path.join(folder, "HEAD")).strip()
    if not head.startswith("ref:"):
        return head if _ID.fullmatch(head) else None
    name = head[len("ref:") :].strip()
    if not name.startswith("refs/") or ".." in name:
        return None
    common = _common_folder(folder)
    for place in (folder, common):
        found = _read_small(os.path.join(place, name)).strip()
        if _ID.fullmatch(found):
            return found
    try:
        with open(os.path.join(common, "packed-refs"), encoding="utf-8", errors="replace") as file:
            return next(
                (line[: line.index(" ")] for line in file if line.rstrip("\n").endswith(" " + name)), None
            )
    except OSError:
        return None


def _head_from_git(repository: str) -> str | None:
    try:
        found = _run(repository, "rev-parse", "--verify", "--quiet", "HEAD").strip()
    except _GitError:
        return None
    return found if _ID.fullmatch(found) else None


def _read_small(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(4096)
    except OSError:
        return ""
