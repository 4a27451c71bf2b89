"""How each kind of block runs, given what the chapter has by then; `chapter` goes through them."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from octavo.edges.runner.processes import Ended, run_process
from octavo.edges.runner.pythonprompt import PythonPrompt
from octavo.edges.runner.servers import RunningServer, ServerEnd
from octavo.edges.runner.shellstate import ShellState
from octavo.edges.runner.webrequests import WebAnswer, send_request
from octavo.edges.runner.workfolder import WorkFolder
from octavo.tutorial import (
    Captured,
    ChapterTask,
    Normalisation,
    Step,
    StepFailure,
    Written,
    compare_example,
    compare_output,
    compare_response,
    compare_text,
    decode_output,
    is_unchecked,
    is_unfilled,
    parse_duration,
    present,
    read_commands,
    read_examples,
    read_http,
    refuse_command,
    split_lines,
)

__all__ = ["BlockFailed", "BlockRunner"]

_SHOWN_LOG = 40
"""Lines of a log that a failure holds."""


class BlockFailed(Exception):  # noqa: N818 - it is an outcome and no error of ours
    """A block failed, and what of it is left cannot run."""

    def __init__(self, failure: StepFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass
class Outcome:
    """What came of a block while it runs."""

    captured: list[Captured] = field(default_factory=list)
    failure: StepFailure | None = None
    """The first that leaves the project as the page says."""
    compared: bool = False

    def fail(self, failure: StepFailure) -> None:
        """Note a failure; of several the first stands for all."""
        self.failure = self.failure or failure


@dataclass
class BlockRunner:
    """The state of a chapter between two blocks."""

    task: ChapterTask
    folder: WorkFolder
    shell: str
    state: ShellState
    normalisation: Normalisation
    alive: Callable[[], None]
    servers: dict[str, RunningServer] = field(default_factory=dict)
    prompt: PythonPrompt | None = None
    last_output: bytes = b""
    _logs: int = 0

    def keep(self) -> list[int]:
        """Give the processes that outlive a command."""
        found = [server.pid for server in self.servers.values() if server.pid]
        return [*found, self.prompt.pid] if self.prompt else found

    def timeout(self, step: Step) -> float:
        """Give the seconds that a block may take."""
        return parse_duration(step.option("timeout") or "") or self.task.timeout

    def _environment(self, step: Step) -> dict[str, str]:
        """Add the secrets that a block names to the variables of the console."""
        needs = {item.strip() for item in (step.option("needs") or "").split(",")}
        return {
            **self.state.environment,
            **{name: value for name, value in self.task.secrets if f"secret:{name}" in needs},
        }

    def _log(self) -> str:
        self._logs += 1
        return os.path.join(self.folder.logs, f"{self._logs}.log")

    def present(self, output: bytes) -> tuple[str, ...]:
        """Give output as a page would show it."""
        return present(decode_output(output), self.normalisation)

    # ---------------------------------------------------------------- files

    def write(self, step: Step, written: Written, outcome: Outcome) -> None:
        """Bring a file to what the page makes of it; what a command has made of it meanwhile is a failure."""
        there = self.folder.read(written.path)
        if there is not None and there != written.before and (written.before is not None or there != written.after):
            got = there.decode("utf-8", "backslashreplace")
            page = (written.after if written.before is None else written.before).decode("utf-8", "backslashreplace")
            outcome.fail(
                StepFailure(
                    code="run-changed",
                    message=f"a command has made `{written.path}` something else than the page says",
                    expected=tuple(split_lines(page)),
                    got=tuple(split_lines(got)),
                    hint="print the file as the command leaves it, in a block before this one",
                )
            )
        try:
            self.folder.write(written.path, written.after)
        except OSError as problem:
            message = f"`{written.path}` cannot be written: {problem.strerror or problem}"
            raise BlockFailed(StepFailure(code="run-changed", message=message, hard=True)) from None
        for server in self.servers.values():
            server.changed.append(written.path)

    # ---------------------------------------------------------------- consoles

    def console(self, step: Step, outcome: Outcome) -> None:
        """Run the commands of a console block, one after the other."""
        commands = read_commands(split_lines(step.text))
        deadline = time.monotonic() + self.timeout(step)
        collected = b""
        for number, command in enumerate(commands):
            self.refuse(command.text, command.line)
            ended = self._run(
                self.state.words(self.shell, command.text), self._environment(step), deadline - time.monotonic()
            )
            self._carry_over(step)
            collected += ended.output
            self.last_output = collected
            lines = self.present(ended.output)
            height = command.text.count("\n") + 1
            outcome.captured.append(
                Captured(line=command.line + height, expected=len(command.output), lines=lines)
            )
            wanted = step.option("exit") if number == len(commands) - 1 else None
            self._check_end(step, ended, lines, command.line, wanted or "0")
            self.compare(outcome, command.output, lines, step, command.line + height)

    def _carry_over(self, step: Step) -> None:
        """Take over what a command left, without the secrets that only its block was given."""
        before = self.state.environment
        self.state.carry_over()
        for name, value in self.task.secrets:
            if step.option("needs") and name not in before and self.state.environment.get(name) == value:
                del self.state.environment[name]

    def refuse(self, command: str, line: int) -> None:
        """Refuse what no tutorial may do to the machine that checks it."""
        found = refuse_command(command)
        if found is not None:
            message, hint = found
            raise BlockFailed(StepFailure(code="run-refused", message=message, hint=hint, hard=True, line=line))

    def _run(self, words: Sequence[str], environment: dict[str, str], timeout: float) -> Ended:
        return run_process(
            words,
            folder=self.state.folder,
            environment=environment,
            log=self._log(),
            timeout=max(0.0, timeout),
            keep=self.keep(),
            alive=self.alive,
        )

    def _check_end(self, step: Step, ended: Ended, lines: tuple[str, ...], line: int, wanted: str) -> None:
        log = lines[-_SHOWN_LOG:]
        if ended.refused:
            raise BlockFailed(
                StepFailure(code="run-limit", message=ended.refused, hard=True, line=line, log=log)
            )
        if ended.timed_out:
            hint = 'a command that keeps running needs `background="name"`; one that needs longer `timeout="60s"`'
            message = f"no end after {self.timeout(step):g} s"
            raise BlockFailed(
                StepFailure(code="run-timeout", message=message, hard=True, line=line, log=log, hint=hint)
            )
        if ended.status == int(wanted.removeprefix("!")) if wanted != "!0" else ended.status != 0:
            return
        said = {126: ", it cannot be run", 127: ", there is no such command"}.get(ended.status, "")
        signal = f" (ended by signal {ended.status - 128})" if 128 < ended.status < 160 else ""
        meant = "a failure" if wanted == "!0" else f"status {wanted}"
        hint = f'write `exit="{ended.status}"` where that is what readers shall see' if wanted == "0" else ""
        if ended.status == 127:
            hint = "the environment of the tutorial has no such program; add it to its requirements, or say `needs`"
        message = f"ended with status {ended.status}{signal}{said}; the page says {meant}"
        raise BlockFailed(
            StepFailure(code="run-exit", message=message, hard=True, line=line, log=log, hint=hint)
        )

    def compare(
        self, outcome: Outcome, expected: Sequence[str], lines: Sequence[str], step: Step, line: int
    ) -> None:
        """Compare what was printed with what the page shows, where it shows anything."""
        if not expected:
            return
        if is_unfilled(expected):
            hint = "`octavo test --update` writes what came"
            message = "the page does not say yet what comes"
            outcome.fail(StepFailure(code="run-unfilled", message=message, line=line, got=tuple(lines), hint=hint))
            return
        literal = step.option("literal") is not None
        outcome.compared = outcome.compared or literal or not is_unchecked(expected)
        mismatch = compare_output(expected, lines, self.normalisation, literal=literal)
        if mismatch is not None:
            outcome.fail(
                StepFailure(
                    code="run-output", message="output differs", line=line, expected=mismatch.expected, got=mismatch.got
                )
            )

    # ---------------------------------------------------------------- servers

    def start(self, step: Step) -> None:
        """Start a server and wait until it is ready."""
        command = read_commands(split_lines(step.text))[0]
        self.refuse(command.text, command.line)
        name = step.option("background") or ""
        state = ShellState(self.state.folder, self._environment(step), "")
        server = self.servers[name] = RunningServer(
            name=name,
            command=command.text,
            block=step.block,
            expected=command.output,
            ready=step.option("ready") or "",
            base_url=self.task.base_url,
            timeout=self.timeout(step),
            literal=step.option("literal") is not None,
            shell=self.shell,
            state=state,
            log=self._log(),
            normalisation=self.normalisation,
        )
        end = server.start(self.alive)
        if end is not None:
            raise BlockFailed(_server_failure(server, end, command.line, again=()))

    def stop(self, step: Step) -> None:
        """Stop a server as Ctrl+C does; that it had ended by itself is a failure."""
        server = self.servers.pop(step.option("stop") or "")
        end = server.ended()
        if end is not None:
            raise BlockFailed(_ended_failure(server, end))
        if not server.stop():
            message = f"`{server.name}` did not end when it was asked to"
            raise BlockFailed(
                StepFailure(code="run-server", message=message, hard=True, log=server.lines()[-_SHOWN_LOG:], log_of=server.name)
            )

    def refresh(self) -> None:
        """Start those servers again whose project has changed; one that ended by itself is a failure."""
        for server in self.servers.values():
            end = server.ended()
            if end is not None:
                raise BlockFailed(_ended_failure(server, end))
            if server.changed:
                changed = tuple(dict.fromkeys(server.changed))
                server.stop()
                end = server.start(self.alive)
                if end is not None:
                    raise BlockFailed(_server_failure(server, end, -1, again=changed))

    # ---------------------------------------------------------------- requests, prompts, snippets

    def request(self, step: Step, outcome: Outcome) -> None:
        """Send a request and compare what comes back."""
        block = read_http(split_lines(step.text))
        timeout = self.timeout(step)
        base = self.task.base_url or (f"http://127.0.0.1:{self.task.ports[0]}" if self.task.ports else "http://127.0.0.1:5000")
        answer = send_request(
            block.method,
            block.target,
            block.headers,
            block.body.encode(),
            base_url=base,
            timeout=timeout if self.servers else min(timeout, 2.0),
            alive=self._servers_alive,
        )
        if not isinstance(answer, WebAnswer):
            hint = "" if self.servers else 'no server runs here; start one in a block with `background="web"`'
            raise BlockFailed(
                StepFailure(code="run-request", message=answer.message, hard=True, hint=hint, log=self._logs_of_servers())
            )
        text = decode_output(answer.body)
        outcome.compared = True
        self.last_output = answer.body
        outcome.captured.append(
            Captured(line=block.body_line, expected=len(block.expected_body), lines=present(text, self.normalisation))
        )
        problem = compare_response(
            block, answer.status, answer.headers, text, self.normalisation, literal=step.option("literal") is not None
        )
        if problem is not None:
            log = self._logs_of_servers() if answer.status >= 500 else ()
            outcome.fail(
                StepFailure(
                    code=problem.code, message=problem.message, line=problem.line, expected=problem.expected,
                    got=problem.got, log=log, log_of=next(iter(self.servers), "") if log else "",
                )  # fmt: skip
            )

    def _servers_alive(self) -> None:
        self.alive()
        for server in self.servers.values():
            end = server.ended()
            if end is not None:
                raise BlockFailed(_ended_failure(server, end))

    def _logs_of_servers(self) -> tuple[str, ...]:
        return next((server.lines()[-_SHOWN_LOG:] for server in self.servers.values()), ())

    def python(self) -> str:
        """Give the Python of the chapter's environment."""
        path = self.state.environment.get("PATH", "")
        found = shutil.which("python3", path=path) or shutil.which("python", path=path)
        if found is None:
            message = "there is no Python in the environment"
            raise BlockFailed(StepFailure(code="run-environment", message=message, hard=True))
        return found

    def examples(self, step: Step, outcome: Outcome) -> None:
        """Type the examples of a block at the Python prompt."""
        deadline = time.monotonic() + self.timeout(step)
        collected = b""
        for example in read_examples(split_lines(step.text)):
            if self.prompt is None:
                self.prompt = PythonPrompt(
                    self.python(), folder=self.state.folder, environment=self._environment(step), log=self._log(), cpu_seconds=3600
                )
            answer = self.prompt.ask(example.source, deadline - time.monotonic(), self.alive)
            collected += answer.output
            self.last_output = collected
            text = decode_output(answer.output)
            lines = present(text, self.normalisation)
            if answer.ended:
                self.prompt = None
            if answer.timed_out:
                message = f"no end after {self.timeout(step):g} s"
                raise BlockFailed(
                    StepFailure(code="run-timeout", message=message, hard=True, line=example.line, log=lines[-_SHOWN_LOG:])
                )
            if answer.ended and answer.status:
                message = f"the Python prompt ended with status {answer.status}"
                raise BlockFailed(
                    StepFailure(code="run-exit", message=message, hard=True, line=example.line, log=lines[-_SHOWN_LOG:])
                )
            height = example.source.count("\n") + 1
            outcome.captured.append(
                Captured(line=example.line + height, expected=len(example.expected), lines=lines)
            )
            if is_unfilled(example.expected):
                self.compare(outcome, example.expected, lines, step, example.line + height)
                continue
            outcome.compared = True
            mismatch = compare_example(example, text, self.normalisation, literal=step.option("literal") is not None)
            if mismatch is not None:
                failure = StepFailure(
                    code="run-output", message="output differs", line=example.line, expected=mismatch.expected, got=mismatch.got
                )
                outcome.fail(failure)

    def snippet(self, step: Step) -> None:
        """Run a snippet, or the file that it was written to."""
        is_python = step.language in {"python", "python3", "py", "py3"}
        program = self.python() if is_python else self.shell
        if not is_python:
            self.refuse(step.text, 0)
        path = [self.folder.path_of(step.path)] if step.path else ["-c", step.text]
        ended = self._run([program, *path], self._environment(step), self.timeout(step))
        self.last_output = ended.output
        lines = self.present(ended.output)
        raises = step.option("raises")
        if raises is None:
            self._check_end(step, ended, lines, -1, step.option("exit") or "0")
            return
        if ended.refused or ended.timed_out:
            self._check_end(step, ended, lines, -1, "0")
        said = next((line for line in reversed(lines) if line and not line.startswith(" ")), "")
        name = said.split(":", 1)[0].strip()
        if ended.status and (name == raises or name.rpartition(".")[2] == raises):
            return
        came = f"`{said}`" if ended.status and said else f"it ended with status {ended.status}"
        message = f"the page says that it raises `{raises}`, but {came}"
        raise BlockFailed(
            StepFailure(code="run-exception", message=message, hard=True, log=lines[-_SHOWN_LOG:])
        )

    def output(self, step: Step, outcome: Outcome) -> None:
        """Compare what the block before has printed with a block of its own language."""
        expected = split_lines(step.text)
        lines = self.present(self.last_output)
        outcome.captured.append(Captured(line=0, expected=len(expected), lines=lines))
        if is_unfilled(expected):
            self.compare(outcome, expected, lines, step, 0)
            return
        outcome.compared = True
        literal = step.option("literal") is not None
        mismatch = compare_text(expected, lines, self.normalisation, literal=literal)
        if mismatch is not None:
            outcome.fail(
                StepFailure(code="run-output", message="output differs", line=0, expected=mismatch.expected, got=mismatch.got)
            )


def _server_failure(server: RunningServer, end: ServerEnd, line: int, *, again: Sequence[str]) -> StepFailure:
    log = end.log[-_SHOWN_LOG:]
    when = "before it was ready"
    if again:
        files = ", ".join(f"`{path}`" for path in again)
        when = f"when it was started again, since {files} had changed"
    hint = ""
    if end.status is None:
        message = f"`{server.name}` was not ready after {server.timeout:g} s" + (f" {when}" if again else "")
        hint = "it is ready when the lines shown have appeared; `ready` names a port or a request in their place"
        return StepFailure(
            code="run-server", message=message, hard=True, line=line, expected=() if server.ready else server.expected,
            got=() if server.ready else log, log=log, log_of=server.name, hint=hint,
        )  # fmt: skip
    message = f"`{server.name}` ended with status {end.status} {when}"
    return StepFailure(code="run-server", message=message, hard=True, line=line, log=log, log_of=server.name, hint=hint)


def _ended_failure(server: RunningServer, end: ServerEnd) -> StepFailure:
    message = f"`{server.name}` has ended by itself with status {end.status}"
    return StepFailure(code="run-server", message=message, hard=True, log=end.log[-_SHOWN_LOG:], log_of=server.name)
