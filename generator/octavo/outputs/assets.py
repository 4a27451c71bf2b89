"""The theme's assets under names that hold their content's digest, so that hosts may cache them for ever."""

import posixpath
import re
from collections.abc import Mapping

import msgspec

from octavo.context import ThemeAsset
from octavo.digest import Digest, digest_bytes

__all__ = ["PublishedAssets", "publish_assets"]

# CSS Syntax Module Level 3, url() with and without quotes; data: and absolute addresses stay as they are.
_URL = re.compile(rb"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")
_IMPORT = re.compile(rb"""@import\s+(["'])([^"']+)\1""")


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

        def address(match: re.Match[bytes]) -> bytes:
            target = match[2].decode("utf-8", "replace")
            path, mark, fragment = target.partition("#")
            found = posixpath.normpath(posixpath.join(folder, path))
            if found not in files or found in above:
                return match[0]
            output = publish(found, above)
            relative = posixpath.relpath(output, posixpath.join("assets", folder))
            return match[0].replace(match[2], (relative + mark + fragment).encode())

        return _IMPORT.sub(address, _URL.sub(address, content))

    for name in sorted(files):
        publish(name, ())
    cards = tuple(
        ThemeAsset(name=name, output=outputs[name], digest=Digest(digest_bytes(data[outputs[name]])))
        for name in sorted(outputs)
    )
    return PublishedAssets(cards, data)
