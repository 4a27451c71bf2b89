"""Reads regular files, and only those, without following a name into trouble.

Files are opened non-blocking and checked after opening: a pipe, a device or a folder that stands where a file is
expected neither hangs nor fills the memory.
"""

import errno
import hashlib
import os
import stat
import unicodedata

from octavo.digest import Digest
from octavo.edges.contain import contain
from octavo.edges.faults import reason_of
from octavo.edges.names import is_private_path

__all__ = [
    "digest_file",
    "digest_named_file",
    "image_size",
    "locate",
    "open_regular",
    "read_bytes",
    "read_file",
    "read_text_file",
]

MAX_INCLUDE_BYTES = 2 * 1024 * 1024
MAX_DIGESTED_BYTES = 64 * 1024 * 1024

_CHUNK = 1 << 20
_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file for reading; gives the descriptor and its status, raises OSError."""
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)  # noqa: TRY301 - one exit closes the file
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def _read_all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    # The file grew or shrank since its status was taken, or the read was short: go on to the end.
    parts = [data]
    while data:
        data = os.read(descriptor, _CHUNK)
        parts.append(data)
    return b"".join(parts)


def read_bytes(root: str, relative: str) -> bytes:
    """Read a file by its POSIX path below a folder; raises OSError.

    The path comes from a scan, which has checked where it leads.
    """
    try:
        return read_file(os.path.join(root, relative))
    except FileNotFoundError:
        return read_file(locate(root, relative))


def read_file(path: str) -> bytes:
    """Read a regular file; raises OSError."""
    descriptor, status = open_regular(path)
    try:
        return _read_all(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def locate(root: str, relative: str) -> str:
    """Give the absolute path of a file known by its NFC path, also where the disk spells a name in NFD.

    Where nothing matches, the plain path is given, so that opening it tells what is wrong.
    """
    plain = os.path.join(root, relative)
    if relative.isascii() or os.path.lexists(plain):
        return plain
    folder = root
    for part in relative.split("/"):
        try:
            names = os.listdir(folder)
        except OSError:
            return plain
        spelled = next((name for name in sorted(names) if unicodedata.normalize("NFC", name) == part), part)
        folder = os.path.join(folder, spelled)
    return folder


def digest_file(path: str) -> tuple[Digest, os.stat_result]:
    """Digest a file in pieces, like `octavo.digest.digest_bytes`; gives the status it had when opened."""
    descriptor, status = open_regular(path)
    try:
        state = hashlib.blake2b(digest_size=16)
        while data := os.read(descriptor, _CHUNK):
            state.update(data)
    finally:
        os.close(descriptor)
    return Digest(state.hexdigest()), status


def read_text_file(site_root: str, relative: str) -> tuple[str | None, str]:
    """Read a text file that an author names; gives the text, or None and a phrase that says why not.

    The file must lie in the site folder, also once all links are followed; it must be regular, UTF-8 and at most
    2 MiB, and nothing that a site must never show.
    """
    real, reason = _find_named(site_root, relative)
    if real is None:
        return None, reason
    try:
        descriptor, status = open_regular(real)
    except OSError as error:
        return None, _open_problem(error)
    try:
        if status.st_size > MAX_INCLUDE_BYTES:
            return None, "is larger than 2 MiB"
        data = _read_all(descriptor, status.st_size)
    except OSError as error:
        return None, f"cannot be read: {reason_of(error)}"
    finally:
        os.close(descriptor)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, "is not UTF-8 text"
    return (None, "is not UTF-8 text") if "\0" in text else (text, "")


def digest_named_file(site_root: str, relative: str) -> tuple[Digest | None, str]:
    """Digest a file of any kind that an author names; gives the digest, or None and a phrase that says why not.

    The same files as for `read_text_file`, up to 64 MiB.
    """
    real, reason = _find_named(site_root, relative)
    if real is None:
        return None, reason
    try:
        if os.stat(real).st_size > MAX_DIGESTED_BYTES:
            return None, "is larger than 64 MiB"
        return digest_file(real)[0], ""
    except OSError as error:
        return None, _open_problem(error)


def _find_named(site_root: str, relative: str) -> tuple[str | None, str]:
    """Give the real path of a file that an author names, or None and a phrase that says why it cannot be used."""
    if os.path.isabs(relative) or "\0" in relative:
        return None, "is outside the site folder"
    real = contain(site_root, locate(site_root, relative))
    if real is None:
        return None, "is outside the site folder"
    inside = os.path.relpath(real, os.path.realpath(site_root)).replace(os.sep, "/")
    return (None, "is private") if is_private_path(inside) else (real, "")


def _open_problem(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "does not exist"
    if error.errno in (errno.EINVAL, errno.EISDIR, errno.ENXIO):
        return "is not a regular file"
    return f"cannot be read: {reason_of(error)}"


def image_size(path: str) -> tuple[int, int]:
    """Measure an image in CSS pixels from its header; `(0, 0)` for anything that is no image we know."""
    # The library takes 40 ms to import and is needed only where a site has images that changed.
    import imagesize  # noqa: PLC0415

    try:
        descriptor, _ = open_regular(path)
        # A file object, never the path: the library would fetch a path that looks like an address.
        with os.fdopen(descriptor, "rb") as file:
            width, height = imagesize.get(file)
        return (round(width), round(height)) if width > 0 and height > 0 else (0, 0)
    except Exception:  # noqa: BLE001 - a broken image is no reason to fail; the library raises many kinds
        return 0, 0
