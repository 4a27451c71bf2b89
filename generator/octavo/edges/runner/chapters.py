"""One chapter run to a result: the environment it needs, the process that runs it, what that process says."""

import datetime as dt
import platform
import threading
import time
from collections.abc import Callable

import msgspec

from octavo.edges.runner.environments import Environment
from octavo.edges.runner.launching import ChapterEnd, run_order
from octavo.edges.runner.messages import Began, Hello, Message, Order, Result, Waits
from octavo.tutorial import ChapterResult, Recorded, StepFailure, StepResult, label_of

__all__ = ["run_chapter"]


def run_chapter(
    order: Order,
    blank: ChapterResult,
    environment: Environment,
    *,
    whole: bool,
    began: Callable[[str], None],
    stop: threading.Event,
    waits: Callable[[str], None] = lambda _: None,
) -> ChapterResult:
    """Run a chapter; *blank* is its result without anything in it, *whole* says that all of it is asked for.

    *began* is told the label of each block, *waits* what the chapter has to wait for before it can begin.
    """
    begin = time.monotonic()
    steps: list[StepResult] = []
    notes: list[str] = []
    hello = Hello(isolation="")
    now: Began | None = None

    def hear(message: Message) -> None:
        nonlocal hello, now
        if isinstance(message, Hello):
            hello = message
        elif isinstance(message, Waits):
            waits(message.text)
        elif isinstance(message, Began):
            now = message
            began(message.label)
        elif isinstance(message, Result):
            now = None
            steps.append(message.step)

    end = run_order(order, hear, stop)
    if end.finished is None:
        steps += _unfinished(order, steps, now, end)
    else:
        notes += end.finished.notes
    if hello.isolation == "ports" and order.isolation == "auto":
        notes.append(f"no namespaces here ({hello.reason}): a lock keeps other runs away from the ports")
    failed = any(step.status == "failed" for step in steps)
    verified = "verified" if whole else "partial"
    return msgspec.structs.replace(
        blank,
        status="not-started" if end.stopped and not failed else "failed" if failed else verified,
        reason="stopped after a failure" if end.stopped and not failed else "",
        steps=tuple(steps),
        seconds=time.monotonic() - begin,
        recorded=Recorded(
            python=environment.python,
            system={"Darwin": "macOS"}.get(platform.system(), platform.system()),
            versions=environment.versions,
            isolation=hello.isolation,
            date=dt.datetime.now(dt.UTC).date().isoformat(),
        ),
        notes=tuple(notes),
        kept=hello.folder if order.keep else "",
    )


def _unfinished(
    order: Order, steps: list[StepResult], now: Began | None, end: ChapterEnd
) -> list[StepResult]:
    """Say of the blocks of a run that did not come to its end why they have no result."""
    known = {step.block for step in steps}
    left = [step for step in order.task.steps if step.block not in known and step.role != "norun"]
    found: list[StepResult] = []
    for step in left:
        reason = "stopped after a failure" if end.stopped else "after a failure"
        result = StepResult(
            block=step.block, role=step.role, status="not-run", label=label_of(step), reason=reason
        )
        if not end.stopped and (step.block == now.block if now is not None else not found):
            failure = StepFailure(
                code="run-ended",
                message="the process that runs the chapter ended while this block ran",
                hard=True,
                log=tuple(end.said.splitlines()[-20:]),
                hint="a command may have ended all processes that it could reach",
            )
            result = msgspec.structs.replace(result, status="failed", reason="", failure=failure)
        found.append(result)
    return found
