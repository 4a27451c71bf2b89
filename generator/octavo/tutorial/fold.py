"""A chapter folded: from the project as it stands at the start to the project at the end, step by step.

The fold is a pure function of the start, the blocks and what the settings allow. Commands are not run: a file that one
makes is not in the project until a block prints it.
"""

from collections.abc import Mapping, Sequence

from octavo.codeblocks import CodeBlock
from octavo.digest import Digest, digest_bytes
from octavo.model import Value
from octavo.tutorial.changes import Change, apply_step, check_mirror
from octavo.tutorial.comments import language_of
from octavo.tutorial.contents import copied_text
from octavo.tutorial.diffs import compare_lines, make_diff
from octavo.tutorial.excerpts import ExcerptProblem, split_lines
from octavo.tutorial.execution import Execution, outline_execution
from octavo.tutorial.roles import Given, read_steps
from octavo.tutorial.step import CHANGING, Step, StepProblem
from octavo.tutorial.syntax import check_syntax
from octavo.tutorial.trees import Blobs, Tree, conflicting_path
from octavo.tutorial.views import BlockView, ChapterViews, FileChange

__all__ = ["ChapterFold", "Start", "Written", "fold_chapter"]


_MISFITS = frozenset(
    {
        "diff-ambiguous",
        "diff-fit",
        "edit-ambiguous",
        "edit-fit",
        "edit-open",
        "edit-too-large",
        "show-differs",
    }
)
"""Problems whose cause may lie in the block that wrote the file."""


class Start(Value, frozen=True):
    """The project where a chapter begins."""

    tree: Tree = Tree()
    broken: tuple[str, ...] = ()
    """Files that an earlier mistake left in doubt: what follows from it is not reported again."""
    unreadable: tuple[str, ...] = ()
    """Files with wrong syntax that was reported: changes that leave it there are not reported again."""


class Written(Value, frozen=True):
    """One file as one block leaves it."""

    block: int
    path: str
    before: bytes | None
    """None where the project had no such file."""
    after: bytes


class ChapterFold(Value, frozen=True):
    """The result of folding one chapter."""

    end: Start
    blobs: tuple[tuple[Digest, bytes], ...]
    """The bytes of files that the chapter wrote, as far as they stand at its end."""
    views: ChapterViews
    execution: Execution
    problems: tuple[StepProblem, ...] = ()
    written: tuple[Written, ...] = ()
    """What the blocks do to files, in their order: for whoever runs the chapter."""


def fold_chapter(blocks: Sequence[CodeBlock], start: Start, blobs: Blobs, given: Given) -> ChapterFold:
    """Fold one chapter; *blobs* has the bytes of every file of the start."""
    steps, problems = read_steps(blocks, given)
    project = _Project(start, blobs)
    # A block that could not be read leaves its file in doubt as well as one that could not be applied.
    unread = set(range(len(blocks))) - {step.block for step in steps}
    doubts = {number: blocks[number].title for number in sorted(unread) if blocks[number].title}
    views: list[BlockView] = []
    found = list(problems)
    for step in steps:
        for number in [number for number in doubts if number < step.block]:
            project.broken.add(doubts.pop(number))
        view = _fold_step(step, blocks[step.block], project, found)
        if view is not None and not step.hidden:
            views.append(view)
    project.broken.update(doubts.values())
    tree = Tree(files=tuple(sorted(project.files.items())))
    execution = outline_execution(steps)
    return ChapterFold(
        end=Start(
            tree=tree, broken=tuple(sorted(project.broken)), unreadable=tuple(sorted(project.unreadable))
        ),
        blobs=tuple(
            (digest, project.made[digest])
            for digest in sorted(set(project.files.values()) & project.made.keys())
        ),
        views=ChapterViews(
            blocks=tuple(views),
            changes=_changes(dict(start.tree.files), project),
            counted=execution.counted,
            skipped=tuple(step.reason for step in steps if step.role == "skip"),
        ),
        execution=execution,
        problems=tuple(found),
        written=tuple(project.written),
    )


