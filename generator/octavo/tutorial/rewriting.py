"""New output written into the text of a page: lines inside fences, and nothing else.

Line ends, quote marks and indentation stay as they are. What cannot be written so that Markdown reads it back as meant is
refused with a sentence: the author then writes it by hand.
"""

import re
from collections.abc import Sequence

from octavo.codeblocks import BlockPlace, CodeBlock
from octavo.model import Value
from octavo.tutorial.contents import read_commands
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.httpblocks import read_http
from octavo.tutorial.prompts import read_examples

__all__ = ["BlockUpdate", "RewriteProblem", "rewrite_blocks"]

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r)|([^\r\n]+)")
_PREFIX = re.compile(r"[ \t>]*")
_FENCE = re.compile(r"`{3,}|~{3,}")


class BlockUpdate(Value, frozen=True):
    """New expected output of one part of a block."""

    block: int
    """Its number among the blocks of the page."""
    line: int
    """Of its code, counted from 0, where the old lines begin."""
    expected: int
    """How many old lines there are."""
    lines: tuple[str, ...]
    """What takes their place."""


class RewriteProblem(Value, frozen=True):
    """Why the text of a page is not changed."""

    block: int
    message: str
    """A sentence without an end mark."""
    line: int = -1
    """Of the code, counted from 0; -1 for the whole block."""


class _Body(Value, frozen=True):
    """Where the code of a block lies among the lines of a page, counted from 0."""

    first: int
    opening: int
    """The line of the opening fence."""
    column: int
    """Of the fence in it."""
    fence: str
    old: tuple[str, ...]
    """The code."""
    prefixes: tuple[str, ...]
    """What stands before each line of it."""

    @property
    def closing(self) -> int:
        """Give the line behind the code, where the closing fence should be."""
        return self.first + len(self.old)


def rewrite_blocks(
    text: str,
    places: Sequence[BlockPlace],
    blocks: Sequence[CodeBlock],
    updates: Sequence[BlockUpdate],
    *,
    file: str = "",
) -> str | RewriteProblem:
    r"""Give the text of a page with new output in its blocks, or say why one of them cannot be changed.

    Args:
        text: The page as it stands in its file, with `\n` or `\r\n` at the end of lines.
        places: Where the blocks stand in it.
        blocks: All blocks of the page.
        updates: What is new; parts of one block must not overlap.
        file: The site-relative file of *text*; with it, blocks that come from another one are refused.

    """
    lines = [(found[1] or found[3] or "", found[2] or "") for found in _LINE.finditer(text)]
    by_block: dict[int, list[BlockUpdate]] = {}
    for update in updates:
        by_block.setdefault(update.block, []).append(update)
    for number in sorted(by_block, key=lambda each: places[each].body_line, reverse=True):
        place, block = places[number], blocks[number]
        if not place.body_line or place.way or (file and place.location.file != file):
            return RewriteProblem(block=number, message="the code of this block stands in another file")
        body = _find_body(lines, place, block)
        if body is None:
            return RewriteProblem(block=number, message="the page has changed since it was read")
        problem = _write(lines, body, block, number, by_block[number])
        if problem:
            return problem
    return "".join(content + end for content, end in lines)


def _find_body(lines: Sequence[tuple[str, str]], place: BlockPlace, block: CodeBlock) -> _Body | None:
    """Find the code of a block; None where the text is not what the block says."""
    old = tuple(split_lines(block.text))
    first = place.body_line - 1
    opening = first - 1
    if opening < 0 or first + len(old) > len(lines):
        return None
    found = _FENCE.search(lines[opening][0], max(place.location.column - 1, 0))
    if not block.fenced or found is None:
        return None
    prefixes = []
    for (content, _), code in zip(lines[first:], old, strict=False):
        prefix = content[: len(content) - len(code)]
        if not content.endswith(code) or not _PREFIX.fullmatch(prefix):
            return None
        prefixes.append(prefix)
    return _Body(
        first=first,
        opening=opening,
        column=found.start(),
        fence=found.group(),
        old=old,
        prefixes=tuple(prefixes),
    )


