"""Addresses of pages and files, as pure text.

A *url* here is the path of a page below the site's root, without a leading slash and percent-decoded: `""` is the
home page, `flask/routing/` a page, `img/map.png` an asset. An *output* is the file that answers it:
`flask/routing/index.html`. This module touches no disk.
"""

import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

__all__ = [
    "base_path",
    "encode_path",
    "is_external",
    "output_of",
    "relative_href",
    "resolve_path",
    "root_prefix",
    "split_target",
    "url_of",
]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# RFC 3986, section 3.3: pchar without the percent sign; "~" and the rest are quoted by urllib as needed.
_SAFE = "!$&'()*+,;=:@-._~/"


def output_of(url: str) -> str:
    """Give the output file of a url: a url that is empty or ends in a slash is a folder's `index.html`."""
    return url + "index.html" if not url or url.endswith("/") else url


def url_of(output: str) -> str:
    """Give the url that an output file answers; the inverse of `output_of`."""
    if output == "index.html":
        return ""
    return output[: -len("index.html")] if output.endswith("/index.html") else output


def encode_path(path: str) -> str:
    """Percent-encode a path for use in `href`, the sitemap and the manifest (RFC 3986, section 3.3)."""
    return quote(path, safe=_SAFE)


def root_prefix(url: str) -> str:
    """Give the relative way from a page to the root of the site: `../../` for `flask/routing/`, `./` for home."""
    return "../" * url.count("/") or "./"


def base_path(site_url: str) -> str:
    """Give the path of the site's root on its host, with slashes around it: `/` where *site_url* is empty or has none."""
    return f"/{urlsplit(site_url).path.strip('/')}/".replace("//", "/")


def relative_href(from_url: str, to_url: str, fragment: str = "") -> str:
    """Give the percent-encoded relative reference from one page to another url of the site.

    A reference to the page itself is its fragment alone, or `./` and the like where there is none. The result never
    begins with a slash and never has a first segment with a colon (RFC 3986, section 4.2).
    """
    suffix = "#" + quote(fragment, safe="!$&'()*+,;=:@-._~/?") if fragment else ""
    if from_url == to_url and suffix:
        return suffix
    base = from_url.split("/")[:-1]
    goal = to_url.split("/")
    common = 0
    while common < len(base) and common < len(goal) - 1 and base[common] == goal[common]:
        common += 1
    path = "../" * (len(base) - common) + encode_path("/".join(goal[common:]))
    if not path:
        path = "./"
    elif ":" in path.split("/", 1)[0]:
        path = "./" + path
    return path + suffix


def is_external(target: str) -> bool:
    """Tell whether a link target leaves the site: it has a scheme or names a host."""
    return target.startswith("//") or _SCHEME.match(target) is not None


def split_target(target: str) -> tuple[str, str, str]:
    """Split a relative link target into its decoded path, its query and its decoded fragment."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return target, "", ""
    return unquote(parts.path), parts.query, unquote(parts.fragment)


def resolve_path(base_folder: str, path: str) -> str | None:
    """Resolve a relative POSIX path against a folder, lexically; None when it climbs out of the root.

    A leading slash means the root. A trailing slash is kept, since it tells a folder from a file.
    """
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(base_folder, path)
    normal = posixpath.normpath(joined) if joined else "."
    if normal == ".." or normal.startswith("../") or "\0" in normal:
        return None
    if normal == ".":
        return ""
    return normal + "/" if path.endswith(("/", "/.", "/..")) else normal
