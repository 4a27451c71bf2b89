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
_IMPORT = re.compile(rb"""@import\s*(["'])([^"']+)\1""")
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

    *files* holds bytes by name (`css/base.css`). A style sheet's relative `url(...)` and `@import` are rewritten to
    the fingerprinted names before its own digest is taken; a reference to a file that is not there stays as it is.
    """
    outputs: dict[str, str] = {}
    data: dict[str, bytes] = {}

    def publish(name: str, above: tuple[str, ...]) -> str:
        if name in outputs:
            return outputs[name]
        content = files[name]
        if name.endswith(".css"):
            content = rewrite(name, content, (*above, name))
        stem, suffix = posixpath.splitext(name)
        outputs[name] = f"assets/{stem}.{digest_bytes(content)[:10]}{suffix}"
        data[outputs[name]] = content
        return outputs[name]

    def rewrite(name: str, content: bytes, above: tuple[str, ...]) -> bytes:
        folder = posixpath.dirname(name)

        def rewritten(match: re.Match[bytes]) -> bytes:
            target = match[2].decode("utf-8", "replace")
            path = _SUFFIX.sub("", target)
            found = posixpath.normpath(posixpath.join(folder, unquote(path)))
            if found not in files or found in above:
                return match[0]
            output = publish(found, above)
            relative = posixpath.relpath(output, posixpath.join("assets", folder))
            address = (encode_path(relative) + target[len(path) :]).encode()
            start, end = match.start(2) - match.start(), match.end(2) - match.start()
            return match[0][:start] + address + match[0][end:]

        return _IMPORT.sub(rewritten, _URL.sub(rewritten, content))

    for name in sorted(files):
        publish(name, ())
    cards = tuple(
        ThemeAsset(name=name, output=outputs[name], digest=Digest(digest_bytes(data[outputs[name]])))
        for name in sorted(outputs)
    )
    return PublishedAssets(cards, data)
