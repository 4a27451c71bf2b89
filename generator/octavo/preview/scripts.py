"""The scripts of the preview's browser end, as they are served."""

import functools
import os
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["browser_scripts"]

_FOLDER = os.path.join(os.path.dirname(__file__), "browser")
_NAMES = ("preview.js", "listener.js", "panel.js", "morph.js", "idiomorph.js")


@functools.cache
def browser_scripts() -> Mapping[str, bytes]:
    """Give the scripts, which are read once; the keys are their names below `/-octavo/`."""
    scripts: dict[str, bytes] = {}
    for name in _NAMES:
        with open(os.path.join(_FOLDER, name), "rb") as file:
            scripts[name] = file.read()
    return MappingProxyType(scripts)
