"""Search indexes by Pagefind's binary, which comes in a wheel of its own.

As a command the binary numbers pages in the order in which the file system lists them, so that the same pages give
other bytes on another machine. In its service mode it takes pages in the order in which they are sent: messages of JSON
in Base64, each with a comma behind it, on its standard input, and answers of the same form. It touches no file.
"""

import base64
import contextlib
import importlib.metadata
import importlib.util
import os
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from octavo.engine.ports import IndexedPages

__all__ = ["PagefindIndexer"]

PACKAGE = "pagefind-bin"
MODULE = "pagefind_bin"
_NAMES = ("pagefind", "pagefind.exe")
LEAST_SECONDS = 120.0
SECONDS_PER_PAGE = 0.2
"""A page takes a few milliseconds: what lasts this much longer has stopped."""
_PAUSE = 0.1
_EXCLUDED = [".anchor", "button"]
"""Selectors of what is no text: the links of headings to themselves, and what a page can be asked to do."""
# Pagefind's own interface, which our dialog stands for, and its worker: the dialog needs none.
_OTHERS = (
    "pagefind-ui.",
    "pagefind-modular-ui.",
    "pagefind-component-ui.",
    "pagefind-highlight.",
    "pagefind-worker.",
)


class _File(msgspec.Struct):
    path: str
    content: bytes


class _Payload(msgspec.Struct):
    type: str
    message: str = ""
    index_id: int | None = None
    files: list[_File] | None = None


class _Answer(msgspec.Struct):
    payload: _Payload
    message_id: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode


class PagefindIndexer:
    """Makes search indexes with the binary that is installed beside Octavo; implements `SearchIndexer`."""

    def __init__(self) -> None:
        self._binary = _find_binary()
        self.identity = f"{PACKAGE} {_version()}" if self._binary else ""

    def index(self, pages: Iterable[tuple[str, str]]) -> IndexedPages:
        """Send the pages to a process of its own, and take the files of the index from it."""
        try:
            process = subprocess.Popen(
                [self._binary, "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # It looks for settings in its folder and in the environment; the site's own must not reach it.
                cwd=os.path.dirname(self._binary),
                env={name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")},
            )
        except OSError as fault:
            return IndexedPages({}, f"it cannot be run: {fault.strerror}")
        try:
            return _talk(process, pages)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what it was not sent any more is lost
                    if stream is not None:
                        stream.close()


def _find_binary() -> str:
    """Give the path of the binary in its package; empty where it is not installed."""
    spec = importlib.util.find_spec(MODULE)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        for name in _NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return path
    return ""


def _version() -> str:
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


class _Listener(threading.Thread):
    """Reads all answers, so that the process never waits for us, and ends one that has failed."""

    def __init__(self, process: "subprocess.Popen[bytes]", stream: IO[bytes]) -> None:
        super().__init__(name="octavo-pagefind", daemon=True)
        self._process = process
        self._stream = stream
        self.problem = ""
        self.files: list[_File] | None = None

    def run(self) -> None:
        """Read until the files have come, something is wrong, or the process has ended."""
        self._read()
        if self.files is None:
            self._process.kill()  # nobody shall wait to send it more

    def _read(self) -> None:
        try:
            for message in _messages(self._stream):
                payload = _decode(message).payload
                if payload.type == "Error":
                    self.problem = payload.message or "it gave no reason"
                    return
                if payload.files is not None:
                    self.files = payload.files
                    return
        except (ValueError, msgspec.MsgspecError):
            self.problem = "it answered what cannot be read"


class _Limit(threading.Thread):
    """Ends the process when it has had its time, whether we wait to send or to hear."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        super().__init__(name="octavo-pagefind-limit", daemon=True)
        self._process = process
        self._ended = threading.Event()
        self._deadline = time.monotonic() + seconds
        self._is_paused = False
        self.is_over = False

    def run(self) -> None:
        """Wait for the deadline, which may be put off meanwhile."""
        while (left := self._deadline - time.monotonic()) > 0 or self._is_paused:
            if self._ended.wait(max(left, _PAUSE)):
                return
        self.is_over = True
        self._process.kill()

    def pages(self, pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Give the pages; while one is waited for, no time runs, and each brings some."""
        source = iter(pages)
        while True:
            self._is_paused = True
            began = time.monotonic()
            try:
                page = next(source, None)
            finally:
                self._deadline += time.monotonic() - began + SECONDS_PER_PAGE
                self._is_paused = False
            if page is None:
                return
            yield page

    def cancel(self) -> None:
        """Let the process be."""
        self._ended.set()
        self.join()


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    pieces: list[bytes] = []
    while data := stream.read1(1 << 20):  # type: ignore[attr-defined]
        *whole, rest = data.split(b",")
        for end in whole:
            yield base64.b64decode(b"".join((*pieces, end)))
            pieces = []
        pieces.append(rest)


def _talk(process: "subprocess.Popen[bytes]", pages: Iterable[tuple[str, str]]) -> IndexedPages:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101 - as above
    listener = _Listener(process, process.stdout)
    listener.start()
    limit = _Limit(process, LEAST_SECONDS)
    limit.start()
    count = 0
    try:
        _send(process.stdin, 0, {"type": "NewIndex", "config": {"exclude_selectors": _EXCLUDED}})
        for count, (output, html) in enumerate(limit.pages(pages), start=1):
            page = {"type": "AddFile", "index_id": 0, "file_path": output, "file_contents": html}
            if not _send(process.stdin, count, page):
                break  # it has ended: the listener knows more
        _send(process.stdin, count + 1, {"type": "GetFiles", "index_id": 0})
    except BaseException:
        limit.cancel()
        raise
    listener.join()
    limit.cancel()
    if limit.is_over:
        return IndexedPages({}, "it took too long")
    if listener.files is None:
        return IndexedPages({}, listener.problem or "it stopped without an answer")
    files = {
        file.path.replace("\\", "/"): file.content
        for file in listener.files
        if not file.path.startswith(_OTHERS)
    }
    return IndexedPages(dict(sorted(files.items())))


def _send(stream: IO[bytes], number: int, payload: dict[str, Any]) -> bool:
    """Send one message; False where nobody reads it any more."""
    message = msgspec.json.encode({"message_id": number, "payload": payload})
    try:
        stream.write(base64.b64encode(message) + b",")
        stream.flush()
    except OSError:
        return False
    return True
