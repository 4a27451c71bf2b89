"""Paths and addresses that authors write into front matter and site.yaml, checked as text.

Nothing here may lead out of the site: the checks are lexical and hold on every platform, and those who open files
check the real paths again. This module touches no disk.
"""

import posixpath
import re
import unicodedata
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from octavo.fields import INVALID, FieldReport, read_text
from octavo.urls import resolve_path
from octavo.yamlnodes import YamlNode

__all__ = [
    "decode_path",
    "read_asset_path",
    "read_component",
    "read_image_path",
    "read_inner_path",
    "read_old_address",
    "read_site_url",
    "read_template_name",
    "read_web_address",
]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
# Characters that a file name cannot hold on Windows; a site must build on every platform.
_UNPORTABLE = re.compile(r'[<>:"|?*]')
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f]")
# Device names of Windows, with any suffix ("Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³])(?: *\..*| *)", re.IGNORECASE)
# RFC 3986, section 3.3: what a path may hold, the percent sign of what is encoded already among it.
_PATH_SAFE = "/%!$&'()*+,;=:@-._~"
_NAME_BYTES = 200
_PATH_BYTES = 1024
_STAY = "write a path that stays inside the site"


def read_component(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read one component of a path, such as a slug; gives it composed (NFC), as file names are."""
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    problem = ""
    if "/" in text or "\\" in text:
        problem = "must be one component of an address, without slashes"
    elif _PERCENT.search(text):
        problem = "must not be percent-encoded"
    elif text:
        problem = _name_problem(text)
    if problem:
        return _refused(problem, node, key, report, "write a short name such as `routing`")
    return unicodedata.normalize("NFC", text)


def _name_problem(name: str) -> str:
    """Say why no file can have a name on every platform, or no host would answer for it; empty where nothing does."""
    if not name.strip("."):
        return "must not consist of dots"
    if name.startswith(".") and name != ".well-known":
        return "must not begin with a dot, which hides a file"
    if match := _UNPORTABLE.search(name):
        return f"must not hold `{match[0]}`"
    if name.endswith((".", " ")):
        return "must not end in a dot or a space"
    if _DEVICE.fullmatch(name):
        return "is reserved on Windows"
    is_long = len(name.encode("utf-8", "replace")) > _NAME_BYTES
    return f"must not be longer than {_NAME_BYTES} bytes" if is_long else ""


def _refused(problem: str, node: YamlNode, key: str, report: FieldReport, hint: str = _STAY) -> Any:
    report.add("unsafe-path", f"`{key}` {problem}", node, hint)
    return INVALID


def _local_problem(text: str) -> str:
    """Say what keeps a text from being a path on this site; empty where nothing does."""
    if "\\" in text:
        return "holds a backslash"
    if text.startswith("//"):
        return "names another host"
    if _SCHEME.match(text):
        return "begins with a scheme or a drive letter"
    if text.startswith("~"):
        return "begins with `~`"
    return ""


def decode_path(text: str) -> str:
    """Undo percent-encoding until nothing changes, as lenient servers do twice."""
    for _ in range(4):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def read_old_address(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read an old address of a page: a path below the site's root, percent-encoded or not, as the author wrote it."""
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    decoded = decode_path(text)
    problem = _local_problem(text) or _local_problem(decoded)
    if not problem and _HIDDEN.search(decoded):
        problem = "holds a control character"
    if not problem and (not decoded or ".." in decoded.split("/") or resolve_path("", decoded) is None):
        problem = "leaves the site"
    if not problem and ("?" in text or "#" in text):
        problem = "holds a query or a fragment, which no static page can answer"
    if not problem:
        parts = decoded.removeprefix("/").removesuffix("/").split("/")
        problem = next((found for part in parts if (found := _part_problem(part))), "")
    if not problem and len(decoded.encode("utf-8", "replace")) > _PATH_BYTES:
        problem = f"must not be longer than {_PATH_BYTES} bytes"
    if problem:
        return _refused(problem, node, key, report, "write a path such as `old/page/`")
    return unicodedata.normalize("NFC", text)


def _part_problem(part: str) -> str:
    return _name_problem(part) if part else "must have a name between two slashes"


def read_template_name(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the name of a template below `templates/`."""
    text = read_text(node, key, report)
    if text is INVALID:
        return INVALID
    parts = decode_path(text).split("/")
    problem = _local_problem(text)
    if not problem and (any(part.strip(".") == "" for part in parts) or _HIDDEN.search(decode_path(text))):
        problem = "leaves the folder of templates"
    hint = "write a name below `templates/`, such as `page.html`"
    return _refused(problem, node, key, report, hint) if problem else text


def read_image_path(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a file of the site as links write it, relative to the page or from the root, or an address of the web."""
    text = read_text(node, key, report)
    if text is INVALID or not text:
        return text
    if text.lower().startswith(("http://", "https://")):
        return read_web_address(node, key, report)
    decoded = decode_path(text)
    problem = _local_problem(text) or _local_problem(decoded)
    if not problem and _HIDDEN.search(decoded):
        problem = "holds a control character"
    return (
        _refused(problem, node, key, report, "put the file into the content folder and name it")
        if problem
        else text
    )


def read_inner_path(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a relative path without a way out; gives it without `./`, doubled slashes and a slash at the end."""
    text = read_text(node, key, report)
    if text is INVALID or not text:
        return text
    problem = _local_problem(text)
    if not problem and text.startswith("/"):
        problem = "begins with a slash"
    if not problem and resolve_path("", text) is None:
        problem = "leaves the site folder"
    return (
        _refused(problem, node, key, report, "write a relative path") if problem else posixpath.normpath(text)
    )


def read_asset_path(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the path of a file below the content folder."""
    path = read_inner_path(node, key, report)
    if path == ".":
        return _refused("names a folder", node, key, report, "write the path of a file")
    return path


def read_web_address(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read an absolute `http` or `https` address."""
    text = read_text(node, key, report)
    if text is INVALID or not text:
        return text
    problem = _web_problem(text)
    if problem:
        hint = "write an address such as `https://example.org/`"
        return report.invalid(key, node, problem, hint)
    return text


def _web_problem(text: str) -> str:
    """Say what keeps a text from being an address of the web; empty where nothing does."""
    try:
        parts = urlsplit(text)
        port_is_wrong = parts.port == 0
    except ValueError:
        return "is no valid address"
    if parts.scheme not in ("http", "https"):
        return "must begin with `https://` or `http://`"
    if not parts.hostname or port_is_wrong:
        return "must name a host"
    if any(char.isspace() or char in '"<>\\^`{|}' for char in text):
        return "holds a character that addresses must encode"
    return "must not hold a user name or password" if "@" in parts.netloc else ""


def read_site_url(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read the address of the site itself; gives it with scheme and host in lower case and a slash at the end."""
    text = read_web_address(node, key, report)
    if text is INVALID or not text:
        return text
    parts = urlsplit(text)
    if "?" in text or "#" in text:
        return report.invalid(
            key, node, "must have no query and no fragment", "write the address of the home page"
        )
    path = decode_path(parts.path.rstrip("/"))
    if "//" in path or any(part in (".", "..") for part in path.split("/")):
        return report.invalid(key, node, "must have a plain path", "write the address of the home page")
    host = _ascii_host(parts.netloc.lower())
    if not host:
        return report.invalid(
            key, node, "must name a host", "write an address such as `https://example.org/`"
        )
    # Letters of other scripts are encoded (RFC 3987, section 3.1): the sitemap protocol takes nothing else.
    return f"{parts.scheme}://{host}{quote(parts.path.rstrip('/'), safe=_PATH_SAFE)}/"


def _ascii_host(netloc: str) -> str:
    """Write a host in ASCII (RFC 3490); empty where it cannot be written so."""
    if netloc.isascii():
        return netloc
    host, colon, port = netloc.partition(":")
    try:
        return host.encode("idna").decode("ascii") + colon + port
    except UnicodeError:
        return ""
