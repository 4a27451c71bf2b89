"""What a new site installs: one argument of `pip install`.

It ends up in a recipe of make and in a workflow; this module decides what it may be, `plan` quotes it.
"""

import os
import re

from octavo.errors import UsageError

__all__ = ["local_path", "read_requirement"]

_ARCHIVES = (".whl", ".zip", ".tar.gz")
_EXTRAS = re.compile(r"\[[^\[\]]*\]$")


def read_requirement(text: str, site_folder: str) -> str:
    """Check a requirement and give it as the site's own Makefile needs it.

    A path that leads to a file or folder from the working folder is made relative to *site_folder*, where make runs;
    every other text is taken as it is, without the white space around it.

    Raises:
        UsageError: it is empty, is an option of pip, or holds a line end or another character that cannot be shown.

    """
    requirement = text.strip()
    if not requirement:
        raise UsageError("the requirement is empty", hint="leave `--requirement` out to install `octavo`")
    if requirement.startswith("-"):
        raise UsageError(
            f"the requirement `{requirement}` is an option of pip",
            hint="give a name, an address or a path, such as `octavo>=0.1`",
        )
    if not requirement.isprintable():
        raise UsageError(
            "the requirement holds a line end or another control character", hint="give it as one line"
        )
    path = local_path(requirement)
    if not path or os.path.isabs(path) or not os.path.exists(path):
        return requirement
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(site_folder)).replace(os.sep, "/")
    # Without a slash pip would take a folder for the name of a package.
    return (relative if "/" in relative else f"./{relative}") + requirement[len(path) :]


def local_path(requirement: str) -> str:
    """Give the path of a requirement that names a file or a folder, without its extras; else empty text."""
    path = _EXTRAS.sub("", requirement)
    if "://" in path or " @ " in path:
        return ""
    is_path = "/" in path or os.sep in path or path in {".", ".."} or path.endswith(_ARCHIVES)
    return path if is_path else ""
