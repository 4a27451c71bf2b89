"""Blocks that ask and compare answers: requests, examples at the Python prompt, snippets, and the output of the block before."""

import shutil
import time
from collections.abc import Sequence

from octavo.edges.runner.blocks import BlockRunner, Outcome
from octavo.edges.runner.failures import BlockFailed, check_end, ended_by_itself, last_lines
from octavo.edges.runner.pythonprompt import PythonPrompt
from octavo.edges.runner.webrequests import WebAnswer, send_request
from octavo.tutorial import (
    Captured,
    Step,
    StepFailure,
    compare_body,
    compare_example,
    compare_response,
    decode_output,
    is_unfilled,
    present,
    read_examples,
    read_http,
    split_lines,
)

__all__ = ["examples", "output", "send", "snippet"]


def send(runner: BlockRunner, step: Step, outcome: Outcome) -> None:
    """Send a request and compare what comes back."""
    block = read_http(split_lines(step.text))
    timeout = runner.timeout(step)
    base = runner.task.base_url or (
        f"http://127.0.0.1:{runner.task.ports[0]}" if runner.task.ports else "http://127.0.0.1:5000"
    )
    answer = send_request(
        block.method,
        block.target,
        block.headers,
        block.body.encode(),
        base_url=base,
        timeout=timeout if runner.servers else min(timeout, 2.0),
        alive=lambda: _servers_alive(runner),
    )
    if not isinstance(answer, WebAnswer):
        hint = "" if runner.servers else 'no server runs here; start one in a block with `background="web"`'
        raise BlockFailed(
            StepFailure(
                code="run-request",
                message=answer.message,
                hard=True,
                hint=hint,
                log=_logs_of_servers(runner),
            )
        )
    text = decode_output(answer.body)
    outcome.compared = True
    runner.last_output = answer.body
    outcome.captured.append(
        Captured(
            line=block.body_line,
            expected=len(block.expected_body),
            lines=present(text, runner.normalisation),
        )
    )
    problem = compare_response(
        block,
        answer.status,
        answer.headers,
        text,
        runner.normalisation,
        literal=step.option("literal") is not None,
    )
    if problem is not None:
        log = _logs_of_servers(runner) if answer.status >= 500 else ()
        outcome.fail(
            StepFailure(
                code=problem.code,
                message=problem.message,
                line=problem.line,
                expected=problem.expected,
                got=problem.got,
                log=log,
                log_of=next(iter(runner.servers), "") if log else "",
            )
        )


def _servers_alive(runner: BlockRunner) -> None:
    runner.alive()
    for server in runner.servers.values():
        end = server.ended()
        if end is not None:
            raise BlockFailed(ended_by_itself(server, end))


def _logs_of_servers(runner: BlockRunner) -> tuple[str, ...]:
    return next((last_lines(server.lines()) for server in runner.servers.values()), ())


def _python(runner: BlockRunner) -> str:
    """Give the Python of the chapter's environment."""
    path = runner.state.environment.get("PATH", "")
    found = shutil.which("python3", path=path) or shutil.which("python", path=path)
    if found is None:
        message = "there is no Python in the environment"
        raise BlockFailed(StepFailure(code="run-environment", message=message, hard=True))
    return found


def examples(runner: BlockRunner, step: Step, outcome: Outcome) -> None:
    """Type the examples of a block at the Python prompt."""
    deadline = time.monotonic() + runner.timeout(step)
    collected = b""
    for example in read_examples(split_lines(step.text)):
        if runner.prompt is None:
            runner.prompt = PythonPrompt(
                _python(runner),
                folder=runner.state.folder,
                environment=runner.environment_of(step),
                log=runner.new_log(),
                cpu_seconds=3600,
            )
        answer = runner.prompt.ask(example.source, deadline - time.monotonic(), runner.alive)
        collected += answer.output
        runner.last_output = collected
        text = decode_output(answer.output)
        lines = present(text, runner.normalisation)
        if answer.ended:
            runner.prompt = None
        if answer.timed_out:
            message = f"no end after {runner.timeout(step):g} s"
            raise BlockFailed(
                StepFailure(
                    code="run-timeout",
                    message=message,
                    hard=True,
                    line=example.line,
                    log=last_lines(lines),
                )
            )
        if answer.ended and answer.status:
            message = f"the Python prompt ended with status {answer.status}"
            raise BlockFailed(
                StepFailure(
                    code="run-exit", message=message, hard=True, line=example.line, log=last_lines(lines)
                )
            )
        outcome.captured.append(
            Captured(line=example.expected_line, expected=len(example.expected), lines=lines)
        )
        if is_unfilled(example.expected):
            runner.compare(outcome, example.expected, lines, step, example.expected_line)
            continue
        outcome.compared = True
        mismatch = compare_example(
            example, text, runner.normalisation, literal=step.option("literal") is not None
        )
        if mismatch is not None:
            failure = StepFailure(
                code="run-output",
                message="output differs",
                line=example.line,
                expected=mismatch.expected,
                got=mismatch.got,
            )
            outcome.fail(failure)


def snippet(runner: BlockRunner, step: Step) -> None:
    """Run a snippet, or the file that it was written to."""
    is_python = step.language in {"python", "python3", "py", "py3"}
    program = _python(runner) if is_python else runner.shell
    if not is_python:
        runner.refuse(step.text, 0)
    path = [runner.folder.path_of(step.path)] if step.path else ["-c", step.text]
    ended = runner.execute([program, *path], runner.environment_of(step), runner.timeout(step))
    runner.last_output = ended.output
    lines = runner.present(ended.output)
    raises = step.option("raises")
    said = _exception(lines)
    name = said.split(":", 1)[0].strip()
    if raises is None:
        hint = f'write `raises="{name}"` where that is what readers shall see' if said else ""
        check_end(ended, lines, runner.timeout(step), -1, step.option("exit") or "0", hint=hint)
        return
    if ended.refused or ended.timed_out:
        check_end(ended, lines, runner.timeout(step), -1, "0")
    if ended.status and (name == raises or name.rpartition(".")[2] == raises):
        return
    came = f"`{said}`" if ended.status and said else f"it ended with status {ended.status}"
    message = f"the page says that it raises `{raises}`, but {came}"
    raise BlockFailed(StepFailure(code="run-exception", message=message, hard=True, log=last_lines(lines)))


def _exception(lines: Sequence[str]) -> str:
    """Give the line that names the exception at the end of an output, whose message may go on below it; empty without."""
    starts = [number for number, line in enumerate(lines) if line.startswith("Traceback (")]
    behind = lines[starts[-1] + 1 :] if starts else ()
    # Marks under a line of code begin in the first column where the code of a template is not indented as Python says.
    line = next((line for line in behind if line.strip("^~ ") and not line.startswith(" ")), "")
    return line if all(part.isidentifier() for part in line.split(":", 1)[0].strip().split(".")) else ""


def output(runner: BlockRunner, step: Step, outcome: Outcome) -> None:
    """Compare what the block before has printed with a block of its own language."""
    expected = split_lines(step.text)
    text = decode_output(runner.last_output)
    lines = present(text, runner.normalisation)
    outcome.captured.append(Captured(line=0, expected=len(expected), lines=lines))
    if is_unfilled(expected):
        runner.compare(outcome, expected, lines, step, 0)
        return
    outcome.compared = True
    literal = step.option("literal") is not None
    mismatch = compare_body(expected, text, runner.normalisation, literal=literal)
    if mismatch is not None:
        outcome.fail(
            StepFailure(
                code="run-output",
                message="output differs",
                line=0,
                expected=mismatch.expected,
                got=mismatch.got,
            )
        )
