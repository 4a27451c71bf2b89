"""Which folders a site is made from."""

import posixpath

from octavo.engine.tutorialfiles import PROOFS, starter_folder
from octavo.preview.generation import Generation
from octavo.preview.ports import WatchedFolder

__all__ = ["watched_folders"]


def watched_folders(
    generation: Generation, root: str, linked: tuple[WatchedFolder, ...]
) -> tuple[WatchedFolder, ...]:
    """Name the folders whose files may change the site.

    *root* is the absolute folder of site.yaml, *linked* are folders that links in the content lead to. The content,
    the theme, the files that a tutorial starts from and the proofs of chapters are watched with all below them; the
    site's own folder and those of other files that pages are made from without.
    """
    config = generation.planned.snapshot.config
    theme = config.theme.name or "theme"
    deep = {
        posixpath.normpath(posixpath.join(root, config.content_dir)),
        posixpath.normpath(posixpath.join(root, theme)),
        *(folder.path for folder in linked if folder.recursive),
    }
    outlines = generation.planned.slices.assembly.tutorials
    starters = (starter_folder(outline, config.content_dir) for outline in outlines if outline.settings.files)
    deep |= {posixpath.normpath(posixpath.join(root, folder)) for folder in starters if folder}
    if outlines:
        deep.add(posixpath.join(root, PROOFS))
    flat = {root}
    flat |= {folder.path for folder in linked if not folder.recursive}
    for row in generation.planned.documents.rows.values():
        for file, _ in row.includes:
            flat.add(posixpath.dirname(posixpath.join(root, file)))
    for file in generation.planned.plan.tutorials.paths:
        flat.add(posixpath.normpath(posixpath.dirname(posixpath.join(root, file))))
    found = [WatchedFolder(path, recursive=True) for path in sorted(deep)]
    found += [
        WatchedFolder(path, recursive=False)
        for path in sorted(flat)
        if path not in deep and not any(path.startswith(f"{above}/") for above in deep)
    ]
    return tuple(found)
