"""A chapter run from its first block to its last: conditions, attempts, what a failure means for the blocks behind it."""

import time
from collections.abc import Callable

import msgspec

from octavo.edges.runner.answers import examples, output, send, snippet
from octavo.edges.runner.blocks import BlockRunner, Outcome
from octavo.edges.runner.conditions import unmet_condition
from octavo.edges.runner.failures import BlockFailed, ended_by_itself
from octavo.edges.runner.workfolder import count_files
from octavo.tutorial import ChapterTask, Step, StepFailure, StepResult, label_of

__all__ = ["run_steps"]

_CHANGING = frozenset({"file", "edit", "diff", "append"})
_NEEDS_SERVERS = frozenset({"console", "http", "pycon", "run"})


def run_steps(
    runner: BlockRunner,
    task: ChapterTask,
    *,
    began: Callable[[int, str], None],
    done: Callable[[StepResult], None],
    escaped: Callable[[], StepFailure | None],
) -> None:
    """Run the steps of a chapter in their order.

    *began* and *done* are told of every block. After a hard failure the steps behind it are not run. *escaped* is asked
    after each block whether it changed something outside the project.
    """
    failed_at: Step | None = None
    for step in task.steps:
        if step.role == "norun":
            continue
        label = label_of(step)
        if failed_at is not None:
            done(
                StepResult(
                    block=step.block, role=step.role, status="not-run", label=label, reason="after a failure"
                )
            )
            continue
        left_out = (
            step.reason
            if step.role == "skip"
            else unmet_condition(step, task, runner.state.environment["PATH"])
        )
        if left_out:
            done(StepResult(block=step.block, role=step.role, status="skipped", label=label, reason=left_out))
            continue
        began(step.block, label)
        result = _run_step(runner, step, label, escaped)
        done(result)
        if result.status == "failed" and result.failure is not None and result.failure.hard:
            failed_at = step
    if failed_at is None:
        _check_servers(runner, done)


def _run_step(
    runner: BlockRunner, step: Step, label: str, escaped: Callable[[], StepFailure | None]
) -> StepResult:
    """Run one step, as often as it may be tried."""
    begin = time.monotonic()
    attempts = int(step.option("retry") or "1")
    outcome, attempt = Outcome(), 0
    while attempt < attempts:
        attempt += 1
        outcome = _attempt(runner, step)
        outcome.failure = escaped() or outcome.failure
        if outcome.failure is None:
            break
    result = StepResult(
        block=step.block,
        role=step.role,
        status="passed" if outcome.failure is None else "failed",
        label=label,
        seconds=time.monotonic() - begin,
        attempts=attempt,
        compared=outcome.compared or step.role in _CHANGING or step.role == "show",
        failure=outcome.failure,
        captured=tuple(outcome.captured),
    )
    reason = step.option("xfail")
    if reason is None:
        return result
    if result.status == "failed":
        return msgspec.structs.replace(result, status="xfailed", reason=reason, failure=None)
    message = f"this block is said to fail ({reason}), and it passes"
    failure = StepFailure(code="run-passes", message=message, hint="take `xfail` out")
    return msgspec.structs.replace(result, status="failed", failure=failure)


def _attempt(runner: BlockRunner, step: Step) -> Outcome:
    outcome = Outcome()
    try:
        _run_role(runner, step, outcome)
    except BlockFailed as problem:
        # What failed hard stands before a difference found earlier in the block.
        outcome.failure = problem.failure
    return outcome


def _run_role(runner: BlockRunner, step: Step, outcome: Outcome) -> None:
    written = [each for each in runner.task.written if each.block == step.block]
    for each in written:
        runner.write(each, outcome)
    if step.role in _NEEDS_SERVERS and not step.option("stop"):
        runner.refresh()
    if step.role == "console":
        if step.option("background") is not None:
            runner.start(step)
        elif step.option("stop") is not None:
            runner.stop(step)
        else:
            runner.console(step, outcome)
    elif step.role == "http":
        send(runner, step, outcome)
    elif step.role == "pycon":
        examples(runner, step, outcome)
    elif step.role == "run":
        snippet(runner, step)
    elif step.role == "output":
        output(runner, step, outcome)
    if step.role in _NEEDS_SERVERS and (over := count_files(runner.folder.project)):
        raise BlockFailed(StepFailure(code="run-limit", message=over, hard=True))


def _check_servers(runner: BlockRunner, done: Callable[[StepResult], None]) -> None:
    """See at the end of a chapter that no server has ended by itself since the last block."""
    for server in runner.servers.values():
        end = server.ended()
        if end is not None:
            failure = ended_by_itself(server, end)
            label = f"$ {server.command}"
            done(
                StepResult(block=server.block, role="console", status="failed", label=label, failure=failure)
            )
