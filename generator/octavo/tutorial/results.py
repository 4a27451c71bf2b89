"""What came of running the blocks of chapters, as values: reports, proofs and pages are made from them.

A *soft* failure leaves the project as the page says it is, so the chapter goes on; a *hard* one (a wrong status, a server
that died, a time that ran out) stops it. A step that was not run says why, and counts as neither passed nor failed.
"""

from typing import Literal

from octavo.model import Value

__all__ = [
    "Captured",
    "ChapterResult",
    "ChapterStatus",
    "Recorded",
    "StepFailure",
    "StepResult",
    "StepStatus",
    "count_status",
]

StepStatus = Literal["passed", "failed", "skipped", "not-run", "xfailed"]
ChapterStatus = Literal["verified", "recorded", "failed", "blocked", "partial", "not-started"]
"""`recorded`: a proof of an earlier run stands, nothing was run. `blocked`: the chapter that it starts from failed hard.
`partial`: all that was asked for passed, and it was not the whole chapter."""


class Captured(Value, frozen=True):
    """What one part of a block really printed: a command, an example at the prompt, a response."""

    line: int
    """Where its expected text begins in the code of the block, counted from 0."""
    expected: int
    """How many lines of expected text there are."""
    lines: tuple[str, ...]
    """What came, as the page would show it: decoded, without control sequences, paths of this machine replaced."""


class StepFailure(Value, frozen=True):
    """Why a block failed."""

    code: str
    """A diagnostic code, `run-output` or the like."""
    message: str
    hard: bool = False
    line: int = -1
    """Of the block's code, counted from 0; -1 for the line that opens it."""
    expected: tuple[str, ...] = ()
    got: tuple[str, ...] = ()
    """Both only where texts are compared, already normalised."""
    log: tuple[str, ...] = ()
    """The last lines of a server, or what a command printed before it failed."""
    log_of: str = ""
    hint: str = ""


class StepResult(Value, frozen=True):
    """What came of one block."""

    block: int
    """Its number among the blocks of the page."""
    role: str
    status: StepStatus
    label: str = ""
    """How a report calls it: `$ flask routes`, `GET /nothing`, `app.py`."""
    seconds: float = 0.0
    reason: str = ""
    """Why it was skipped, not run, or must fail."""
    attempts: int = 1
    compared: bool = True
    """False where it only ran: no text of it was compared."""
    failure: StepFailure | None = None
    captured: tuple[Captured, ...] = ()


class Recorded(Value, frozen=True):
    """Facts about the machine that ran a chapter: recorded, and part of no key."""

    python: str = ""
    """`3.11.7`."""
    system: str = ""
    """`Linux`, `macOS`."""
    versions: tuple[tuple[str, str], ...] = ()
    """Name and version of installed packages; those that the requirements name come first, in their order."""
    isolation: str = ""
    """`namespaces`, or `ports` where only a lock kept other runs away from the ports."""
    date: str = ""
    """ISO date of the run, in UTC."""


class ChapterResult(Value, frozen=True):
    """What came of one chapter."""

    source: str
    """Relative to the content folder, `flask/03-routing.md`."""
    title: str
    tutorial: str
    """The project's name."""
    status: ChapterStatus
    steps: tuple[StepResult, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    """Why it was not started, or what blocks it."""
    recorded: Recorded = Recorded()
    notes: tuple[str, ...] = ()
    """What the run had to do without, one sentence each."""
    kept: str = ""
    """The work folder, where it was kept."""


def count_status(result: ChapterResult) -> dict[StepStatus, int]:
    """Count the steps of a chapter by their status; every status is there."""
    counts: dict[StepStatus, int] = {"passed": 0, "failed": 0, "skipped": 0, "not-run": 0, "xfailed": 0}
    for step in result.steps:
        counts[step.status] += 1
    return counts
