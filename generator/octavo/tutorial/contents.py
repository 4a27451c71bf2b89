"""What must stand in blocks that are run or compared, and the part of them that a reader copies."""

import re
from collections.abc import Sequence

from octavo.model import Value

__all__ = ["RESPONSE_LINE", "Command", "ContentProblem", "check_content", "copied_text", "read_commands"]

_REQUEST = re.compile(r"[A-Z]{3,10} (?:/|https?://)\S* HTTP/[0-9](?:\.[0-9])?")
RESPONSE_LINE = re.compile(r"HTTP/[0-9](?:\.[0-9])? [1-5][0-9]{2}(?: .*)?")
"""The first line of a response, without blanks at its end."""
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*")  # RFC 9110, section 5.6.2: the signs of a name


class ContentProblem(Value, frozen=True):
    """What is wrong with the lines of a block."""

    message: str
    hint: str
    line: int = -1


class Command(Value, frozen=True):
    """One command of a console block, and what it is said to print."""

    text: str
    """With the lines that continue it."""
    line: int
    """Of the block, counted from 0."""
    output: tuple[str, ...] = ()


def read_commands(lines: Sequence[str]) -> tuple[Command, ...]:
    """Read the commands of a console block; lines before the first command are left out."""
    found: list[Command] = []
    parts: list[str] = []
    output: list[str] = []
    first = 0

    def close() -> None:
        if parts:
            while output and not output[-1].strip():
                output.pop()
            found.append(Command(text="\n".join(parts), line=first, output=tuple(output)))

    for number, line in enumerate(lines):
        if line.startswith("$ ") or line == "$":
            close()
            parts, output, first = [line[2:]], [], number
        elif parts and not output and (line.startswith("> ") or line == ">"):
            parts.append(line[2:])
        elif parts:
            output.append(line)
    close()
    return tuple(found)


def check_content(role: str, lines: Sequence[str], options: dict[str, str]) -> ContentProblem | None:
    """Tell what is wrong with the lines of a block; None where nothing is."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if role == "console" and "stop" in options:
        if [lines[number].strip() for number in filled] == ["^C"]:
            return None
        return ContentProblem(message="a block that stops a server holds `^C` alone", hint="write `^C` in it")
    if not filled:
        if role == "file":
            return None
        return ContentProblem(message="the block holds nothing", hint="fill it, or take it out")
    first = lines[filled[0]]
    if role == "console":
        return _check_console(lines, filled[0], options)
    if role == "http":
        return _check_http(lines, filled[0])
    if role == "pycon" and not first.startswith(">>>"):
        return ContentProblem(
            message="a `pycon` block begins with a line at the prompt `>>>`",
            hint="write `>>> ` before what is typed",
            line=filled[0],
        )
    return None


def _check_console(lines: Sequence[str], first: int, options: dict[str, str]) -> ContentProblem | None:
    if not lines[first].startswith("$"):
        return ContentProblem(
            message="a `console` block begins with a command",
            hint="write `$ ` before what is typed; the lines below it are what it prints",
            line=first,
        )
    commands = read_commands(lines)
    if bare := next((command for command in commands if not command.text.strip()), None):
        return ContentProblem(message="no command stands behind `$`", hint="write one", line=bare.line)
    if "background" in options and len(commands) > 1:
        return ContentProblem(
            message="a block in the background holds one command",
            hint="put the other commands into a block of their own",
            line=commands[1].line,
        )
    return None


def _check_http(lines: Sequence[str], first: int) -> ContentProblem | None:
    if not _REQUEST.fullmatch(lines[first].rstrip()):
        return ContentProblem(
            message="an `http` block begins with a request",
            hint="write `GET /path HTTP/1.1`",
            line=first,
        )
    numbers = range(first + 1, len(lines))
    status = next((number for number in numbers if RESPONSE_LINE.fullmatch(lines[number].rstrip())), -1)
    if status < 0:
        return ContentProblem(
            message="an `http` block says what comes back",
            hint="write an empty line and `HTTP/1.1 200 OK` below the request",
        )
    for start, end in ((first + 1, status), (status + 1, len(lines))):
        for number in range(start, end):
            if not lines[number].strip():
                break
            if not _HEADER.fullmatch(lines[number]):
                return ContentProblem(
                    message="a header is written `Name: value`, and an empty line stands before a body",
                    hint="put an empty line before the body, or correct the header",
                    line=number,
                )
    return None


def copied_text(role: str, lines: Sequence[str]) -> str:
    """Give what a reader types: commands without `$` and what they print, Python without prompts, a request alone."""
    if role == "console":
        return "\n".join(command.text for command in read_commands(lines))
    if role == "http":
        end = next(
            (number for number, line in enumerate(lines) if RESPONSE_LINE.fullmatch(line.rstrip())),
            len(lines),
        )
        return "\n".join(lines[:end]).strip("\n")
    typed = (line[4:] for line in lines if line.startswith((">>> ", "... ")) or line in (">>>", "..."))
    return "\n".join(typed)
