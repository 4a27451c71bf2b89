"""The Python prompt of a chapter: one interpreter of the reader's environment, asked over pipes.

What is typed goes in over a pipe of its own, so that the code of the page has the standard streams for itself.
"""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from octavo.edges.runner.processes import Started, end_group, read_capped, start_process

__all__ = ["Answer", "PythonPrompt"]

_DRIVER = r"""
import codeop, json, os, sys, traceback, types
asked = os.fdopen(int(sys.argv[1]), "r", encoding="utf-8")
told = os.fdopen(int(sys.argv[2]), "w", encoding="utf-8")
for stream in (asked, told):
    os.set_inheritable(stream.fileno(), False)
sys.argv = [""]
sys.path[0] = ""
main = sys.modules["__main__"] = types.ModuleType("__main__")
compiler = codeop.Compile()
for line in asked:
    said = "done"
    try:
        exec(compiler(json.loads(line), "<stdin>", "single"), main.__dict__)
    except SystemExit:
        said = "exit"
    except BaseException as problem:
        trace = problem.__traceback__.tb_next
        traceback.print_exception(type(problem), problem, trace, file=sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    told.write(said + "\n")
    told.flush()
    if said == "exit":
        break
"""


@dataclass(frozen=True)
class Answer:
    """What an example at the prompt came to."""

    output: bytes
    timed_out: bool = False
    ended: bool = False
    """True where the interpreter is gone: it was left, or it died."""
    status: int = 0


class PythonPrompt:
    """An interpreter that waits for examples."""

    def __init__(
        self, python: str, *, folder: str, environment: Mapping[str, str], log: str, cpu_seconds: float
    ) -> None:
        asked_read, self._ask = os.pipe()
        self._answers, told_write = os.pipe()
        try:
            self.started: Started = start_process(
                [python, "-c", _DRIVER, str(asked_read), str(told_write)],
                folder=folder,
                environment=environment,
                log=log,
                cpu_seconds=cpu_seconds,
                pass_fds=(asked_read, told_write),
            )
        finally:
            os.close(asked_read)
            os.close(told_write)
        self._log = log
        self._read = 0

    @property
    def pid(self) -> int:
        """Give the number of the interpreter's process."""
        return self.started.process.pid

    def ask(self, source: str, timeout: float, alive: Callable[[], None]) -> Answer:
        """Run one example and wait for its end, *timeout* seconds at most; then the interpreter is ended."""
        begin = self._read
        deadline = time.monotonic() + timeout
        with contextlib.suppress(OSError):
            os.write(self._ask, (json.dumps(source + "\n") + "\n").encode())
        while not select.select([self._answers], [], [], min(0.2, max(0.0, deadline - time.monotonic())))[0]:
            alive()
            if time.monotonic() >= deadline:
                self.end()
                return Answer(output=self._output(begin), timed_out=True, ended=True)
        said = os.read(self._answers, 64)
        output = self._output(begin)
        if said == b"done\n":
            return Answer(output=output)
        status = self.started.process.wait()
        self.end()
        return Answer(output=output, ended=True, status=0 if said == b"exit\n" else status or 1)

    def _output(self, begin: int) -> bytes:
        data = read_capped(self._log, begin)
        with contextlib.suppress(OSError):
            self._read = os.path.getsize(self._log)
        return data

    def end(self) -> None:
        """End the interpreter; what it said last stays in its log."""
        end_group(self.pid, signal.SIGKILL)
        self.started.process.wait()
        for handle in (self._ask, self._answers):
            with contextlib.suppress(OSError):
                os.close(handle)