def _write(
    lines: list[tuple[str, str]], body: _Body, block: CodeBlock, number: int, updates: Sequence[BlockUpdate]
) -> RewriteProblem | None:
    ordered = sorted(updates, key=lambda each: each.line, reverse=True)
    limit = len(body.old)
    for update in ordered:
        if update.line < 0 or update.expected < 0 or update.line + update.expected > limit:
            return RewriteProblem(
                block=number, message="the new output fits no lines of this block", line=update.line
            )
        limit = update.line
    code = list(body.old)
    for update in ordered:
        code[update.line : update.line + update.expected] = update.lines
    if message := _refuse(block, body, code, ordered):
        return RewriteProblem(block=number, message=message, line=ordered[-1].line)
    longest = _longest_closing(body, [line for update in ordered for line in update.lines])
    if longest and not _lengthen(lines, body, longest + 1):
        return RewriteProblem(block=number, message="a new line would close the block", line=ordered[-1].line)
    for update in ordered:
        _replace(lines, body, update)
    return None


def _refuse(block: CodeBlock, body: _Body, code: Sequence[str], updates: Sequence[BlockUpdate]) -> str:
    """Say why new lines would be read otherwise than meant; empty where they would not."""
    new = [line for update in updates for line in update.lines]
    if any("\n" in line or "\r" in line for line in new):
        return "a new line holds the end of a line"
    if block.hidden and any("-->" in line for line in new):
        return "a new line holds `-->`, which would end the hidden comment"
    language = block.language.lower()
    if language == "console" and _typed(code) != _typed(body.old):
        return "a line of the new output would be read as a command"
    if language == "pycon" and _sources(code) != _sources(body.old):
        return "a line of the new output would be read as typed at the prompt"
    if language == "http" and _claims(code) != _claims(body.old):
        return "a line of the new body would be read as part of the request or the headers"
    return ""


def _typed(code: Sequence[str]) -> list[str]:
    return [command.text for command in read_commands(code)]


def _sources(code: Sequence[str]) -> list[str]:
    return [example.source for example in read_examples(code)]


def _claims(code: Sequence[str]) -> tuple[object, ...]:
    block = read_http(code)
    return (block.method, block.target, block.headers, block.body, block.status, block.expected_headers)


def _longest_closing(body: _Body, new: Sequence[str]) -> int:
    """Give the length of the longest new line that would close the block; 0 where none would."""
    sign = body.fence[0]
    runs = [len(line.strip()) for line in new if line.strip() and not line.strip().strip(sign)]
    return max((run for run in runs if run >= len(body.fence)), default=0)


def _lengthen(lines: list[tuple[str, str]], body: _Body, length: int) -> bool:
    """Make both fences of a block longer; False where there is no closing one to be sure of."""
    if body.closing >= len(lines):
        return False
    content, end = lines[body.closing]
    start = len(_PREFIX.match(content).group())  # type: ignore[union-attr]  # matches the empty text too
    closing = content[start:].rstrip()
    if len(closing) < len(body.fence) or closing.strip(body.fence[0]):
        return False
    fence = body.fence[0] * length
    lines[body.closing] = (content[:start] + fence + content[start + len(closing) :], end)
    content, end = lines[body.opening]
    after = body.column + len(body.fence)
    lines[body.opening] = (content[: body.column] + fence + content[after:], end)
    return True


def _replace(lines: list[tuple[str, str]], body: _Body, update: BlockUpdate) -> None:
    """Put new lines in place of old ones; those at both ends that say the same are not touched."""
    old = body.old[update.line : update.line + update.expected]
    new = update.lines
    shorter = min(len(old), len(new))
    same = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    left = shorter - same
    tail = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    prefix = _prefix(lines, body, update.line)
    line_end = lines[body.opening][1] or "\n"
    start = body.first + update.line + same
    stop = body.first + update.line + len(old) - tail
    inserted = [
        ((prefix + line if line else prefix.rstrip()), line_end) for line in new[same : len(new) - tail]
    ]
    if stop == len(lines) and inserted:
        # The page ends inside this block, without an end of line.
        inserted[-1] = (inserted[-1][0], lines[-1][1])
        if start == stop:
            lines[-1] = (lines[-1][0], line_end)
    lines[start:stop] = inserted


def _prefix(lines: Sequence[tuple[str, str]], body: _Body, line: int) -> str:
    """Give what stands before code at a line: what the nearest line above has, else one below, else the fence."""
    above = list(zip(body.old[:line], body.prefixes[:line], strict=True))[::-1]
    below = zip(body.old[line:], body.prefixes[line:], strict=True)
    for code, prefix in (*above, *below):
        if code.strip():
            return prefix
    before = lines[body.opening][0][: body.column]
    return "".join(char if char in "> \t" else " " for char in before)
