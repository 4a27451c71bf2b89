"""Text that looks like a mark and is none: the marks of other systems, links and tables that are written wrongly.

Markdown has no syntax errors, so such text is shown as it stands, and its author learns of it from a reader. What is
recognised here is what hardly anybody means as text; a backslash before its first sign says that it is meant.
"""

import re

__all__ = ["find_in_paragraph", "find_in_text"]

Finding = tuple[str, str, str]
"""The words, what is wrong, and what to do."""

_FIRST_SIGNS = frozenset("!?=-[.*#|")
_FOREIGN = (
    (
        re.compile(r"!!! +\w[\w-]*"),
        "write `::: note Title`, the text below it without indentation, and `:::`",
    ),
    (
        re.compile(r"\?\?\?\+? +\w[\w-]*"),
        "write `::: details Title`, the text below it without indentation, and `:::`",
    ),
    (re.compile(r'=== "[^"\n]*"'), "there are no tabs: write a heading for each"),
    (re.compile(r"-{1,2}8<-{1,2} \S+"), "write `::: include path`"),
    (
        re.compile(r"\[\[?_?TOC_?\]\]?(?=\s*$)", re.IGNORECASE),
        "take it out: the headings are listed beside the text",
    ),
    (
        re.compile(
            r"\.\. (?:note|tip|hint|important|warning|caution|danger|code-block|include|image|figure)::"
        ),
        "write Markdown: `::: note`, a fence of backticks, `::: include path`, `![text](path)`",
    ),
    (re.compile(r"\*\[[^\]\n]+\]: "), "there are no abbreviations: say in the text what it means"),
)
_NO_SPACE = re.compile(r"(#{2,6})([^\s#].*)")
_SUFFIX = r"\.(?:md|markdown|html?|pdf|png|jpe?g|gif|svg|webp)(?![\w.])"
_LINK = re.compile(rf"!?\[[^\[\]]*\](?P<gap> ?)\((?P<path>[^()\n]*?{_SUFFIX})(?P<rest>[^()\n]*)\)?")
_SIZE = re.compile(r" =(\d+)?x(\d+)?")
_REFERENCE = re.compile(r"(?<![\w\]])\[[^\[\]\n]+\]\[(?P<label>[^\[\]\n^]+)\]")
_COLON_BRACE = re.compile(r"\{:\s*(?P<inner>[#.][\w-][^{}\n]*)\}")


def find_in_paragraph(content: str) -> tuple[str, str] | None:
    """Recognise a paragraph, given as its source, that is meant as a block: what is wrong, and what to do."""
    if content[:1] not in _FIRST_SIGNS:
        return None
    for pattern, hint in _FOREIGN:
        found = pattern.match(content)
        if found is not None:
            mark = found[0] if "`" not in found[0] else found[0].split()[0]
            return f"`{mark.rstrip()}` is no mark here and is shown as text", hint
    first, _, rest = content.partition("\n")
    heading = _NO_SPACE.match(first)
    if heading is not None:
        hint = f"write `{heading[1]} {_cut(heading[2])}`"
        return "a heading needs a space behind its signs; this is shown as text", hint
    second = rest.partition("\n")[0]
    return _judge_table(first, second) if _is_row(first) and _is_row(second) else None


def _judge_table(first: str, second: str) -> tuple[str, str]:
    columns = _cells(first)
    row = "| " + " | ".join(["---"] * columns) + " |"
    if "-" in second and not second.strip("|:- \t"):
        return f"the table has {columns} columns and its line of dashes {_cells(second)}", f"write `{row}`"
    return "the table has no line of dashes and is shown as text", f"write `{row}` below the first line"


def find_in_text(text: str) -> list[Finding]:
    """Recognise links, references and attributes in a text that was read as none of these, in their order."""
    found: list[tuple[int, Finding]] = []
    for link in _LINK.finditer(text):
        message = f"`{_cut(link[0])}` is no link and is shown as text"
        found.append((link.start(), (link[0], message, _hint_at_link(link))))
    for reference in _REFERENCE.finditer(text):
        definition = f"[{_cut(reference['label'])}]:"
        message, hint = (
            f"there is no definition `{definition} …`",
            f"write `{definition} path` on a line of its own",
        )
        found.append((reference.start(), (reference[0], message, hint)))
    for braces in _COLON_BRACE.finditer(text):
        hint = f"write `{{{_cut(braces['inner'].strip())}}}`, without the colon"
        found.append((braces.start(), (braces[0], f"`{_cut(braces[0])}` is shown as text", hint)))
    return [finding for _, finding in sorted(found)]


def _hint_at_link(link: re.Match[str]) -> str:
    if link["gap"]:
        return "take the space between the brackets away"
    size = _SIZE.match(link["rest"])
    if size is not None:
        return (
            f"write the size behind the brackets: `{{width={size[1]}}}`"
            if size[1]
            else "write `{height=…}` behind the brackets"
        )
    if any(char.isspace() for char in link["path"].strip()):
        return f"a path with spaces stands in angle brackets: `(<{_cut(link['path'].strip())}>)`"
    return "close the round bracket behind the path; a title stands in quotes"


def _is_row(line: str) -> bool:
    line = line.strip()
    return len(line) > 2 and line.startswith("|") and line.endswith("|")


def _cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line.strip())) - 1


def _cut(words: str) -> str:
    return words if len(words) <= 60 else words[:59] + "…"
