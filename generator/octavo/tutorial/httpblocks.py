"""`http` blocks: the request that they hold, the response that they expect, and the comparison with the one that came.

The status is compared by its number. Of the headers those that are listed count, whatever else came. A body that is not
shown is not compared.
"""

from collections.abc import Sequence

from octavo.model import Value
from octavo.tutorial.contents import RESPONSE_LINE
from octavo.tutorial.jsontext import compare_body
from octavo.tutorial.matching import match_line, without_end
from octavo.tutorial.normalise import Normalisation, normalise_lines

__all__ = ["ExpectedHeader", "HttpBlock", "ResponseProblem", "compare_response", "read_http"]


class ExpectedHeader(Value, frozen=True):
    """A header that the response must have."""

    name: str
    """As written."""
    value: str
    """May hold wildcards."""
    line: int
    """Of the block, counted from 0."""


class HttpBlock(Value, frozen=True):
    """A request and what is expected of its response."""

    method: str
    target: str
    """A path, or a whole address."""
    headers: tuple[tuple[str, str], ...]
    body: str
    """Of the request; without a line end at its end."""
    status: int
    reason: str
    """As the author wrote it; not compared."""
    status_line: int
    """Of the block, counted from 0, as all lines here."""
    expected_headers: tuple[ExpectedHeader, ...] = ()
    expected_body: tuple[str, ...] = ()
    """Empty where the body is not compared."""
    body_line: int = -1
    """Where the expected body begins; -1 without one."""


class ResponseProblem(Value, frozen=True):
    """In what a response differs from the expected one."""

    code: str
    """`run-status`, `run-header` or `run-body`."""
    message: str
    line: int
    """Of the block, counted from 0."""
    expected: tuple[str, ...]
    got: tuple[str, ...]
    """Both as they were compared."""


def read_http(lines: Sequence[str]) -> HttpBlock:
    """Read a block that `contents.check_content` has accepted."""
    first = next(number for number, line in enumerate(lines) if line.strip())
    method, target, _ = lines[first].split()
    status_line = next(
        number for number in range(first + 1, len(lines)) if RESPONSE_LINE.fullmatch(lines[number].rstrip())
    )
    headers, body_start = _read_headers(lines, first + 1, status_line)
    _, status, *reason = lines[status_line].split(maxsplit=2)
    expected_headers, expected_start = _read_headers(lines, status_line + 1, len(lines))
    expected_body = without_end(lines[expected_start:])
    return HttpBlock(
        method=method,
        target=target,
        headers=tuple((header.name, header.value) for header in headers),
        body="\n".join(without_end(lines[body_start:status_line])),
        status=int(status),
        reason=" ".join(reason).strip(),
        status_line=status_line,
        expected_headers=expected_headers,
        expected_body=expected_body,
        body_line=expected_start if expected_body else -1,
    )


def _read_headers(lines: Sequence[str], start: int, end: int) -> tuple[tuple[ExpectedHeader, ...], int]:
    """Read headers up to an empty line; gives them and the line where the body begins."""
    found: list[ExpectedHeader] = []
    for number in range(start, end):
        if not lines[number].strip():
            return tuple(found), number + 1
        name, _, value = lines[number].partition(":")
        found.append(ExpectedHeader(name=name.strip(), value=value.strip(), line=number))
    return tuple(found), end


def compare_response(
    block: HttpBlock,
    status: int,
    headers: Sequence[tuple[str, str]],
    body: str,
    normalisation: Normalisation,
    *,
    literal: bool = False,
) -> ResponseProblem | None:
    """Compare a response with the expected one: status, listed headers, body; None where they agree.

    Args:
        block: What is expected.
        status: The number that came.
        headers: Name and value of each header that came, in any case; names may repeat.
        body: Decoded, as `decode_output` gives it.
        normalisation: Applied to both sides.
        literal: Three dots mean three dots.

    """
    if status != block.status:
        return ResponseProblem(
            code="run-status",
            message=f"the status is {status}, expected {block.status}",
            line=block.status_line,
            expected=(str(block.status),),
            got=(str(status),),
        )
    for header in block.expected_headers:
        if problem := _compare_header(header, headers, normalisation, literal=literal):
            return problem
    if not block.expected_body:
        return None
    found = compare_body(block.expected_body, body, normalisation, literal=literal)
    if found is None:
        return None
    return ResponseProblem(
        code="run-body",
        message=f"the body differs: {found.note}" if found.note else "the body differs",
        line=block.body_line,
        expected=found.expected,
        got=found.got,
    )


def _compare_header(
    expected: ExpectedHeader,
    headers: Sequence[tuple[str, str]],
    normalisation: Normalisation,
    *,
    literal: bool,
) -> ResponseProblem | None:
    values = [value.strip() for name, value in headers if name.strip().lower() == expected.name.lower()]
    wanted, *came = normalise_lines((expected.value, *values), normalisation)
    if any(match_line(wanted, value, literal=literal) for value in came):
        return None
    message = f"the header `{expected.name}` differs" if came else f"there is no header `{expected.name}`"
    return ResponseProblem(
        code="run-header",
        message=message,
        line=expected.line,
        expected=(f"{expected.name}: {wanted}",),
        got=tuple(f"{expected.name}: {value}" for value in came),
    )
