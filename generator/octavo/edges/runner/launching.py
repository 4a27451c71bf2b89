"""Starting the process that runs one chapter, and hearing what it says.

The process gets no variable of ours but the places of programs, so that none can leak from it. It notices when we end, and
cleans up behind itself; a second cleaning happens here.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import IO

from octavo.edges.runner.leftovers import end_run, forget, record
from octavo.edges.runner.messages import Finished, Hello, Message, Order, encode_order, read_message
from octavo.edges.runner.surroundings import own_free_path

__all__ = ["ChapterEnd", "run_order"]

_PASSED_ON = ("PYTHONPATH", "PYTHONHOME", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_GRACE = 10.0
"""Seconds that the process has to clean up after it was asked to end."""


class ChapterEnd:
    """What is left to say when a chapter has ended."""

    def __init__(self, *, finished: Finished | None, stopped: bool, said: str) -> None:
        self.finished = finished
        """None where it was stopped, or the process ended before its time."""
        self.stopped = stopped
        self.said = said
        """The last lines that the process printed; only for reports of our own faults."""


def run_order(order: Order, hear: Callable[[Message], None], stop: threading.Event) -> ChapterEnd:
    """Run a chapter to its end, or until *stop* is set; *hear* is told of everything, in the thread that calls."""
    heard, told = os.pipe()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["PATH"] = own_free_path(os.environ.get("PATH", os.defpath))
    if order.interactive:
        environment["TERM"] = os.environ.get("TERM", "dumb")
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as asked:
        asked.write(encode_order(order))
        asked.seek(0)
        try:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "octavo.edges.runner",
                    str(told),
                    str(asked.fileno()),
                    str(os.getpid()),
                ],
                stdin=None if order.interactive else subprocess.DEVNULL,
                stdout=None if order.interactive else errors,
                stderr=None if order.interactive else errors,
                pass_fds=(told, asked.fileno()),
                env=environment,
                start_new_session=not order.interactive,
            )
        finally:
            os.close(told)
        run_id = f"{os.getpid()}-{process.pid}"
        ended = threading.Event()
        watcher = threading.Thread(target=_stop_when_asked, args=(process, stop, ended), daemon=True)
        watcher.start()
        finished: Finished | None = None
        try:
            with os.fdopen(heard, "rb") as stream:
                while (message := read_message(stream)) is not None:
                    if isinstance(message, Finished):
                        finished = message
                    elif isinstance(message, Hello):
                        record(
                            order.cache_folder, run_id, processes=(process.pid,), folders=(message.folder,)
                        )
                    hear(message)
            process.wait()
        finally:
            ended.set()
            _end(process)
            if finished is None:
                # It was killed, or we have: then it had no time to clean up.
                end_run(order.cache_folder, run_id, keep_folders=order.keep)
            forget(order.cache_folder, run_id)
        return ChapterEnd(finished=finished, stopped=stop.is_set(), said=_tail(errors))


def _stop_when_asked(
    process: "subprocess.Popen[bytes]", stop: threading.Event, ended: threading.Event
) -> None:
    while not ended.wait(0.05):
        if stop.is_set():
            _end(process)
            return


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process to clean up and end, and end it where it does not."""
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 4000))
    return errors.read().decode("utf-8", "replace")
