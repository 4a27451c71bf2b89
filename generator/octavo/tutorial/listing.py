"""The blocks of a chapter as a list: what each is, where it stands, and what a run would check of it. Nothing is run."""

from collections.abc import Mapping, Sequence

from octavo.codeblocks import BlockPlace, CodeBlock, PageBlocks
from octavo.errors import Location
from octavo.model import Value
from octavo.tutorial.contents import read_commands
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.labels import label_of
from octavo.tutorial.step import Step

__all__ = ["UNREAD", "ListedBlock", "count_roles", "list_blocks"]

UNREAD = "?"
"""Stands for the role of a block that has a mistake in it."""
_CHANGES = {
    "edit": "every part fits the file once",
    "diff": "applies once",
    "append": "the file exists",
    "show": "the same as the file",
}
_CONDITIONS = ("only", "os", "needs", "xfail")


class ListedBlock(Value, frozen=True):
    """One row of the list."""

    location: Location
    role: str
    label: str
    checks: tuple[str, ...]
    """What a run checks, in words; empty for a block that is not run."""
    hidden: bool = False
    reason: str = ""
    """Why it is not run, or under which condition it is."""


def list_blocks(steps: Sequence[Step], page: PageBlocks) -> tuple[ListedBlock, ...]:
    """List every block of a page; *steps* are those that could be read of them."""
    known = {step.block: step for step in steps}
    return tuple(
        _list(known.get(number), block, place)
        for number, (block, place) in enumerate(zip(page.blocks, page.places, strict=True))
    )


def count_roles(listed: Sequence[ListedBlock]) -> tuple[tuple[str, int], ...]:
    """Count the blocks of each role, in the order in which roles first occur."""
    counts: dict[str, int] = {}
    for block in listed:
        counts[block.role] = counts.get(block.role, 0) + 1
    return tuple(counts.items())


def _list(step: Step | None, block: CodeBlock, place: BlockPlace) -> ListedBlock:
    if step is None:
        return ListedBlock(
            location=place.location,
            role=UNREAD,
            label=block.title,
            checks=(),
            hidden=block.hidden,
            reason="it has a mistake in it: see `octavo check`",
        )
    options = dict(step.options)
    conditions = [f"{name}: {options[name]}" for name in _CONDITIONS if options.get(name)]
    return ListedBlock(
        location=place.location,
        role=step.role,
        label=label_of(step),
        checks=_checks(step, options),
        hidden=step.hidden,
        reason="; ".join([step.reason] * bool(step.reason) + conditions),
    )


def _checks(step: Step, options: Mapping[str, str]) -> tuple[str, ...]:
    lines = split_lines(step.text)
    if step.role in {"skip", "norun"}:
        return ()
    if step.role == "file":
        mirrored = [f"the same as {options['file']}"] if options.get("file") else []
        return ("written", *mirrored)
    if step.role in _CHANGES:
        return (_CHANGES[step.role],)
    if step.role == "console":
        return _console(lines, options)
    if step.role == "http":
        return _http(lines)
    if step.role == "run":
        return (f"raises {options['raises']}",) if options.get("raises") else (_exit(options),)
    if step.role == "pycon":
        return ("values",)
    return ("printed before",)


def _console(lines: Sequence[str], options: Mapping[str, str]) -> tuple[str, ...]:
    if "stop" in options:
        return (f"{options['stop']} still runs",)
    commands = read_commands(lines)
    printed = [
        command.output for command in commands if any(line.strip() != "..." for line in command.output)
    ]
    if "background" in options:
        ready = options.get("ready") or ("the shown lines" if printed else "started")
        return (f"ready: {ready}",)
    count = sum(len(output) for output in printed)
    output = f"{count} line{'s' * (count != 1)} of output"
    return (_exit(options), output) if printed else (_exit(options),)


def _exit(options: Mapping[str, str]) -> str:
    wanted = options.get("exit", "0")
    return "any exit but 0" if wanted == "!0" else f"exit {wanted}"


def _http(lines: Sequence[str]) -> tuple[str, ...]:
    """Name the status, the headers and the body that are compared."""
    start = next((number for number, line in enumerate(lines) if line.startswith("HTTP/")), len(lines))
    if start == len(lines):
        return ()
    answer = [line.strip() for line in lines[start:]]
    end = answer.index("") if "" in answer else len(answer)
    headers = sum(bool(line) for line in answer[1:end])
    body = [line for line in answer[end:] if line and line != "..."]
    found = [f"status {answer[0].split(' ')[1] if ' ' in answer[0] else '?'}"]
    if headers:
        found.append(f"{headers} header{'s' * (headers != 1)}")
    return (*found, "body") if body else tuple(found)
