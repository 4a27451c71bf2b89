"""One step applied to one file: the file after it, and what of the block is new."""

from collections.abc import Sequence

from octavo.codeblocks import Mirror
from octavo.model import Value
from octavo.tutorial.comments import cut_text, language_of
from octavo.tutorial.diffs import Hunk, apply_diff
from octavo.tutorial.edits import apply_edit
from octavo.tutorial.excerpts import MAX_LINES, ExcerptProblem, check_excerpt, split_lines
from octavo.tutorial.step import Step

__all__ = ["Change", "apply_step", "check_mirror"]


class Change(Value, frozen=True):
    """What a step makes of its file."""

    text: str
    """The file after the step."""
    shown: tuple[str, ...]
    """What the page shows in place of the block: of a diff its result, of all else the block itself."""
    new: tuple[int, ...] | None = None
    """The lines shown that are new, counted from 0; None where a comparison of the two files tells."""


def apply_step(step: Step, before: str | None) -> Change | ExcerptProblem:
    """Apply a step that changes or shows a file; *before* is None where the project has no such file."""
    lines = split_lines(step.text)
    shown = tuple(line for number, line in enumerate(lines) if number not in set(step.hidden_lines))
    if step.role in {"file", "run"}:
        return Change(text=step.text, shown=shown)
    if before is None:
        return ExcerptProblem(
            code="project-file",
            message=f"the project has no file `{step.path}` here",
            hint="print the whole file in an earlier block first, or correct the path",
        )
    have = split_lines(before)
    if len(have) > MAX_LINES or len(lines) > MAX_LINES:
        return ExcerptProblem(
            code="edit-too-large",
            message=f"`{step.path}` or the block has more than {MAX_LINES:,} lines",
            hint="write the whole file",
        )
    if step.role == "show":
        return check_excerpt(have, lines, step.language, step.path) or Change(
            text=before, shown=shown, new=()
        )
    if step.role == "append":
        return _append(step, have, lines, shown)
    if step.role == "diff":
        return _diff(step, have, lines)
    edited = apply_edit(have, lines, step.language, step.path)
    if isinstance(edited, ExcerptProblem):
        return edited
    positions = [number for number in range(len(lines)) if number not in set(step.hidden_lines)]
    new = tuple(place for place, number in enumerate(positions) if number in set(edited.new))
    return Change(text=_join(edited.lines), shown=shown, new=new)


def _append(step: Step, have: list[str], lines: list[str], shown: tuple[str, ...]) -> Change:
    while have and not have[-1].strip():
        have.pop()
    usual = 2 if step.path.endswith((".py", ".pyi")) else 1
    given = step.option("gap")
    gap = [""] * (usual if given is None else int(given)) if have else []
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return Change(text=_join([*have, *gap, *lines[first:]]), shown=shown, new=())


def _diff(step: Step, have: list[str], lines: list[str]) -> Change | ExcerptProblem:
    result = apply_diff(have, lines, step.path)
    if isinstance(result, ExcerptProblem):
        return result
    shown, new = _show_hunks(result.hunks, cut_text(language_of(step.path)))
    return Change(text=_join(result.lines), shown=shown, new=new)


def _show_hunks(hunks: Sequence[Hunk], cut: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Show what hunks make, with a cut between two of them."""
    shown: list[str] = []
    new: list[int] = []
    for number, hunk in enumerate(hunks):
        if number:
            shown += ["", cut, ""]
        for sign, text, _ in hunk.lines:
            if sign == "+":
                new.append(len(shown))
            if sign != "-":
                shown.append(text)
    return tuple(shown), tuple(new)


def _join(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def check_mirror(text: str, mirror: Mirror) -> ExcerptProblem | None:
    """Tell where a block differs from the file that it mirrors; None where they are the same."""
    if mirror.text is None:
        reason = f": {mirror.reason}" if mirror.reason else ""
        return ExcerptProblem(
            code="mirror-differs",
            message=f"there is no file `{mirror.file}` to compare the block with{reason}",
            hint="write the path relative to this page, or from the site folder with a slash before it",
        )
    ours, theirs = split_lines(text), split_lines(mirror.text)
    if ours == theirs:
        return None
    shared = min(len(ours), len(theirs))
    line = next((number for number in range(shared) if ours[number] != theirs[number]), shared)
    there = (
        f"has `{theirs[line].strip()}` on line {line + 1}"
        if line < len(theirs)
        else f"ends after line {line}"
    )
    return ExcerptProblem(
        code="mirror-differs",
        message=f"the block and `{mirror.file}` differ: the file {there}",
        line=line if line < len(ours) else -1,
        hint="copy the one that is right over the other",
    )
