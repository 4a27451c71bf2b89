"""Fenced code blocks as HTML: titles, highlighting, line numbers, marked lines.

A block is a `pre` that can be reached and scrolled by keyboard. It stands in `<div class="code">`, or, with a title or a
caption, in `<figure class="code">` with a `figcaption`. Lines are wrapped only where something is said of them: a marked line is
`<mark class="line">`, an added or removed one of a difference `<ins>` or `<del>`, a numbered one has `data-line`, for style sheets to show with `attr()` or a counter, so that
numbers are never copied. The line end stands inside the wrapper, so that a theme may make it a block. No style
attributes: a strict content security policy would drop them.
"""

import html
import re
from collections.abc import Iterable

from octavo.errors import Diagnostic, Location, warning
from octavo.highlight import Highlighted, escape_text, highlight_lines, suggest_language, write_lines
from octavo.markdown.fence_info import ATTRIBUTE_NAMES, FenceInfo, FenceProblem, parse_fence_info

__all__ = ["FenceInfo", "FenceProblem", "parse_fence_info", "render_fence"]

_Attributes = tuple[tuple[str, str], ...]
_DIFFERENCES = frozenset({"diff", "udiff"})
_TAG = re.compile(r"<[^>]*>")
# What an attribute of a block may set besides `data-*` and `aria-*`: nothing that runs or loads.
_SAFE_ATTRIBUTES = frozenset({"dir", "lang", "role", "title", "translate"})


def render_fence(
    info: str, content: str, *, attrs: _Attributes = (), location: Location, excerpt: str = ""
) -> tuple[str, tuple[Diagnostic, ...]]:
    """Give the HTML of a fenced code block and the complaints about it.

    Args:
        info: The info string as markdown-it gives it, escapes not yet resolved; empty for an indented block.
        content: The code, ending in a line end unless it is empty.
        attrs: Attributes for the outermost element. `class` adds to ours, `id` yields to one in the info string, and
            names that are not known to be harmless are left out.
        location: The line of the opening fence; its column is used where *excerpt* does not hold the info string.
        excerpt: The source line of the opening fence.

    """
    content = content.replace("\0", "\ufffd")
    fence = parse_fence_info(info)
    if not fence.language and not fence.first_line and not fence.marked:
        code, problems = escape_text(content), fence.problems
    else:
        highlighted = highlight_lines(content, fence.language)
        code = _render_lines(fence, highlighted.lines, ends_line=content.endswith(("\n", "\r")))
        problems = (*fence.problems, *_judge_lines(fence, len(highlighted.lines)))
        if not highlighted.known or highlighted.over_budget:
            place = _place(fence.language_offset, info, location, excerpt)
            complaint = _judge_language(highlighted, place, excerpt)
            return _render_block(fence, code, attrs), (
                *_diagnose(problems, info, location, excerpt),
                complaint,
            )
    return _render_block(fence, code, attrs), _diagnose(problems, info, location, excerpt)


def _render_block(fence: FenceInfo, code: str, attrs: _Attributes) -> str:
    language = f' class="language-{html.escape(fence.language)}"' if fence.language else ""
    numbered = ' class="numbered"' if fence.first_line else ""
    inner = f'<pre{numbered} tabindex="0"><code{language}>{code}</code></pre>'
    outer = _outer_attributes(fence, ("code",), attrs)
    if caption := _render_caption(fence):
        return f"<figure{outer}><figcaption>{caption}</figcaption>{inner}</figure>\n"
    return f"<div{outer}>{inner}</div>\n"


def _render_caption(fence: FenceInfo) -> str:
    title = f'<span class="file">{escape_text(fence.title)}</span>' if fence.title else ""
    caption = f'<span class="what">{escape_text(fence.caption)}</span>' if fence.caption else ""
    return f"{title} {caption}".strip()


def _outer_attributes(fence: FenceInfo, classes: Iterable[str], attrs: _Attributes) -> str:
    """Write id, classes and harmless attributes, each with a space before it."""
    given = dict(attrs)
    names = dict.fromkeys([*classes, *fence.classes, *given.get("class", "").split()])
    pairs = [("id", fence.id or given.get("id", "")), ("class", " ".join(names))]
    out = [f' {name}="{html.escape(value)}"' for name, value in pairs if value]
    out += [f' {name}="{html.escape(value)}"' for name, value in given.items() if _is_harmless(name)]
    return "".join(out)


def _is_harmless(name: str) -> bool:
    plain = name.replace("-", "").replace("_", "")
    return name in _SAFE_ATTRIBUTES or (
        name.startswith(("data-", "aria-")) and plain.isascii() and plain.isalnum()
    )


def _render_lines(fence: FenceInfo, lines: tuple[str, ...], *, ends_line: bool) -> str:
    marked = {number for first, last in fence.marked for number in range(first, min(last, len(lines)) + 1)}
    changed = [_changed(line) for line in lines] if fence.language.lower() in _DIFFERENCES else ()
    return write_lines(
        lines, marked=marked, changed=changed, first_line=fence.first_line, ends_line=ends_line
    )


def _changed(line: str) -> str:
    """Tell what a line of a difference does, by its sign: `ins`, `del`, or nothing."""
    text = _TAG.sub("", line)
    if text.startswith(("+++ ", "--- ")):
        return ""
    return {"+": "ins", "-": "del"}.get(text[:1], "")


# ---------------------------------------------------------------- complaints


def _judge_lines(fence: FenceInfo, count: int) -> tuple[FenceProblem, ...]:
    if not fence.marked or fence.marked[-1][1] <= count:
        return ()
    size = "1 line" if count == 1 else f"{count} lines"
    message = f"line {fence.marked[-1][1]} is marked, but the block has {size}"
    hint = "lines count from 1 at the first line of the block"
    return (FenceProblem(code="line-range", message=message, hint=hint, offset=fence.marked_offset),)


def _judge_language(highlighted: Highlighted, place: Location, excerpt: str) -> Diagnostic:
    name = highlighted.language[:60]
    if highlighted.known:
        message = f"a block of `{name}` is too large or takes too long to highlight, and stays plain"
        hint = "shorten the block, or give it the language `text`"
        return warning("highlight-budget", message, place, excerpt=excerpt, hint=hint)
    if highlighted.language in ATTRIBUTE_NAMES:
        hint = f"the first word is the language; write `text {name}` for a block without one"
    elif close := suggest_language(highlighted.language):
        hint = f"did you mean `{close}`?"
    else:
        hint = "use `text` for a block without highlighting"
    return warning("unknown-language", f"unknown language `{name}`", place, excerpt=excerpt, hint=hint)


def _diagnose(
    problems: tuple[FenceProblem, ...], info: str, location: Location, excerpt: str
) -> tuple[Diagnostic, ...]:
    return tuple(
        warning(
            problem.code,
            problem.message,
            _place(problem.offset, info, location, excerpt),
            excerpt=excerpt,
            hint=problem.hint,
        )
        for problem in problems
    )


def _place(offset: int, info: str, location: Location, excerpt: str) -> Location:
    """Give the place of an offset in the info string, which is the end of its line."""
    line, tail = excerpt.rstrip(), info.rstrip()
    if not tail or not line.endswith(tail):
        return location
    return Location(location.file, location.line, len(line) - len(tail) + offset + 1)
