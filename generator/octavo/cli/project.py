"""A site folder with everything that a command needs of it, opened and closed in order."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from octavo.cli.console import Console
from octavo.cli.identity import bundled_theme, identify
from octavo.edges.contain import is_inside
from octavo.edges.lock import LOCK_NAME, BuildLock
from octavo.edges.outputfolder import check_output_folder, choose_spare
from octavo.edges.owner import hand_over
from octavo.edges.ownstore import open_own_store
from octavo.edges.search_index import PagefindIndexer
from octavo.edges.store import TABLES, SqliteStore, StoreLostFault, open_store
from octavo.edges.trees import OutputTrees
from octavo.edges.workspace import DiskWorkspace, find_site_root, working_folder
from octavo.engine import BuildRequest, LazyPool
from octavo.engine.inputs import read_config
from octavo.engine.ports import Ports
from octavo.errors import EnvironmentFault, UsageError

__all__ = [
    "CACHE",
    "Project",
    "check_surroundings",
    "default_jobs",
    "keep_cache",
    "open_project",
    "with_store",
]

Result = TypeVar("Result")

CACHE = os.path.join(".octavo", "cache")


class Project(msgspec.Struct, frozen=True):
    """An open site: ports for the engine, and the request as far as it is the same for all commands."""

    root: str
    ports: Ports
    request: BuildRequest


@contextlib.contextmanager
def open_project(
    config_path: str,
    console: Console,
    *,
    write: bool,
    site_dir: str | None = None,
    jobs: int = 1,
    use_cache: bool = True,
    own_state: str = "",
    **request: Any,
) -> Iterator[Project]:
    """Open the site of a configuration file.

    With *write* the lock of the output folder is held until the end, and the folder is checked: a build never
    replaces a folder that it has not made. Without, the state of earlier builds is read and never changed; a command with
    a state of its own kind keeps what it parsed there.

    Raises:
        UsageError: site.yaml is missing or has errors, or the output folder is refused.
        EnvironmentFault: another build does not let go of the lock, or file names are not read as UTF-8.

    """
    check_surroundings()
    root = find_site_root(config_path)
    config_file = os.path.basename(config_path)
    workspace = DiskWorkspace(root)
    config, _ = read_config(workspace, config_file)
    shown = config.site_dir if site_dir is None else site_dir
    live = os.path.join(root, shown) if site_dir is None else _given_folder(site_dir)
    theme = bundled_theme()
    identity = identify()
    cache = os.path.join(root, CACHE)
    with contextlib.ExitStack() as stack:
        if write:
            # A folder that is refused must not even get a lock file beside it.
            check_output_folder(root, config.content_dir, live, others=(_own_theme(root, config.theme.name),))
            keep_cache(cache, stack)
            _take_locks(stack, root, cache, live, console)
        store = _open_store(cache, own_state, stack, write=write)
        output = OutputTrees(live, choose_spare(root, CACHE, live))
        if not use_cache:
            for table in ("meta", *TABLES):
                store.clear(table)
        pool = LazyPool(jobs)
        stack.callback(pool.kill)
        yield Project(
            root=root,
            ports=Ports(workspace, store, output, pool, PagefindIndexer()),
            request=BuildRequest(
                config_file=config_file,
                write=write,
                engine=identity.engine,
                runner=identity.runner,
                bundled_theme=theme,
                output_folder=os.path.realpath(live),
                output_shown=shown.rstrip("/"),
                exclude=(os.path.realpath(live), os.path.join(root, ".octavo"), os.path.join(root, ".git")),
                now_ns=time.time_ns(),
                **request,
            ),
        )


def _open_store(cache: str, own_state: str, stack: contextlib.ExitStack, *, write: bool) -> SqliteStore:
    """Open the store of builds, or that of a command of another kind; it is closed before its lock is let go."""
    if not own_state:
        store, lock = open_store(cache, read_only=not write), None
    else:
        keep_cache(cache, stack)
        store, lock = open_own_store(cache, own_state)
    if lock is not None:
        stack.callback(lock.release)
    stack.callback(store.close)
    return store


def with_store(project: Project, console: Console, work: Callable[[], Result]) -> Result:
    """Do work that uses the store; where the store turns out to be damaged, do it once more with an empty one."""
    try:
        result = work()
    except StoreLostFault:
        result = work()
    if project.ports.store.problem:
        console.note(project.ports.store.problem)
    return result


def default_jobs() -> int:
    """Give the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _given_folder(site_dir: str) -> str:
    """Give the absolute path of what `-d` names; an unset variable or a tilde in quotes is what nobody means."""
    if not site_dir.strip() or site_dir.startswith("~"):
        raise UsageError(f"`-d` gives `{site_dir}`, which is no folder", hint="name the output folder")
    return os.path.normpath(site_dir if os.path.isabs(site_dir) else os.path.join(working_folder(), site_dir))


def _own_theme(root: str, name: str) -> str:
    return os.path.join(root, name or "theme")


def keep_cache(cache: str, stack: contextlib.ExitStack) -> None:
    """Make the cache folder, and let it belong at the end to whom the site belongs."""
    _make_cache(cache)
    stack.callback(_hand_over_cache, cache)


def _make_cache(cache: str) -> None:
    """Make the cache folder, with a note to backup tools and git that it holds nothing of worth."""
    with contextlib.suppress(OSError):
        os.makedirs(cache, exist_ok=True)
        hand_over(os.path.dirname(cache), os.path.dirname(os.path.dirname(cache)))
        hand_over(cache, os.path.dirname(cache))
        for name, text in (
            (".gitignore", "*\n"),
            (
                "CACHEDIR.TAG",
                "Signature: 8a477f597d28d172789f06886806bc55\n# State of octavo; safe to delete.\n",
            ),
        ):
            path = os.path.join(cache, name)
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)


def _hand_over_cache(cache: str) -> None:
    with contextlib.suppress(OSError):
        for name in os.listdir(cache):
            hand_over(os.path.join(cache, name), cache)


def _take_locks(stack: contextlib.ExitStack, root: str, cache: str, live: str, console: Console) -> None:
    """Hold the cache's lock, and that of an output folder outside the site, which two sites may share."""
    paths = [os.path.join(cache, LOCK_NAME)]
    real = os.path.realpath(live)
    if not is_inside(root, real):
        parent, name = os.path.split(real)
        if os.path.isdir(parent):
            paths.append(os.path.join(parent, f".{name}.octavo-lock"))
    for path in paths:
        lock = BuildLock(path)
        lock.acquire(lambda holder: console.note(f"another build ({holder}) is at work here; waiting for it"))
        stack.callback(lock.release)


def check_surroundings() -> None:
    """Refuse an environment in which the output would depend on the machine.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no time.
        EnvironmentFault: file names are not read as UTF-8.

    """
    _check_epoch()
    _check_names()


def _check_names() -> None:
    """Refuse a Python that reads file names in another encoding: their addresses would depend on the locale."""
    encoding = sys.getfilesystemencoding()
    if encoding.lower() not in {"utf-8", "utf8"}:
        raise EnvironmentFault(
            f"this Python reads file names as `{encoding}`, not as UTF-8",
            hint="set `PYTHONUTF8=1`, or a locale such as `C.UTF-8`",
        )


def _check_epoch() -> None:
    """Refuse a SOURCE_DATE_EPOCH that is no time (reproducible-builds.org specification); our output holds no clock."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if value and not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is `{value}`, which is no number of seconds",
            hint="unset it, or set it to a whole number such as 0",
        )
