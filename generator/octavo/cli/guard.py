"""Every way a command can end, turned into an exit status and a message: no traceback reaches a user."""

import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Any, TextIO

import click

from octavo.errors import OctavoError

__all__ = ["run_guarded"]

INTERRUPTED = 130
TERMINATED = 143
BUG = 70
REPORT = "please report this, with the lines above"


def run_guarded(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a click command; gives the exit status of DESIGN section 3."""
    _open_closed_streams()
    _use_utf8()
    # A build makes many values and few cycles: the collector's usual rhythm costs a fifth of a build of 10,000 pages
    # in which nothing changed.
    gc.set_threshold(100_000, 20, 100)
    signal.signal(signal.SIGTERM, _end_at_once)
    signal.signal(signal.SIGINT, _end_at_once)
    return _flush(_run(command, list(sys.argv[1:] if args is None else args)))


def _run(command: click.Command, words: list[str]) -> int:
    """Run the command and tell how it ended."""
    verbose = False
    for word in words:
        if not word.startswith("-"):
            break
        verbose = verbose or word in {"-v", "--verbose"}
    try:
        result: Any = command.main(args=words, prog_name="octavo", standalone_mode=False)
        return int(result or 0) if isinstance(result, int) else 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; the site is as it was")
        return INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except OctavoError as problem:
        return _show_fault(problem, verbose=verbose)
    except BrokenPipeError:
        # The reader of our output has gone: nothing is left to tell anybody.
        return 1
    except MemoryError:
        _say("error: out of memory", hint="try `-j 1`")
        return 3
    except OSError as problem:
        name = f" `{problem.filename}`" if problem.filename else ""
        _say(f"error:{name} {problem.strerror or problem}")
        if verbose:
            traceback.print_exc()
        return 3
    except Exception as problem:  # noqa: BLE001 - the last guard between a bug and the user
        _say(
            f"internal error: {type(problem).__name__}: {problem}", hint=f"{REPORT} (`octavo -v` shows where)"
        )
        if verbose:
            traceback.print_exc()
        return BUG


def _show_fault(problem: OctavoError, *, verbose: bool) -> int:
    from octavo.cli.console import Console  # noqa: PLC0415 - only where something is shown

    console = Console.from_context(None)
    console.diagnostics(problem.diagnostics)
    hint = problem.hint or (REPORT if problem.exit_code == BUG else "")
    _say(f"error: {problem.message}", hint=hint)
    if verbose:
        traceback.print_exc()
    return problem.exit_code


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    """End the process where it stands.

    A build may be killed at any moment without harm, so there is nothing to unwind, and an exception could be
    swallowed by whatever library code it is raised in. Workers end with their parent.
    """
    word, status = ("interrupted", INTERRUPTED) if number == signal.SIGINT else ("terminated", TERMINATED)
    show_cursor = "\x1b[?25h" if os.isatty(2) else ""
    with contextlib.suppress(OSError):
        os.write(2, f"{show_cursor}{word}; the site is as it was\n".encode())
    os._exit(status)


def _say(text: str, *, hint: str = "") -> None:
    try:
        print(text, file=sys.stderr)
        if hint:
            print(f"hint: {hint}", file=sys.stderr)
    except OSError:
        pass


def _open_closed_streams() -> None:
    """Put nothing in the place of streams that the caller closed.

    Else the next file that is opened takes the number of the stream, and what is printed goes into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - open for as long as the process
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def _use_utf8() -> None:
    """Print what authors wrote whatever the locale says; a terminal that cannot shows a replacement."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _flush(status: int) -> int:
    """Write out what is buffered now, so that a closed pipe is met here and not at exit; gives the status to end with."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _silence(stream)
        except ValueError:
            pass
        except OSError as problem:
            _silence(stream)
            if stream is sys.stdout:
                _say(
                    f"error: cannot print the result: {problem.strerror}", hint="free some space on that disk"
                )
                status = status or 3
    return status


def _silence(stream: TextIO) -> None:
    """Point a stream at nothing, so that the interpreter's own flush at exit does not complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
