"""Removing what builds made: an output folder that is ours, and the cache."""

import os

from octavo.edges.faults import environment_fault
from octavo.edges.outputfolder import GENERATION_FILE
from octavo.edges.treefiles import remove_tree

__all__ = ["remove_cache", "remove_output"]


def remove_output(live: str) -> bool:
    """Remove an output folder that a build made; False where there is none. A link to a folder stays.

    The caller has checked the folder with `check_output_folder`; a folder without our generation file is left alone.
    """
    real = os.path.realpath(live)
    if not os.path.isfile(os.path.join(real, GENERATION_FILE)):
        return False
    _remove(real, live)
    parent, name = os.path.split(real)
    sibling = os.path.join(parent, f".{name}.octavo-spare")
    if os.path.isdir(sibling):
        _remove(sibling, sibling)
    return True


def remove_cache(cache: str) -> bool:
    """Remove the cache folder; False where there is none."""
    if not os.path.isdir(cache) or os.path.islink(cache):
        return False
    _remove(cache, cache)
    return True


def _remove(path: str, shown: str) -> None:
    try:
        remove_tree(path)
    except OSError as problem:
        raise environment_fault(problem, "remove", shown) from None
