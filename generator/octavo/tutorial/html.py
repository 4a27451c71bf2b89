"""Views as HTML, readable with scripts off: a figure for each block, with the whole file and the changes folded below.

The markup is fixed, as that of Markdown is, and themes style it by its classes:

    figure.code.step       a block of a chapter; data-role says which role it has
      figcaption           .path is the file's path, .what the caption
      pre > code           mark.line are the lines that are new; data-copy is what a reader types
      details.step-hidden  lines that are written and not shown
      details.step-changes the step as a diff; open where the text above cannot show it
      details.step-whole   the whole file after the step
    details.file-change    what a chapter does to one file
"""

import html

from octavo.highlight import escape_text, highlight_lines, write_lines
from octavo.themewords import Speech
from octavo.tutorial.comments import language_of
from octavo.tutorial.views import BlockView, FileChange

__all__ = ["block_html", "change_html"]


def block_html(view: BlockView, speech: Speech) -> str:
    """Give the HTML that stands in place of a block, with labels in the words of the theme."""
    pre = _pre(
        view.text,
        view.language,
        marked=view.marked,
        first_line=view.first_line,
        copied=view.copied if view.copied != view.text else "",
    )
    if not view.path and not view.caption:
        return f"<div{_attributes(view, 'code', 'step')}>{pre}</div>\n"
    parts = [f"<figure{_attributes(view, 'code', 'step')}><figcaption>{_caption(view)}</figcaption>{pre}"]
    if view.hidden:
        label = speech.say_count("lines_hidden", len(view.hidden))
        parts.append(_details("step-hidden", label, _pre("\n".join(view.hidden) + "\n", view.language)))
    if view.changes:
        diff = _pre("".join(f"{line}\n" for line in view.changes), "diff")
        parts.append(_details("step-changes", speech.say("changes"), diff, is_open=view.removes))
    if view.whole:
        whole = _pre(view.whole, _language(view), marked=view.whole_marked)
        parts.append(_details("step-whole", speech.say("whole_file"), whole))
    return "\n".join(parts) + "</figure>\n"


def change_html(change: FileChange, speech: Speech) -> str:
    """Give the HTML that shows what a chapter does to one file, with labels in the words of the theme."""
    lines = "".join(f"{line}\n" for line in change.lines)
    if change.kind == "new":
        count = speech.say_count("lines_new", change.added)
        code = _pre(lines, language_of(change.path))
    else:
        count = speech.say("lines_changed", added=change.added, removed=change.removed)
        code = _pre(lines, "diff")
    label = (
        f'<span class="path">{escape_text(change.path)}</span> <span class="what">{escape_text(count)}</span>'
    )
    return f'<details class="file-change"><summary>{label}</summary>\n{_framed(code)}</details>\n'


def _language(view: BlockView) -> str:
    """Name the language of the whole file: that of the block, which the author chose, unless it shows another form."""
    return language_of(view.path) if view.role == "diff" or not view.language else view.language


def _attributes(view: BlockView, *classes: str) -> str:
    identifier = f' id="{html.escape(view.id)}"' if view.id else ""
    names = " ".join(html.escape(name) for name in dict.fromkeys((*classes, *view.classes)))
    return f'{identifier} class="{names}" data-role="{view.role}"'


def _caption(view: BlockView) -> str:
    path = f'<span class="path">{escape_text(view.path)}</span>' if view.path else ""
    caption = escape_text(view.caption)
    if path and caption:
        return f'{path} <span class="what">{caption}</span>'
    return path or caption


def _pre(
    text: str,
    language: str,
    *,
    marked: tuple[int, ...] = (),
    first_line: int = 0,
    copied: str = "",
) -> str:
    lines = highlight_lines(text, language).lines
    code = write_lines(lines, marked={number + 1 for number in marked}, first_line=first_line)
    name = f' class="language-{html.escape(language)}"' if language else ""
    copy = f' data-copy="{html.escape(copied)}"' if copied else ""
    numbered = ' class="numbered"' if first_line else ""
    return f'<pre{numbered}{copy} tabindex="0"><code{name}>{code if text else ""}</code></pre>'


def _framed(pre: str) -> str:
    """Put a block into the frame that all blocks have: a theme's script adds its button there, and moves nothing."""
    return f'<div class="code">{pre}</div>'


def _details(name: str, label: str, content: str, *, is_open: bool = False) -> str:
    opened = " open" if is_open else ""
    # The search index has the block itself; the same lines again would drown it.
    summary = f"<summary>{escape_text(label)}</summary>"
    return f'<details class="{name}"{opened} data-pagefind-ignore>{summary}\n{_framed(content)}</details>'