class _Project:
    """The files while a chapter is folded."""

    def __init__(self, start: Start, blobs: Blobs) -> None:
        self.files = dict(start.tree.files)
        self.broken = set(start.broken)
        self.unreadable = set(start.unreadable)
        self.made: dict[Digest, bytes] = {}
        self.written: list[Written] = []
        self._blobs = blobs

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file; None where the project has none."""
        digest = self.files.get(path)
        if digest is None:
            return None
        return self.made[digest] if digest in self.made else self._blobs[digest]

    def original(self, digest: Digest | None) -> bytes | None:
        """Give bytes by their digest; None without one."""
        if digest is None:
            return None
        return self._blobs[digest] if digest in self._blobs else self.made[digest]

    def write(self, block: int, path: str, text: str) -> None:
        """Put a file into the project, and out of doubt."""
        data = text.encode("utf-8", "surrogatepass")
        self.written.append(Written(block=block, path=path, before=self.read(path), after=data))
        digest = digest_bytes(data)
        self.files[path] = digest
        self.made[digest] = data
        self.broken.discard(path)


def _fold_step(
    step: Step, block: CodeBlock, project: _Project, problems: list[StepProblem]
) -> BlockView | None:
    """Apply one step to the project; gives how the page shows it, or None for a block as it stands."""
    if step.role in {"console", "http", "pycon", "skip"} and block.language in {"console", "http", "pycon"}:
        return _console_view(step, block)
    if not step.path or (step.role not in CHANGING and step.role not in {"show", "run"}):
        return None
    path = step.path
    if path in project.broken and step.role not in {"file", "run"}:
        return None
    other = conflicting_path(path, project.files)
    before: str | None = None
    result: Change | ExcerptProblem
    if other:
        result = ExcerptProblem(
            code="project-path",
            message=f"`{path}` cannot lie beside `{other}`, which the project has",
            hint="no system has a file and a folder of one name, and not every one tells names apart by case",
        )
    else:
        data = project.read(path)
        before = None if data is None else _text(data)
        if data is not None and before is None and step.role not in {"file", "run"}:
            message = f"`{path}` is no text in UTF-8"
            result = ExcerptProblem(code="project-file", message=message, hint="print the whole file")
        else:
            result = apply_step(step, before)
    if isinstance(result, Change) and step.role == "file" and block.mirror is not None:
        result = check_mirror(step.text, block.mirror) or result
    if isinstance(result, ExcerptProblem):
        problems.append(
            StepProblem(
                code=result.code,
                message=result.message,
                block=step.block,
                line=result.line,
                hint=result.hint,
                path=path if before is not None and result.code in _MISFITS else "",
                word=block.title if result.code in {"project-path", "project-file"} else "",
            )
        )
        if step.role != "show":
            project.broken.add(path)
        return None
    if step.role != "show":
        project.write(step.block, path, result.text)
        _check(step, result.text, project.unreadable, problems)
    return _file_view(step, block, before, result)


def _text(data: bytes) -> str | None:
    """Give a file as text; None where it is none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _check(step: Step, text: str, unreadable: set[str], problems: list[StepProblem]) -> None:
    """Report a file with wrong syntax, once until it is right or printed anew."""
    fault = check_syntax(step.path, text)
    if fault is None:
        unreadable.discard(step.path)
        return
    if step.option("check") == "off" or (step.path in unreadable and step.role != "file"):
        return
    unreadable.add(step.path)
    where = f" on line {fault.line}" if fault.line else ""
    problems.append(
        StepProblem(
            code="file-syntax",
            message=f"`{step.path}` cannot be read after this block: {fault.message}{where}",
            block=step.block,
            line=fault.line - 1 if step.role in {"file", "run"} and fault.line else -1,
            hint='correct it, or write `check="off"` where it is meant',
        )
    )


# ---------------------------------------------------------------- what the page shows


def _console_view(step: Step, block: CodeBlock) -> BlockView | None:
    if "stop" in dict(step.options):
        return None
    return BlockView(
        block=step.block,
        role=step.role,
        text=block.text,
        language=block.language,
        caption=" ".join(part for part in (block.title, block.caption) if part),
        first_line=block.first_line,
        marked=_numbers(block),
        id=block.id,
        classes=block.classes,
        copied=copied_text(block.language, split_lines(block.text)),
    )


def _numbers(block: CodeBlock) -> tuple[int, ...]:
    count = len(split_lines(block.text))
    return tuple(number - 1 for first, last in block.marked for number in range(first, min(last, count) + 1))


def _file_view(step: Step, block: CodeBlock, before: str | None, change: Change) -> BlockView:
    old, new = split_lines(before or ""), split_lines(change.text)
    spans = compare_lines(old, new) if before is not None else []
    touched = tuple(number for _, _, first, last in spans for number in range(first, last))
    marked = change.new if change.new is not None else ()
    if change.new is None and not step.hidden_lines:
        marked = touched
    is_whole = step.role in {"file", "run"} and not step.hidden_lines
    lines = split_lines(step.text)
    return BlockView(
        block=step.block,
        role=step.role,
        text="".join(f"{line}\n" for line in change.shown),
        language=block.language if step.role != "diff" else language_of(step.path),
        path=step.path,
        caption=block.caption,
        marked=_numbers(block) or marked,
        first_line=block.first_line,
        id=block.id,
        classes=block.classes,
        hidden=tuple(lines[number] for number in step.hidden_lines),
        whole="" if is_whole else change.text,
        whole_marked=() if is_whole else touched,
        changes=make_diff(old, new, spans) if spans else (),
        removes=any(last > first and end == begin for first, last, begin, end in spans),
    )


def _changes(before: Mapping[str, Digest], project: _Project) -> tuple[FileChange, ...]:
    """Compare the start of a chapter with its end, file by file."""
    found: list[FileChange] = []
    for path, digest in sorted(project.files.items()):
        if before.get(path) == digest or digest not in project.made:
            continue
        new = split_lines(project.made[digest].decode("utf-8", "replace"))
        data = project.original(before.get(path))
        was = None if data is None else _text(data)
        if was is None:
            found.append(FileChange(path=path, kind="new", lines=tuple(new), added=len(new), removed=0))
            continue
        old = split_lines(was)
        spans = compare_lines(old, new)
        found.append(
            FileChange(
                path=path,
                kind="changed",
                lines=make_diff(old, new, spans),
                added=sum(last - first for _, _, first, last in spans),
                removed=sum(last - first for first, last, _, _ in spans),
            )
        )
    return tuple(found)
