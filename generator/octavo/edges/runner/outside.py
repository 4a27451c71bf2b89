"""What a run has changed in the site folder, where nothing but good manners keeps it from doing so."""

import os

from octavo.tutorial import StepFailure

__all__ = ["SiteWatch"]

_LEFT_OUT = frozenset({".git", ".octavo", "_site", "node_modules", ".venv", "__pycache__"})


class SiteWatch:
    """The files of the site folder as they were when a chapter began."""

    def __init__(self, site_folder: str) -> None:
        self._folder = site_folder
        self._before = self._look()

    def _look(self) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        todo = [self._folder] if self._folder else []
        while todo:
            try:
                with os.scandir(todo.pop()) as entries:
                    for entry in entries:
                        if entry.name in _LEFT_OUT:
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            todo.append(entry.path)
                        else:
                            stat = entry.stat(follow_symlinks=False)
                            found[entry.path] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            except OSError:
                continue
        return found

    def changed(self) -> StepFailure | None:
        """Name the files that differ since the last look; None where none does."""
        now = self._look()
        before, self._before = self._before, now
        paths = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
        if not paths:
            return None
        shown = ", ".join(f"`{os.path.relpath(path, self._folder)}`" for path in paths[:5])
        more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
        return StepFailure(
            code="run-escape",
            message=f"files of the site changed while this block ran: {shown}{more}",
            hard=True,
            hint="commands may write below the project alone; if you saved a file meanwhile, run it again",
        )
