"""Paths of a project: one rule that says which names its files can have.

The rule is lexical and holds on every platform: what passes it lies inside the folder wherever it is unpacked.
"""

import re
import unicodedata

from octavo.model import Value

__all__ = ["PathRefusal", "read_project_path"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UNPORTABLE = re.compile(r'[<>:"|?*]')
# Device names of Windows, with any suffix ("Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³])(?: *\..*| *)", re.IGNORECASE)
_LONGEST_NAME = 200
_LONGEST_PATH = 1_000
_RELATIVE = "write the path relative to the project, such as `app.py` or `templates/base.html`"


class PathRefusal(Value, frozen=True):
    """Why a text names no file of a project."""

    message: str
    hint: str = _RELATIVE


def read_project_path(text: str) -> str | PathRefusal:
    """Give the path of a project's file in its one form, composed (NFC) and with slashes, or why it is none."""
    shown = _CONTROL.sub("\ufffd", text)[:80]
    problem = _problem(text)
    if problem:
        return PathRefusal(message=f"`{shown}` {problem}")
    parts = text.removeprefix("./").split("/")
    for part in parts:
        if problem := _name_problem(part):
            return PathRefusal(
                message=f"`{shown}` {problem}", hint="choose a name that every system can hold"
            )
    return unicodedata.normalize("NFC", "/".join(parts))


def _problem(text: str) -> str:
    if _CONTROL.search(text):
        return "holds a control character"
    if "\\" in text:
        return "holds a backslash"
    if text.startswith("/"):
        return "begins with a slash, and no file of the project does"
    if _DRIVE.match(text):
        return "begins with a drive letter or a scheme"
    if text.startswith("~"):
        return "begins with `~`"
    if ".." in text.split("/"):
        return "leaves the project folder"
    if text.endswith("/") or not text.removeprefix("./"):
        return "names a folder"
    too_long = len(text.encode("utf-8", "replace")) > _LONGEST_PATH
    return f"is longer than {_LONGEST_PATH:,} bytes" if too_long else ""


def _name_problem(name: str) -> str:
    if not name.strip("."):
        return "holds a part that is no name"
    if name.casefold() == ".git":
        return "lies in `.git`"
    if found := _UNPORTABLE.search(name):
        return f"holds `{found[0]}`"
    if name.endswith((".", " ")) or name.startswith(" "):
        return "has a name that begins or ends in a space, or ends in a dot"
    if _DEVICE.fullmatch(name):
        return "is reserved on Windows"
    return f"has a name longer than {_LONGEST_NAME} bytes" if len(name.encode()) > _LONGEST_NAME else ""
