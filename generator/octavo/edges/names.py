r"""What the name of a file alone tells: skip it, refuse it, or suspect a secret.

Names are judged alike on every system, so that a site that builds on one builds on all: the rules for Windows are
those of Microsoft's page "Naming Files, Paths, and Namespaces". This module touches no disk.
"""

import os
import re

__all__ = [
    "display_name",
    "is_content_skipped",
    "is_junk",
    "is_private_path",
    "is_secret",
    "is_theme_skipped",
    "may_hold_key",
    "name_problem",
]

MAX_NAME_BYTES = 255

_PLAIN = re.compile(r"[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]")
_NOT_PORTABLE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³])(?: *\..*| *)", re.IGNORECASE | re.DOTALL
)
_JUNK = re.compile(
    r"\.#.*|#.*#|.*~|.*\.sw[a-p]|4913|.*___jb_(?:tmp|old|bak)___|.*\.crswap|\.DS_Store|Thumbs\.db|desktop\.ini"
    r"|node_modules",
    re.DOTALL,
)
_KEPT_HIDDEN = frozenset({".well-known", ".nojekyll"})
_SECRET = re.compile(
    r"\.env(?:\..*)?|.*\.(?:pem|p12|pfx|ppk|jks|keystore|kdbx)|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?"
    r"|\.netrc|\.pgpass|\.npmrc|\.pypirc|\.git-credentials",
    re.IGNORECASE | re.DOTALL,
)
_SHARED_EXAMPLE = re.compile(r"\.env\.(?:example|sample|template|dist)", re.IGNORECASE)
_PRIVATE_FOLDERS = frozenset({".git", ".octavo", ".ssh", ".gnupg"})


def is_junk(name: str) -> bool:
    """Tell whether an editor or a file manager left this behind: locks, backups, swap files, thumbnails."""
    return _JUNK.fullmatch(name) is not None


def is_content_skipped(name: str) -> bool:
    """Tell whether the content scan passes over a name in silence: hidden, private by `_`, or junk."""
    if name[0] in "._":
        return name not in _KEPT_HIDDEN
    return is_junk(name)


def is_theme_skipped(name: str) -> bool:
    """Tell whether the theme scan passes over a name in silence: hidden or junk; templates may begin with `_`."""
    return name[0] == "." or is_junk(name)


def is_secret(name: str) -> bool:
    """Tell whether a name is usual for keys and passwords."""
    return _SECRET.fullmatch(name) is not None and _SHARED_EXAMPLE.fullmatch(name) is None


def may_hold_key(name: str) -> bool:
    """Tell whether the content must decide: `.key` is a private key here and a slide show there."""
    return name.lower().endswith(".key")


def is_private_path(relative: str) -> bool:
    """Tell whether a POSIX path leads to what a site must never show: `.git/config` holds a token on most CI."""
    return any(part in _PRIVATE_FOLDERS or is_secret(part) for part in relative.split("/"))


def name_problem(name: str) -> str:
    """Say why a name cannot be used on every system, in a phrase; empty where it can."""
    if _PLAIN.fullmatch(name) and len(name) <= MAX_NAME_BYTES:
        return "is reserved on Windows" if _RESERVED.fullmatch(name) else ""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "is not valid UTF-8"
    if size > MAX_NAME_BYTES:
        return f"is longer than {MAX_NAME_BYTES} bytes"
    if _RESERVED.fullmatch(name):
        return "is reserved on Windows"
    if found := _NOT_PORTABLE.search(name):
        return f"holds `{display_name(found[0])}`, which Windows does not allow"
    return "ends in a dot or a space, which Windows drops" if name[-1] in ". " else ""


def display_name(text: str) -> str:
    """Make a name or path printable: control characters and bytes that are not UTF-8 are escaped."""
    if text.isprintable():
        return text
    readable = os.fsencode(text).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in readable
    )
