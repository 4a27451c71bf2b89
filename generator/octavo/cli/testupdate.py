"""`octavo test --update`: what came is written into the pages, as one change that can be read first."""

import difflib
from collections.abc import Sequence

import click

from octavo.cli.console import Console
from octavo.edges.pagewriting import read_page, write_page
from octavo.engine.testing import Choice
from octavo.tutorial import BlockUpdate, Normalisation, RewriteProblem, rewrite_blocks
from octavo.tutorial.reporting import ReportedChapter
from octavo.tutorial.updating import update_block

__all__ = ["UPDATE_MODES", "update_pages"]

UPDATE_MODES = ("write", "ask", "diff")


def update_pages(
    console: Console, root: str, choices: Sequence[Choice], reported: Sequence[ReportedChapter], mode: str
) -> bool:
    """Bring the expected output of pages up to date; True where nothing is left to mend.

    Raises:
        EnvironmentFault: a page cannot be written.

    """
    left = changed = 0
    for choice, chapter in zip(choices, reported, strict=True):
        steps = {step.block: step for step in choice.chapter.steps}
        patterns = tuple((rule.find, rule.to) for rule in choice.chapter.key.settings.normalise)
        updates: list[BlockUpdate] = []
        for step in chapter.steps:
            found = update_block(steps[step.result.block], step.result, Normalisation(patterns=patterns))
            if step.result.status == "failed" and not found:
                left += 1
            if found and mode == "ask" and not _accepts(console, root, choice, found):
                left += 1
                continue
            updates += found
        if updates:
            done, refused = _update(console, root, choice, updates, write=mode != "diff")
            changed += done
            left += refused
    word = "would be brought up to date" if mode == "diff" else "brought up to date"
    count = f"{changed} block{'' if changed == 1 else 's'}" if changed else "no block"
    console.say(f"{count} {word}" + (f", {left} left as they are" if left else ""))
    return left == 0 and mode != "diff"


def _accepts(console: Console, root: str, choice: Choice, updates: Sequence[BlockUpdate]) -> bool:
    _, new, old, _ = _rewrite(root, choice, updates)
    _show(console, choice.chapter.file, old, new)
    return click.confirm("Accept this?", default=False, err=True)


def _update(
    console: Console, root: str, choice: Choice, updates: Sequence[BlockUpdate], *, write: bool
) -> tuple[int, int]:
    """Rewrite one page, block by block, so that one that is refused leaves the others; gives how many were, and not."""
    problems, new, old, done = _rewrite(root, choice, updates)
    for problem in problems:
        place = choice.chapter.page.places[problem.block].location
        console.note(f"{place.file}:{place.line}: left as it is: {problem.message}")
    if new != old:
        _show(console, choice.chapter.file, old, new)
        if write:
            write_page(root, choice.chapter.file, old, new)
    return done, len(problems)


def _rewrite(
    root: str, choice: Choice, updates: Sequence[BlockUpdate]
) -> tuple[list[RewriteProblem], str, str, int]:
    chapter = choice.chapter
    old = read_page(root, chapter.file)
    kept: list[BlockUpdate] = []
    problems: list[RewriteProblem] = []
    new = old
    for block in dict.fromkeys(update.block for update in updates):
        more = [*kept, *(update for update in updates if update.block == block)]
        made = rewrite_blocks(old, chapter.page.places, chapter.page.blocks, more, file=chapter.file)
        if isinstance(made, RewriteProblem):
            problems.append(made)
        else:
            kept, new = more, made
    return problems, new, old, len({update.block for update in kept})


def _show(console: Console, file: str, old: str, new: str) -> None:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{file}", f"b/{file}", lineterm="", n=1
    )
    styles = {"+": "green", "-": "red", "@": "cyan"}
    console.paint([((line, styles.get(line[:1], "")),) for line in lines])
