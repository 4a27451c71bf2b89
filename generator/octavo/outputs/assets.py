"""The theme's assets under names that hold their content's digest, so that hosts may cache them for ever."""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from octavo.context import ThemeAsset
from octavo.digest import Digest, digest_bytes
from octavo.urls import encode_path

__all__ = ["PublishedAssets", "publish_assets"]

# CSS Syntax Module Level 3, url() with and without quotes; data: and absolute addresses stay as they are.
_URL = re.compile(rb"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")
_IMPORT = re.compile(rb"""@import\s*(["'])([^"']+)\1\s*([^;{}]*);?""")
# A layer or a condition of support cannot be written around a sheet as a media query can.
_NOT_MEDIA = re.compile(rb"layer\b|supports\b")
# What no browser needs, outside of texts in quotes: comments, and space at braces, semicolons and commas and behind colons.
# Behind an escaped colon, which is part of a name, space means "within".
_SPARE = re.compile(
    rb"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\s*/\*.*?\*/|\s*([{};,])\s*|(?<!\\)(:)\s+""", re.DOTALL
)
# What follows the path of an address: `font.eot?#iefix`, `sprite.svg#icon`.
_SUFFIX = re.compile(r"[?#].*", re.DOTALL)


class PublishedAssets(msgspec.Struct, frozen=True):
    """The theme's assets, ready to be written."""

    cards: tuple[ThemeAsset, ...]
    """Sorted by name."""
    data: dict[str, bytes]
    """Bytes by output."""


def publish_assets(files: Mapping[str, bytes]) -> PublishedAssets:
    """Fingerprint the files of a theme's `assets/` folder.

    *files* holds bytes by name (`css/base.css`). A style sheet's relative `url(...)` is rewritten to the fingerprinted
    name before its own digest is taken. A sheet that another one imports is put in the place of the `@import`, without
    its comments and spare spaces, so that a page asks for one file. A reference to a file that is not there stays as it is.
    """
    outputs: dict[str, str] = {}
    data: dict[str, bytes] = {}

    def publish(name: str, above: tuple[str, ...]) -> str:
        if name in outputs:
            return outputs[name]
        content = files[name]
        if name.endswith(".css"):
            content = rewrite(name, content, (*above, name), posixpath.dirname(name))
        stem, suffix = posixpath.splitext(name)
        outputs[name] = f"assets/{stem}.{digest_bytes(content)[:10]}{suffix}"
        data[outputs[name]] = content
        return outputs[name]

    def rewrite(name: str, content: bytes, above: tuple[str, ...], base: str) -> bytes:
        """Rewrite the references of a sheet, whose text is to stand in a sheet of the folder *base*."""
        folder = posixpath.dirname(name)

        def find(written: bytes) -> tuple[str, str]:
            target = written.decode("utf-8", "replace")
            path = _SUFFIX.sub("", target)
            found = posixpath.normpath(posixpath.join(folder, unquote(path)))
            return (found if found in files and found not in above else ""), target[len(path) :]

        def rewritten(match: re.Match[bytes]) -> bytes:
            found, suffix = find(match[2])
            if not found:
                return match[0]
            relative = posixpath.relpath("/" + publish(found, above), posixpath.join("/assets", base))
            address = (encode_path(relative) + suffix).encode()
            start, end = match.start(2) - match.start(), match.end(2) - match.start()
            return match[0][:start] + address + match[0][end:]

        def joined(match: re.Match[bytes]) -> bytes:
            found, _ = find(match[2])
            condition = match[3].strip()
            if not found or _NOT_MEDIA.match(condition):
                return rewritten(match)
            text = rewrite(found, files[found], (*above, found), base)
            text = _SPARE.sub(lambda part: part[1] or part[2] or part[3] or b"", text).strip()
            return b"@media " + condition + b" {\n" + text + b"\n}" if condition else text

        return _IMPORT.sub(joined, _URL.sub(rewritten, content))

    for name in sorted(files):
        publish(name, ())
    cards = tuple(
        ThemeAsset(name=name, output=outputs[name], digest=Digest(digest_bytes(data[outputs[name]])))
        for name in sorted(outputs)
    )
    return PublishedAssets(cards, data)
