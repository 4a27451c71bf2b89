"""The code blocks of a page, noted for tutorials while the page is written; those of hidden comments are looked for here.

What is noted is what an author wrote: whether a block has a role, and which, is none of Markdown's business.
"""

import re

from octavo.codeblocks import BlockPlace, CodeBlock, Mirror
from octavo.errors import Diagnostic, Location, error
from octavo.markdown.fence_info import FenceInfo, parse_fence_info
from octavo.markdown.includes import Refusal, resolve_include
from octavo.markdown.session import Session

__all__ = ["BlockList"]

# CommonMark 0.31.2, section 4.5, but for the indentation: in a comment there is no indented code.
_FENCE = re.compile(r"`{3,}|~{3,}")
_OPENING = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>.*)")


class BlockList:
    """Collects the blocks of one page in the order in which they are written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.blocks: list[CodeBlock] = []
        self.places: list[BlockPlace] = []
        self.problems: list[Diagnostic] = []

    def note(
        self, fence: FenceInfo, text: str, line: int, *, fenced: bool, identifier: str = "", own: bool = True
    ) -> int:
        """Note a block that the page shows, and give its number; *own* is false for code from another file."""
        view = self._session.view
        block = _make(self._session, fence, text, fenced=fenced, identifier=identifier)
        excerpt = view.excerpt(line)
        # In a list or a quote the line begins with their marks.
        opening = _FENCE.search(excerpt) if fenced else None
        place = view.location(line, opening.start() + 1 if opening else 0)
        self._keep(block, place, excerpt, body=fenced if own else None)
        return len(self.blocks) - 1

    def _keep(self, block: CodeBlock, location: Location, excerpt: str, *, body: bool | None) -> None:
        self.blocks.append(block)
        line = 0 if body is None else location.line + body
        self.places.append(
            BlockPlace(location=location, excerpt=excerpt, body_line=line, way=self._session.view.way())
        )

    def note_hidden(self, comment: str, line: int) -> None:
        """Note the blocks of a hidden comment that begins at a line."""
        if "```" not in comment and "~~~" not in comment:
            return
        lines = comment.split("\n")
        index = 1
        while index < len(lines):
            opening = _OPENING.fullmatch(lines[index])
            if opening is None or (opening["fence"][0] == "`" and "`" in opening["info"]):
                index += 1
                continue
            start, index, closed = index, index + 1, False
            code: list[str] = []
            while index < len(lines) and not closed:
                closed = _closes(lines[index], opening["fence"])
                if not closed:
                    code.append(lines[index])
                index += 1
            indent = len(lines[start]) - len(lines[start].lstrip())
            self._note_one(opening["info"], [_dedent(each, indent) for each in code], line + start)
            if not closed:
                self._complain(
                    "unclosed-fence",
                    "the hidden comment ends inside this code block",
                    line + start,
                    "close the block before `-->`; code in a hidden comment cannot hold `-->`",
                )

    def _note_one(self, info: str, code: list[str], line: int) -> None:
        view = self._session.view
        fence = parse_fence_info(info.strip())
        text = "".join(f"{each}\n" for each in code)
        block = _make(self._session, fence, text, hidden=True)
        self._keep(block, view.location(line), view.excerpt(line), body=True)
        for problem in fence.problems:
            column = view.excerpt(line).rstrip().find(info.strip()) + 1
            self._complain(
                problem.code,
                problem.message,
                line,
                problem.hint,
                column=column + problem.offset if column else 0,
            )

    def _complain(self, code: str, message: str, line: int, hint: str, *, column: int = 0) -> None:
        view = self._session.view
        place = view.location(line, column)
        self.problems.append(error(code, message, place, excerpt=view.excerpt(line), hint=hint))


def _make(
    session: Session,
    fence: FenceInfo,
    text: str,
    *,
    hidden: bool = False,
    fenced: bool = True,
    identifier: str = "",
) -> CodeBlock:
    mirrored = dict(fence.attributes).get("file", "")
    return CodeBlock(
        text=text.replace("\0", "\ufffd"),
        language=fence.language,
        title=fence.title,
        caption=fence.caption,
        attributes=fence.attributes,
        hidden=hidden,
        fenced=fenced,
        first_line=fence.first_line,
        marked=fence.marked,
        id=identifier,
        classes=fence.classes,
        mirror=_mirror(session, mirrored) if mirrored else None,
    )


def _mirror(session: Session, path: str) -> Mirror:
    target = resolve_include(session.view.file, path)
    if isinstance(target, Refusal):
        return Mirror(file=path, reason=target.message)
    text = session.includes.get(target)
    plain = None if text is None else text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return Mirror(file=target, text=plain, reason=session.problems.get(target, ""))


def _closes(line: str, fence: str) -> bool:
    text = line.strip()
    return len(text) >= len(fence) and not text.strip(fence[0])


def _dedent(line: str, width: int) -> str:
    indent = len(line) - len(line.lstrip())
    return line[min(indent, width) :]
