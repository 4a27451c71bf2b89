"""What a run adds up to, in numbers and in words."""

from collections.abc import Mapping, Sequence

from octavo.model import Value
from octavo.tutorial.reporting import ReportedChapter
from octavo.tutorial.results import ChapterStatus, StepStatus, count_status

__all__ = ["Totals", "count_totals", "name_counts", "name_totals"]

_WORDS: tuple[tuple[StepStatus, str], ...] = (
    ("passed", "verified"),
    ("failed", "failed"),
    ("xfailed", "failed as expected"),
    ("not-run", "not run"),
    ("skipped", "skipped"),
)
_CHAPTER_WORDS: tuple[tuple[ChapterStatus, str], ...] = (
    ("recorded", "unchanged"),
    ("blocked", "blocked"),
    ("not-started", "not started"),
)


class Totals(Value, frozen=True):
    """The counts of a run."""

    steps: tuple[tuple[StepStatus, int], ...]
    """Blocks by their status; every status is there."""
    chapters: tuple[tuple[ChapterStatus, int], ...]
    """Chapters by their status; every status is there."""
    unexplained: int = 0
    """Chapters that failed, and no block of them did."""

    @property
    def failed(self) -> int:
        """How many blocks failed, and chapters that failed without a block."""
        return dict(self.steps)["failed"] + self.unexplained


def count_totals(chapters: Sequence[ReportedChapter]) -> Totals:
    """Add up the chapters of a run."""
    steps: dict[StepStatus, int] = {"passed": 0, "failed": 0, "skipped": 0, "not-run": 0, "xfailed": 0}
    found: dict[ChapterStatus, int] = {
        "verified": 0,
        "recorded": 0,
        "failed": 0,
        "blocked": 0,
        "partial": 0,
        "not-started": 0,
    }
    for chapter in chapters:
        found[chapter.result.status] += 1
        for status, number in count_status(chapter.result).items():
            steps[status] += number
    return Totals(
        steps=tuple(steps.items()),
        chapters=tuple(found.items()),
        unexplained=sum(bool(chapter.unexplained) for chapter in chapters),
    )


def name_counts(counts: Mapping[StepStatus, int]) -> tuple[str, ...]:
    """Say counts of blocks, `5 verified`, `1 failed`; what is 0 is left out."""
    return tuple(f"{counts[status]} {word}" for status, word in _WORDS if counts.get(status))


def name_totals(totals: Totals) -> tuple[str, ...]:
    """Say the counts of a run: what failed first, then the other blocks, then chapters of which nothing was run."""
    counts = dict(totals.steps)
    failed = [f"{counts['failed']} failed"] if counts["failed"] else []
    if totals.unexplained:
        failed.append(f"{_chapters(totals.unexplained)} failed")
    others = name_counts({status: number for status, number in counts.items() if status != "failed"})
    chapters = dict(totals.chapters)
    idle = [f"{_chapters(chapters[status])} {word}" for status, word in _CHAPTER_WORDS if chapters[status]]
    return (*failed, *others, *idle) or ("nothing to verify",)


def _chapters(number: int) -> str:
    return f"{number} chapter" + ("" if number == 1 else "s")
