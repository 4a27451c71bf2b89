"""How blocks fail: an exception that ends one, and the failures that are told in the same words wherever they are met."""

from collections.abc import Sequence

from octavo.edges.runner.processes import Ended
from octavo.edges.runner.servers import RunningServer, ServerEnd
from octavo.tutorial import StepFailure

__all__ = ["BlockFailed", "check_end", "ended_by_itself", "failed_start", "last_lines"]

_SHOWN_LINES = 40
_SHOWN_CHARACTERS = 1000
"""Of a line: some programs write megabytes without a line end."""


_HINTS = {
    126: "a file that is run needs the right to be run, `chmod +x`, and a first line that names its interpreter",
    127: "the environment of the tutorial has no such program; add it to its requirements, or say `needs`",
}


class BlockFailed(Exception):  # noqa: N818 - it is an outcome and no error of ours
    """A block failed, and what of it is left cannot run."""

    def __init__(self, failure: StepFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def last_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Give what a failure holds of a log."""
    return tuple(
        line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"
        for line in lines[-_SHOWN_LINES:]
    )


def check_end(
    ended: Ended, lines: tuple[str, ...], timeout: float, line: int, wanted: str, *, hint: str = ""
) -> None:
    """Raise BlockFailed unless a command ended as the page says: by itself, in time, with the status *wanted*.

    *hint* is the one for another status, where there is a better one than the usual.
    """
    log = last_lines(lines)
    if ended.refused:
        raise BlockFailed(StepFailure(code="run-limit", message=ended.refused, hard=True, line=line, log=log))
    if ended.timed_out:
        slow = 'a command that keeps running needs `background="name"`; one that needs longer `timeout="60s"`'
        message = f"no end after {timeout:g} s"
        raise BlockFailed(
            StepFailure(code="run-timeout", message=message, hard=True, line=line, log=log, hint=slow)
        )
    if ended.status == int(wanted.removeprefix("!")) if wanted != "!0" else ended.status != 0:
        return
    said = {126: ", it cannot be run", 127: ", there is no such command"}.get(ended.status, "")
    signal = f" (ended by signal {ended.status - 128})" if 128 < ended.status < 160 else ""
    meant = "that it fails" if wanted == "!0" else f"status {wanted}"
    if wanted == "0" and not hint and not signal:
        hint = f'write `exit="{ended.status}"` where that is what readers shall see'
    hint = _HINTS.get(ended.status, hint)
    expected = "" if wanted == "0" else f"; the page says {meant}"
    message = f"ended with status {ended.status}{signal}{said}{expected}"
    raise BlockFailed(StepFailure(code="run-exit", message=message, hard=True, line=line, log=log, hint=hint))


def failed_start(server: RunningServer, end: ServerEnd, line: int, *, again: Sequence[str]) -> StepFailure:
    """Say why a server did not start; *again* names the files since whose change it was started again."""
    log = last_lines(end.log)
    when = "before it was ready"
    if again:
        files = ", ".join(f"`{path}`" for path in again)
        when = f"when it was started again, since {files} had changed"
    hint = ""
    if end.status is None:
        message = f"`{server.name}` was not ready after {server.timeout:g} s" + (f" {when}" if again else "")
        hint = (
            "it is ready when the lines shown have appeared; `ready` names a port or a request in their place"
        )
        return StepFailure(
            code="run-server",
            message=message,
            hard=True,
            line=line,
            expected=() if server.ready else server.expected,
            got=() if server.ready else log,
            log=log,
            log_of=server.name,
            hint=hint,
        )
    message = f"`{server.name}` ended with status {end.status} {when}"
    return StepFailure(
        code="run-server", message=message, hard=True, line=line, log=log, log_of=server.name, hint=hint
    )


def ended_by_itself(server: RunningServer, end: ServerEnd) -> StepFailure:
    """Say that a server has ended though nothing stopped it."""
    message = f"`{server.name}` has ended by itself with status {end.status}"
    return StepFailure(
        code="run-server", message=message, hard=True, log=last_lines(end.log), log_of=server.name
    )
