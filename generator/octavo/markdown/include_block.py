"""The block `::: include path#region`: the Markdown of another file, parsed in place.

The tokens stand between `include_open`, which carries the view of the included text, and `include_close`, so that
everything after the block parser knows from which file a token comes. Front matter of an included file is dropped.
"""

from markdown_it.rules_block import StateBlock

from octavo.errors import Location
from octavo.frontmatter import parse_front_matter
from octavo.markdown.includes import Excerpt, Refusal, read_include
from octavo.markdown.session import SourceView, session_of

__all__ = ["MAX_DEPTH", "include_block"]

MAX_DEPTH = 16
"""How many files may include each other."""


def include_block(state: StateBlock, start_line: int, end_line: int, rest: str, colons: int) -> bool:
    """Parse the file that a directive names; a line of colons right after the directive closes it and is skipped."""
    session = session_of(state)
    following = start_line + 1
    state.line = following
    if following < end_line and state.sCount[following] >= state.blkIndent:
        start = state.bMarks[following] + state.tShift[following]
        closing = state.src[start : state.eMarks[following]].rstrip()
        if len(closing) >= colons and closing.strip(":") == "":
            state.line = following + 1
    reference = rest.strip()
    found = _read(state, start_line, reference)
    if isinstance(found, Refusal):
        if found.code:
            session.fail(found.code, found.message, start_line, hint=found.hint)
        # Without a token a list item or a container could be left without content.
        state.push("include_failed", "", 0).map = [start_line, state.line]
        return True
    session.views.append(found)
    opening = state.push("include_open", "", 1)
    opening.map = [start_line, state.line]
    opening.meta["view"] = found
    inner = StateBlock(found.text, state.md, state.env, state.tokens)
    inner.level = state.level
    state.md.block.tokenize(inner, inner.line, inner.lineMax)
    state.push("include_close", "", -1)
    session.views.pop()
    return True


def _read(state: StateBlock, line: int, reference: str) -> SourceView | Refusal:
    session = session_of(state)
    if reference[:1] in {'"', "'", "<"}:
        return Refusal(
            code="include-path", message="the path stands in quotes or brackets", hint="write it without"
        )
    words = reference.split()
    if len(words) > 1:
        extra = " ".join(words[1:])
        return Refusal(
            code="include-path", message=f"`{extra}` cannot stand behind the path", hint="remove it"
        )
    found = read_include(session, reference, "Markdown")
    if isinstance(found, Refusal):
        return found
    place = session.view.location(line)
    chain: tuple[Location, ...] = (*session.view.chain, place)
    files = [view.file for view in session.views]
    if found.file in files:
        way = " > ".join(f"`{file}`" for file in [*files[files.index(found.file) :], found.file])
        return Refusal(code="include-cycle", message=f"`{found.file}` includes itself", hint=way)
    if len(chain) > MAX_DEPTH:
        return Refusal(
            code="include-depth",
            message=f"files are included more than {MAX_DEPTH} deep",
            hint="include the last files from the page itself",
        )
    return SourceView(found.file, *_without_front_matter(found), chain=chain)


def _without_front_matter(excerpt: Excerpt) -> tuple[str, int]:
    if excerpt.first_line != 1 or not excerpt.text.startswith("---"):
        return excerpt.text, excerpt.first_line
    front = parse_front_matter(excerpt.file, excerpt.file, excerpt.text)
    return front.body, front.body_line
