"""How editors and tools save a file, step by step as they do on Linux, for tests of what watches files.

Each pattern takes the path, the new bytes, and what to do at the worst moment: while the file is empty, missing or half
written. Names of temporary files are those of the programs.
"""

import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["SAVES", "Between"]

Between = Callable[[], None]


def _nothing() -> None:
    pass


def _beside(path: str | Path, name: str) -> str:
    """Name a file in the folder of *path*; `%` stands for that file's own name."""
    folder, own = os.path.split(path)
    return os.path.join(folder, name.replace("%", own))


def _write(path: str | Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _write_and_rename(path: str | Path, data: bytes, temporary: str, between: Between) -> None:
    name = _beside(path, temporary)
    _write(name, data)
    os.chmod(name, 0o644)
    between()
    os.replace(name, path)


def empty_first(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """A program that empties the file, and writes it in two pieces a while later."""
    with open(path, "wb") as file:
        between()
        file.write(data[: len(data) // 2])
        file.flush()
        file.write(data[len(data) // 2 :])


def vscode(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Visual Studio Code: over the old text, in place, and the rest cut off."""
    with open(path, "r+b") as file:
        file.write(data)
        file.flush()
        between()
        file.truncate()


def nano(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """GNU nano: a lock file beside it, opened with truncation."""
    lock = _beside(path, ".%.swp")
    _write(lock, b"nano")
    with open(path, "wb") as file:
        between()
        file.write(data)
    os.unlink(lock)


def vim(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Vim: tries whether it may make files (4913), moves the old text to `x~`, writes a new file, removes the backup."""
    swap = _beside(path, ".%.swp")
    _write(swap, b"b0VIM 9.1")
    trial = _beside(path, "4913")
    os.close(os.open(trial, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    os.unlink(trial)
    backup = _beside(path, "%~")
    os.rename(path, backup)
    between()
    with open(path, "wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    os.chmod(path, 0o644)
    os.unlink(backup)
    os.unlink(swap)


def vim_backupdir(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Vim with `backupdir`: the old text leaves the folder, so its move has no second half that anybody sees."""
    folder = os.path.join(os.path.dirname(os.path.dirname(path)), ".vim-backup")
    os.makedirs(folder, exist_ok=True)
    os.rename(path, os.path.join(folder, os.path.basename(path)))
    between()
    _write(path, data)


def gedit(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """The text editor of GNOME, by GIO: `.goutputstream-XXXXXX`, then over it."""
    _write_and_rename(path, data, ".goutputstream-Q7RZB2", between)


def jetbrains(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """IDEs of JetBrains, with their safe write: new text, old text away, new text to its place."""
    new, old = _beside(path, "%___jb_tmp___"), _beside(path, "%___jb_old___")
    _write(new, data)
    os.rename(path, old)
    between()
    os.rename(new, path)
    os.unlink(old)


def emacs(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """GNU Emacs: the lock `.#x` is a link that leads nowhere, `#x#` is the autosave, `x~` the backup of the first save."""
    lock, autosave = _beside(path, ".#%"), _beside(path, "#%#")
    os.symlink("author@host.1234:1700000000", lock)
    _write(autosave, data)
    os.rename(path, _beside(path, "%~"))
    between()
    _write(path, data)
    os.unlink(autosave)
    os.unlink(lock)


def sublime(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Sublime Text with `atomic_save`."""
    _write_and_rename(path, data, ".subl4a1.tmp", between)


def sed(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """`sed -i`: a visible temporary file without a suffix."""
    _write_and_rename(path, data, "sedKx81Qz", between)


def kate(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Kate, by QSaveFile: `x.XXXXXX`, which is visible too."""
    swap = _beside(path, ".%.kate-swp")
    _write(swap, b"Kate Swap File 2.0")
    _write_and_rename(path, data, "%.Tz40Fe", between)
    os.unlink(swap)


def rsync(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """Rsync, and tools that upload like it: `.x.XXXXXX`, with the modification time of the source."""
    temporary = _beside(path, ".%.sV3k9a")
    _write(temporary, data)
    os.utime(temporary, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    between()
    os.replace(temporary, path)


def git_checkout(path: str | Path, data: bytes, between: Between = _nothing) -> None:
    """`git checkout` of a branch: the old file is removed, the new one made."""
    os.unlink(path)
    between()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    os.write(descriptor, data)
    os.close(descriptor)


SAVES: dict[str, Callable[..., None]] = {
    save.__name__: save
    for save in (
        empty_first,
        vscode,
        nano,
        vim,
        vim_backupdir,
        gedit,
        jetbrains,
        emacs,
        sublime,
        sed,
        kate,
        rsync,
        git_checkout,
    )
}
"""Every pattern by name: `SAVES["vim"](path, data, between)`."""
