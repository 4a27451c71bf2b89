"""Decides whether a folder may become the output, and where its spare goes."""

import os
from collections.abc import Sequence

from octavo.edges.contain import is_inside
from octavo.edges.faults import environment_fault
from octavo.edges.names import is_junk
from octavo.errors import EnvironmentFault, UsageError

__all__ = ["GENERATION_FILE", "check_output_folder", "choose_spare"]

GENERATION_FILE = ".octavo-generation"
"""Stands in every tree of ours that is whole, and holds its generation id."""

_CHOOSE = "choose another folder with `site_dir` in site.yaml or `-d`"


def choose_spare(site_root: str, cache_dir: str, live: str) -> str:
    """Give the place of the spare tree: on the file system of the live one, since only there an exchange works.

    It is `octavo-spare` in the cache folder, or a hidden sibling of the live folder where the cache is on another file system
    or cannot be written. All paths may be relative to the site folder.
    """
    real_live = os.path.realpath(os.path.join(site_root, live))
    cache = os.path.join(site_root, cache_dir)
    above_live, above_cache = _existing(os.path.dirname(real_live)), _existing(cache)
    if os.stat(above_live).st_dev == os.stat(above_cache).st_dev and os.access(above_cache, os.W_OK):
        return os.path.join(os.path.realpath(cache), "octavo-spare")
    parent, name = os.path.split(real_live)
    return os.path.join(parent, f".{name}.octavo-spare")


def _existing(path: str) -> str:
    path = os.path.abspath(path)
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def check_output_folder(
    site_root: str,
    content: str,
    live: str,
    *,
    others: Sequence[str] = (),
) -> None:
    """Refuse an output folder whose replacement would destroy something that is not ours.

    *content* and *live* may be relative to the site folder; *others* are more sources (the theme). A folder
    with files and without our generation file was made by somebody else. Raises UsageError; EnvironmentFault for a mount point, which cannot be exchanged.
    """
    root = os.path.realpath(site_root)
    real = os.path.realpath(os.path.join(root, live))
    if is_inside(real, root):
        raise _refuse(live, "it is the site folder or holds it")
    if is_inside(real, os.path.realpath(os.path.expanduser("~"))):
        raise _refuse(live, "it is your home folder or holds it")
    for source in (content, *others):
        real_source = os.path.realpath(os.path.join(root, source))
        if real == real_source or is_inside(real, real_source):
            raise _refuse(live, f"it is or holds the source folder `{source}`")
        if is_inside(real_source, real) and real_source != root:
            raise _refuse(live, f"it lies inside the source folder `{source}`")
    if {".git", ".octavo"} & set(os.path.relpath(real, root).split(os.sep)):
        raise _refuse(live, "it lies inside `.git` or `.octavo`")
    _check_contents(live, real)


def _check_contents(live: str, real: str) -> None:
    try:
        names = set(os.listdir(real))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise _refuse(live, "it is not a folder") from None
    except OSError as error:
        raise environment_fault(error, "read the output folder", live) from None
    if ".git" in names:
        raise _refuse(live, "it holds a git repository")
    if any(not is_junk(name) for name in names) and GENERATION_FILE not in names:
        raise UsageError(
            f"the output folder `{live}` is not empty and was not made by octavo",
            hint=f"empty it, or {_CHOOSE}",
        )
    if os.path.ismount(real):
        raise EnvironmentFault(
            f"the output folder `{live}` is a mount point and cannot be replaced in one step",
            hint=f"build into a folder inside it, such as `-d {live.rstrip('/')}/site`",
        )


def _refuse(live: str, reason: str) -> UsageError:
    return UsageError(f"refusing to build into `{live}`: {reason}", hint=_CHOOSE)
