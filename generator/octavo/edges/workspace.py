"""The files of a site on disk, as the engine's `Workspace`."""

import os
from collections.abc import Callable, Mapping, Sequence

from octavo.digest import Digest
from octavo.edges.contain import contain, is_inside
from octavo.edges.faults import unreadable
from octavo.edges.files import TreeScan, examine_tree
from octavo.edges.gitfacts import git_facts, git_head
from octavo.edges.installed import find_installed_theme
from octavo.edges.names import is_junk, is_private_path, is_theme_skipped
from octavo.edges.reading import (
    digest_named_file,
    image_size,
    locate,
    read_bytes,
    read_file,
    read_text_file,
)
from octavo.edges.walk import Walk, walk_tree
from octavo.engine.ports import GitFacts, ScanResult, Stamp
from octavo.engine.theme import DEFAULT_FOLDER
from octavo.errors import Diagnostic, EnvironmentFault, UsageError, sort_diagnostics

__all__ = ["DiskWorkspace", "find_site_root", "working_folder"]


def find_site_root(config: str = "site.yaml") -> str:
    """Give the real folder of the configuration file; raises EnvironmentFault where the working folder is gone.

    A bare `site.yaml` is looked for in the working folder and upward, so that commands work from below.
    """
    given = os.path.dirname(config)
    if given:
        return os.path.realpath(given if os.path.isabs(given) else os.path.join(working_folder(), given))
    start = folder = os.path.realpath(working_folder())
    while not os.path.isfile(os.path.join(folder, config)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent
    return folder


def working_folder() -> str:
    """Give the working folder; raises EnvironmentFault where somebody has removed it."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise EnvironmentFault(
            "the working folder is gone", hint="change to a folder that exists, such as that of your site"
        ) from None


class DiskWorkspace:
    """A site folder. File names are POSIX paths relative to it."""

    def __init__(self, site_root: str) -> None:
        self._root = os.path.realpath(site_root)
        self._installed: dict[str, str] = {}

    def scan_content(
        self, content_dir: str, previous: Mapping[str, Stamp], last_scan_ns: int, exclude: Sequence[str]
    ) -> ScanResult:
        """List the content, hashing only what may have changed since *last_scan_ns*; see `scan_tree`.

        *exclude* holds folders, absolute or relative to the site folder. Raises UsageError where there is no content
        folder.
        """
        return self.examine_content(content_dir, previous, last_scan_ns, exclude).result

    def examine_content(
        self,
        content_dir: str,
        previous: Mapping[str, Stamp],
        last_scan_ns: int,
        exclude: Sequence[str],
        *,
        check: Callable[[], None] | None = None,
    ) -> TreeScan:
        """List the content like `scan_content`, with all that the walk learned; *check* ends it by raising."""
        folder = os.path.join(self._root, content_dir)
        if not os.path.isdir(folder):
            raise UsageError(
                f"there is no content folder `{content_dir}`",
                hint="make it, or set `content_dir` in site.yaml",
            )
        if contain(self._root, folder) is None:
            raise UsageError(
                f"the content folder `{content_dir}` leads out of the site folder",
                hint="move it below site.yaml",
            )
        prefix = os.path.normpath(content_dir).replace(os.sep, "/")
        return examine_tree(
            folder,
            previous=previous,
            last_scan_ns=last_scan_ns,
            boundary=self._root,
            prefix="" if prefix == "." else prefix,
            exclude=[os.path.join(self._root, path) for path in exclude],
            check=check,
        )

    def scan_theme(
        self, folder: str, *, required: bool = True
    ) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        """Read all files of a theme folder (absolute, or relative to the site folder) or of an installed theme, by POSIX path.

        A missing theme has no files; where it is *required*, that is a UsageError.
        """
        listed = self.list_theme(folder, required=required)
        if listed is None:
            return {}, ()
        walk, shown = listed
        diagnostics = list(walk.diagnostics)
        found: dict[str, bytes] = {}
        for file in sorted(walk.files, key=lambda item: item.key):
            try:
                found[file.key] = read_file(file.path)
            except OSError as problem:
                if (diagnostic := unreadable(problem, f"{shown}/{file.key}")) is not None:
                    diagnostics.append(diagnostic)
        return found, sort_diagnostics(diagnostics)

    def list_theme(self, folder: str, *, required: bool = True) -> tuple[Walk, str] | None:
        """List the files of a theme folder, else of an installed theme of this name; gives also what messages call it.

        None where there is neither; where a theme is *required*, that is a UsageError.
        """
        root = os.path.realpath(os.path.join(self._root, folder))
        if not os.path.isdir(root):
            if folder == DEFAULT_FOLDER and not required:
                return None
            try:
                root = self._installed_theme(folder)
            except UsageError:
                if not required:
                    return None
                raise
            return walk_tree(root, boundary=root, prefix=folder, skip=is_theme_skipped), folder
        is_own = is_inside(self._root, root)
        shown = os.path.relpath(root, self._root).replace(os.sep, "/") if is_own else os.path.basename(root)
        return walk_tree(
            root, boundary=self._root if is_own else root, prefix=shown, skip=is_theme_skipped
        ), shown

    def _installed_theme(self, name: str) -> str:
        """Find an installed theme once; what is installed later is found by the next look."""
        known = self._installed.get(name)
        if known is None or not os.path.isdir(known):
            known = self._installed[name] = find_installed_theme(name)
        return known

    def read_folder(self, folder: str) -> tuple[dict[str, bytes] | None, str]:
        """Read all files of a folder inside the site folder, by POSIX path; without them, say why in a short phrase.

        What looks like a secret, and links that lead out of the site folder, are left out.
        """
        root = contain(self._root, folder)
        if root is None:
            return None, "is outside the site folder"
        if not os.path.isdir(root):
            return None, "is not a folder" if os.path.lexists(root) else "does not exist"
        if is_private_path(os.path.relpath(root, self._root).replace(os.sep, "/")):
            return None, "is private"
        walk = walk_tree(root, boundary=self._root, prefix=folder, skip=is_junk)
        try:
            files = {file.key: read_file(file.path) for file in walk.files if not is_private_path(file.key)}
        except OSError as problem:
            return None, f"cannot be read: {problem.strerror}"
        return dict(sorted(files.items())), ""

    def read_bytes(self, file: str) -> bytes:
        """Read a file by its path relative to the site folder; raises OSError."""
        return read_bytes(self._root, file)

    def read_include(self, file: str) -> tuple[str | None, str]:
        """Read a text file inside the site folder; without a text, say why in a short phrase."""
        return read_text_file(self._root, file)

    def digest_file(self, file: str) -> tuple[Digest | None, str]:
        """Digest a file of any kind inside the site folder; without a digest, say why in a short phrase."""
        return digest_named_file(self._root, file)

    def read_proofs(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Read what is on record of verified chapters, by path below the folder of proofs; missing files are left out."""
        from octavo.edges.proofstore import read_proofs  # noqa: PLC0415 - a site without tutorials need not know it

        return read_proofs(self._root, paths)

    def image_size(self, file: str) -> tuple[int, int]:
        """Measure an image in pixels; zeros where it is none."""
        return image_size(self.absolute(file))

    def git_head(self) -> str | None:
        """Give an id of the commit that is checked out, None outside a repository."""
        return git_head(self._root)

    def git_facts(self, content_dir: str) -> GitFacts:
        """Ask git for the last commit of every page."""
        return git_facts(self._root, content_dir)

    def absolute(self, file: str) -> str:
        """Give the absolute path of a file of the site folder, for copying."""
        return locate(self._root, file)
