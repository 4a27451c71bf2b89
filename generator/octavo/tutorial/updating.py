"""What `--update` makes of the expected text of a block, given what really came. Only output is touched, never a claim."""

from octavo.tutorial.alignment import align_json, align_output
from octavo.tutorial.excerpts import split_lines
from octavo.tutorial.httpblocks import read_http
from octavo.tutorial.jsontext import parse_json
from octavo.tutorial.matching import compare_output, is_unfilled
from octavo.tutorial.normalise import Normalisation
from octavo.tutorial.prompts import align_example, compare_example, read_examples
from octavo.tutorial.results import Captured, StepResult
from octavo.tutorial.rewriting import BlockUpdate
from octavo.tutorial.step import Step

__all__ = ["update_block"]

_OUTPUT_FAILURES = frozenset({"run-output", "run-body", "run-unfilled"})


def update_block(step: Step, result: StepResult, normalisation: Normalisation) -> tuple[BlockUpdate, ...]:
    """Give the texts of a block that are to be replaced; nothing for one that passed or failed otherwise.

    The lines of *result* are those that a page would show, so *normalisation* holds the author's patterns and no paths.
    """
    if result.failure is None or result.failure.code not in _OUTPUT_FAILURES:
        return ()
    lines = split_lines(step.text)
    literal = step.option("literal") is not None
    found: list[BlockUpdate] = []
    for part in result.captured:
        expected = lines[part.line : part.line + part.expected] if part.expected else []
        if not expected:
            continue
        new = _new_lines(step, lines, part, expected, normalisation, literal=literal)
        if new is not None and tuple(new) != tuple(expected):
            found.append(BlockUpdate(block=step.block, line=part.line, expected=part.expected, lines=new))
    return tuple(found)


def _new_lines(
    step: Step,
    lines: list[str],
    part: Captured,
    expected: list[str],
    normalisation: Normalisation,
    *,
    literal: bool,
) -> tuple[str, ...] | None:
    got = "\n".join(part.lines)
    if step.role == "pycon":
        example = next(
            (each for each in read_examples(lines) if each.expected and each.expected_line == part.line), None
        )
        if example is None:
            return None
        if (
            not is_unfilled(expected)
            and compare_example(example, got, normalisation, literal=literal) is None
        ):
            return None
        return align_example(example, got, normalisation, literal=literal)
    is_json = parse_json(got) is not None and parse_json("\n".join(expected)) is not None
    if step.role == "http" and read_http(lines).body_line != part.line:
        return None
    if step.role in {"http", "output"} and is_json:
        return align_json(expected, got, normalisation, literal=literal)
    if (
        not is_unfilled(expected)
        and compare_output(expected, part.lines, normalisation, literal=literal) is None
    ):
        return None
    return align_output(expected, part.lines, normalisation, literal=literal)
