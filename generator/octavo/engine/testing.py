"""The chapters of a planned site as tests: which are asked for, what each needs to run, what a run of all comes to.

Nothing here runs a command: whoever calls gives a function that runs one chapter. Every chapter starts from the folded
project, so that any order, any choice and any number of them at once come to the same verdicts.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from octavo.codeblocks import PageBlocks
from octavo.engine.chapters import FoldedTutorial
from octavo.engine.planning import PlannedSite
from octavo.engine.proving import ChapterKey, chapter_keys
from octavo.engine.tutorialfiles import requirements_file
from octavo.errors import Diagnostic
from octavo.tutorial import DEFAULT_TIMEOUT, ChapterResult, ChapterTask, Step, label_of

__all__ = [
    "ChapterTest",
    "Choice",
    "blank_result",
    "chapter_test",
    "choose_chapters",
    "find_mistakes",
    "judge_result",
    "list_chapters",
    "make_task",
    "run_chapters",
]


class ChapterTest(NamedTuple):
    """One chapter that can be run."""

    key: ChapterKey
    tutorial: FoldedTutorial
    number: int
    """Of the chapter in its tutorial, counted from 0."""
    file: str
    """Its page, relative to the site folder."""
    title: str
    project: str
    page: PageBlocks
    steps: tuple[Step, ...]
    requirements: str
    """The file of pinned requirements, relative to the site folder; empty without one."""
    problems: bool
    """True where its blocks have mistakes of their own: then it cannot be run."""

    @property
    def source(self) -> str:
        """Give its page, relative to the content folder."""
        return self.key.source


class Choice(NamedTuple):
    """A chapter that was asked for, as far as it was."""

    chapter: ChapterTest
    until: int = -1
    """The block that is the last to run; -1 for the whole chapter."""


def list_chapters(planned: PlannedSite) -> tuple[ChapterTest, ...]:
    """Give all chapters of a site, tutorial by tutorial in reading order."""
    return tuple(chapter_test(planned, key) for key in chapter_keys(planned))


def chapter_test(planned: PlannedSite, key: ChapterKey) -> ChapterTest:
    """Give the chapter of a site that a key is of, as it can be run."""
    content = planned.snapshot.config.content_dir
    tutorial = next(each for each in planned.plan.tutorials.tutorials if each.outline.source == key.tutorial)
    number = tutorial.numbers[key.output]
    chapter, page = tutorial.outline.chapters[number], tutorial.page(number)
    return ChapterTest(
        key=key,
        tutorial=tutorial,
        number=number,
        file="/".join(part for part in (content, chapter.source) if part),
        title=chapter.title,
        project=tutorial.outline.project,
        page=page,
        steps=tutorial.steps(number),
        requirements=requirements_file(tutorial.outline, content),
        problems=bool(tutorial.rows[number].problems or page.problems),
    )


def find_mistakes(planned: PlannedSite, chapters: Iterable[ChapterTest]) -> tuple[Diagnostic, ...]:
    """Give the errors that keep chapters from being run: their own, those of chapters they go on from, of other files."""
    content = f"{planned.snapshot.config.content_dir}/"
    files: set[str] = set()
    for chapter in chapters:
        outline = chapter.tutorial.outline
        way = [outline.chapters[number].source for number in chapter.tutorial.way(chapter.number)]
        files |= {f"{content}{source}" for source in (outline.source, *way)}
    return tuple(
        item
        for item in planned.diagnostics
        if item.severity == "error"
        and (item.location.file in files or not item.location.file.startswith(content))
    )


def choose_chapters(
    chapters: Sequence[ChapterTest], places: Sequence[tuple[str, int]], text: str
) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """Choose the chapters that *places* name, and of these the ones with a block whose name holds *text*.

    A place is a path relative to the site folder, of a page or a folder, and a line; 0 for all of it. Without places all
    chapters are meant. Gives the choices in reading order, and a sentence for each place that means nothing.
    """
    wanted: dict[str, int] = {}
    wrong: list[str] = []
    for path, line in places:
        inside = path.strip("/")
        found = [each for each in chapters if each.file == inside or f"{each.file}/".startswith(f"{inside}/")]
        if inside in {"", "."}:
            found = list(chapters)
        if not found:
            wrong.append(f"`{path}` is no chapter of a tutorial, and holds none")
        for chapter in found:
            until = -1
            if line:
                until = _block_at(chapter, line)
                if until < 0:
                    wrong.append(f"no block begins at or before line {line} of `{path}`")
                    continue
            known = wanted.get(chapter.source)
            wanted[chapter.source] = -1 if -1 in {until, known} else max(until, known or 0)
    choices = [Choice(each, wanted[each.source]) for each in chapters if each.source in wanted]
    if not places:
        choices = [Choice(each) for each in chapters]
    if text:
        choices = [narrowed for choice in choices if (narrowed := _narrow(choice, text)) is not None]
    return tuple(choices), tuple(wrong)


def _block_at(chapter: ChapterTest, line: int) -> int:
    """Find the last block that begins at or before a line; -1 where there is none."""
    steps = [step.block for step in chapter.steps if step.role != "norun"]
    before = [
        block for block in steps
        if (place := chapter.page.places[block]).location.file == chapter.file and place.location.line <= line
    ]  # fmt: skip
    return before[-1] if before else -1


def _narrow(choice: Choice, text: str) -> Choice | None:
    """Go no further than the last block whose name, title or path holds a text; None where none does."""
    meant = [
        step.block
        for step in choice.chapter.steps
        if step.role not in {"skip", "norun"}
        and (choice.until < 0 or step.block <= choice.until)
        and text.lower() in f"{label_of(step)}\n{step.path}\n{step.text}".lower()
    ]
    return Choice(choice.chapter, meant[-1]) if meant else None


def blank_result(chapter: ChapterTest) -> ChapterResult:
    """Give the result of a chapter that nothing has come of yet."""
    return ChapterResult(
        source=chapter.source, title=chapter.title, tutorial=chapter.project, status="not-started"
    )


def make_task(choice: Choice, *, profile: str, secrets: Mapping[str, str]) -> ChapterTask:
    """Make what a runner needs: the steps that were asked for, the files that they leave, the settings."""
    chapter = choice.chapter
    settings = chapter.key.settings
    files = chapter.tutorial.start_files(chapter.number)
    return ChapterTask(
        source=chapter.source,
        project=chapter.project,
        steps=tuple(step for step in chapter.steps if choice.until < 0 or step.block <= choice.until),
        written=chapter.tutorial.written(chapter.number),
        files=files,
        variables=settings.vars,
        secrets=tuple((name, secrets[name]) for name in settings.secrets if secrets.get(name)),
        base_url=settings.base_url,
        ports=settings.ports,
        timeout=settings.timeout or DEFAULT_TIMEOUT,
        normalise=settings.normalise,
        profile=profile,
    )


def run_chapters(
    choices: Sequence[Choice],
    run: Callable[[Choice, threading.Event], ChapterResult],
    *,
    jobs: int,
    exit_first: bool,
    done: Callable[[Choice, ChapterResult], None],
    waiting: Callable[[], None] = lambda: None,
) -> tuple[ChapterResult, ...]:
    """Run chapters, *jobs* at once; *done* is told of each in their order, in the thread that calls.

    With *exit_first* the first failure ends all. A chapter that fails and goes on from one that failed hard is `blocked`:
    its cause is reported there. *waiting* is called a few times a second, and may raise to end the run.
    """
    stop = threading.Event()
    results: dict[int, ChapterResult] = {}
    told: queue.SimpleQueue[tuple[int, ChapterResult | BaseException]] = queue.SimpleQueue()
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(choices)):
        todo.put(number)
    threads = [
        threading.Thread(target=_work, args=(choices, run, todo, told, stop), daemon=True)
        for _ in range(min(jobs, len(choices)))
    ]
    for thread in threads:
        thread.start()
    shown = 0
    try:
        while len(results) < len(choices):
            try:
                number, result = told.get(timeout=0.2)
            except queue.Empty:
                waiting()
                continue
            if isinstance(result, BaseException):
                raise result
            results[number] = result
            if exit_first and result.status == "failed":
                stop.set()
            while shown in results:
                results[shown] = judge_result(choices, results, shown)
                done(choices[shown], results[shown])
                shown += 1
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return tuple(results[number] for number in range(len(choices)))


def _work(
    choices: Sequence[Choice],
    run: Callable[[Choice, threading.Event], ChapterResult],
    todo: "queue.SimpleQueue[int]",
    told: "queue.SimpleQueue[tuple[int, ChapterResult | BaseException]]",
    stop: threading.Event,
) -> None:
    while True:
        try:
            number = todo.get_nowait()
        except queue.Empty:
            return
        choice = choices[number]
        try:
            if stop.is_set():
                result = msgspec.structs.replace(
                    blank_result(choice.chapter), reason="stopped after a failure"
                )
            else:
                result = run(choice, stop)
        except BaseException as problem:  # noqa: BLE001 - raised again by the thread that waits
            told.put((number, problem))
            return
        told.put((number, result))


def judge_result(
    choices: Sequence[Choice], results: Mapping[int, ChapterResult], number: int
) -> ChapterResult:
    """Call a chapter blocked that fails behind one that failed hard; chapters before it are judged already."""
    result = results[number]
    if result.status != "failed":
        return result
    chapter = choices[number].chapter
    way = {
        chapter.tutorial.outline.chapters[each].source for each in chapter.tutorial.way(chapter.number)[:-1]
    }
    for other in range(number):
        before = results[other]
        if choices[other].chapter.source not in way or not _failed_hard(before):
            continue
        reason = f"goes on from {choices[other].chapter.file}, which failed"
        return msgspec.structs.replace(result, status="blocked", reason=reason, steps=())
    return result


def _failed_hard(result: ChapterResult) -> bool:
    return result.status == "blocked" or any(
        step.failure is not None and step.failure.hard for step in result.steps if step.status == "failed"
    )
