"""How each kind of block runs, given what the chapter has by then; `chapter` goes through them."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from octavo.edges.runner.failures import BlockFailed, check_end, ended_by_itself, failed_start, last_lines
from octavo.edges.runner.processes import Ended, run_process
from octavo.edges.runner.pythonprompt import PythonPrompt
from octavo.edges.runner.servers import RunningServer
from octavo.edges.runner.shellstate import ShellState
from octavo.edges.runner.workfolder import WorkFolder
from octavo.tutorial import (
    Captured,
    ChapterTask,
    Normalisation,
    Step,
    StepFailure,
    Written,
    compare_output,
    decode_output,
    is_unchecked,
    is_unfilled,
    present,
    read_commands,
    refuse_command,
    split_lines,
)
from octavo.tutorialkeys import parse_duration

__all__ = ["BlockRunner", "Outcome"]


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

    def environment_of(self, step: Step) -> dict[str, str]:
        """Add the secrets that a block names to the variables of the console."""
        needs = {item.strip() for item in (step.option("needs") or "").split(",")}
        return {
            **self.state.environment,
            **{name: value for name, value in self.task.secrets if f"secret:{name}" in needs},
        }

    def new_log(self) -> str:
        """Name a file for the output of a command."""
        self._logs += 1
        return os.path.join(self.folder.logs, f"{self._logs}.log")

    def present(self, output: bytes) -> tuple[str, ...]:
        """Give output as a page would show it."""
        return present(decode_output(output), self.normalisation)

    # ---------------------------------------------------------------- files

    def write(self, written: Written, outcome: Outcome) -> None:
        """Bring a file to what the page makes of it; what a command has made of it meanwhile is a failure."""
        there = self.folder.read(written.path)
        if (
            there is not None
            and there != written.before
            and (written.before is not None or there != written.after)
        ):
            got = there.decode("utf-8", "backslashreplace")
            page = (written.after if written.before is None else written.before).decode(
                "utf-8", "backslashreplace"
            )
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
            if server.reloads:
                server.changed.append(written.path)

    # ---------------------------------------------------------------- consoles

    def console(self, step: Step, outcome: Outcome) -> None:
        """Run the commands of a console block, one after the other."""
        commands = read_commands(split_lines(step.text))
        deadline = time.monotonic() + self.timeout(step)
        collected = b""
        for number, command in enumerate(commands):
            self.refuse(command.text, command.line)
            ended = self.execute(
                self.state.words(self.shell, command.text),
                self.environment_of(step),
                deadline - time.monotonic(),
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
            check_end(ended, lines, self.timeout(step), command.line, wanted or "0")
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
            raise BlockFailed(
                StepFailure(code="run-refused", message=message, hint=hint, hard=True, line=line)
            )

    def execute(self, words: Sequence[str], environment: dict[str, str], timeout: float) -> Ended:
        """Run a process in the folder of the console."""
        return run_process(
            words,
            folder=self.state.folder,
            environment=environment,
            log=self.new_log(),
            timeout=max(0.0, timeout),
            keep=self.keep(),
            alive=self.alive,
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
            outcome.fail(
                StepFailure(code="run-unfilled", message=message, line=line, got=tuple(lines), hint=hint)
            )
            return
        literal = step.option("literal") is not None
        outcome.compared = outcome.compared or literal or not is_unchecked(expected)
        mismatch = compare_output(expected, lines, self.normalisation, literal=literal)
        if mismatch is not None:
            outcome.fail(
                StepFailure(
                    code="run-output",
                    message="output differs",
                    line=line,
                    expected=mismatch.expected,
                    got=mismatch.got,
                )
            )

    # ---------------------------------------------------------------- servers

    def start(self, step: Step) -> None:
        """Start a server and wait until it is ready."""
        command = read_commands(split_lines(step.text))[0]
        self.refuse(command.text, command.line)
        name = step.option("background") or ""
        state = ShellState(self.state.folder, self.environment_of(step), "")
        server = self.servers[name] = RunningServer(
            name=name,
            command=command.text,
            block=step.block,
            expected=command.output,
            ready=step.option("ready") or "",
            base_url=self.task.base_url,
            timeout=self.timeout(step),
            literal=step.option("literal") is not None,
            reloads=step.option("reload") != "off",
            shell=self.shell,
            state=state,
            log=self.new_log(),
            normalisation=self.normalisation,
        )
        end = server.start(self.alive)
        if end is not None:
            raise BlockFailed(failed_start(server, end, command.line, again=()))

    def stop(self, step: Step) -> None:
        """Stop a server as Ctrl+C does; that it had ended by itself is a failure."""
        server = self.servers.pop(step.option("stop") or "")
        end = server.ended()
        if end is not None:
            raise BlockFailed(ended_by_itself(server, end))
        if not server.stop():
            message = f"`{server.name}` did not end when it was asked to"
            raise BlockFailed(
                StepFailure(
                    code="run-server",
                    message=message,
                    hard=True,
                    log=last_lines(server.lines()),
                    log_of=server.name,
                )
            )

    def refresh(self) -> None:
        """Start those servers again whose project has changed; one that ended by itself is a failure."""
        for server in self.servers.values():
            end = server.ended()
            if end is not None:
                raise BlockFailed(ended_by_itself(server, end))
            if server.changed:
                changed = tuple(dict.fromkeys(server.changed))
                server.stop()
                end = server.start(self.alive)
                if end is not None:
                    raise BlockFailed(failed_start(server, end, -1, again=changed))
