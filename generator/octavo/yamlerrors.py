"""Why a YAML text cannot be read, in words of ours and with what to do about it.

The parser names the token that it stumbled over; an author needs the value to put into quotes. The explanations look
at the line first and at the parser's words second. This module knows the words, not the library.
"""

import re

from octavo.errors import Diagnostic, Location, error
from octavo.model import Value
from octavo.yamlnodes import YamlSource, shorten

__all__ = ["SyntaxProblem", "explain_syntax", "find_forbidden_character"]

# YAML 1.2, production 1 (c-printable), without NEL: it and the two Unicode separators would count as line ends for
# YAML 1.1 and for no editor. Half surrogates come from broken file names and cannot be written anywhere.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_KEY = re.compile(r"""[ \t]*(?:-[ \t]+)*(?:[^\s'"\[\]{}#,&*!|>%@`-][^:#]*:[ \t]+)?""")
_QUOTE_IT = "quote the value"
# Signs that open something else than a text (YAML 1.2, section 5.3).
_RESERVED = tuple("@`%*&!|>,]}")
_NO_SPACE = re.compile(r"[ \t]*(?:-[ \t]+)*([\w-]+):[^\s:/]")
_NO_COLON = re.compile(r"( *)([A-Za-z_][\w-]*)(?: +([^:#]*))?")
_PAIR = re.compile(r"( *(?:- +)*)([\w-]+):(?: |$)")
# How far up a line is looked for that explains another: a text may have a mebibyte.
_LINES_ABOVE = 1_000
_OPENERS = {
    "while parsing a flow sequence": ("[", "]"),
    "while parsing a flow mapping": ("{", "}"),
}


class SyntaxProblem(Value, frozen=True):
    """What the parser said, with 1-based places in the file."""

    problem: str
    line: int
    column: int
    context: str = ""
    context_line: int = 0
    context_column: int = 0


def find_forbidden_character(text: str, source: YamlSource) -> Diagnostic | None:
    """Find the first character that no YAML text may hold as it stands."""
    match = _FORBIDDEN.search(text)
    if match is None:
        return None
    start = match.start()
    ends = [end.end() for end in _LINE_END.finditer(text, 0, start)]
    line = source.first_line + len(ends)
    column = start - (ends[-1] if ends else 0) + 1
    return error(
        "yaml-character",
        f"the character U+{ord(match[0]):04X} may not stand in YAML",
        Location(source.file, line, column),
        excerpt=source.excerpt(line),
        hint="take the character out; it is likely invisible in your editor",
    )


def explain_syntax(problem: SyntaxProblem, source: YamlSource) -> Diagnostic:
    """Turn a parser's complaint into a diagnostic with a hint, at the place where the author must look."""
    message, hint, line, column = (
        _explain_value(problem, source)
        or _explain_unclosed(problem)
        or _explain_space(problem, source)
        or _explain_indent(problem, source)
        or _explain_dash(problem, source)
        or _explain_words(problem)
        or _explain_block(problem, source)
    )
    code = "yaml-documents" if "<document start>" in problem.problem else "yaml-syntax"
    return error(code, message, Location(source.file, line, column), excerpt=source.excerpt(line), hint=hint)


_Explanation = tuple[str, str, int, int]


def _explain_value(problem: SyntaxProblem, source: YamlSource) -> _Explanation | None:
    """Recognise values that need quotes, by their first characters."""
    text = source.excerpt(problem.line)
    match = _KEY.match(text)
    start = match.end() if match else 0
    value = text[start:]
    column = start + 1
    if value.startswith(("{{", "{%", "{#")):
        return (
            f"`{value[:2]}` begins a YAML mapping",
            f"{_QUOTE_IT} if the template braces are meant as text",
            problem.line,
            column,
        )
    if text[problem.column - 1 : problem.column] == "\t" and "cannot start any token" in problem.problem:
        return (
            "a tab stands where YAML allows only spaces",
            "use spaces; YAML allows no tabs for indentation",
            problem.line,
            problem.column,
        )
    if value[:1] in _RESERVED and problem.column >= column:
        shown = "a backtick" if value[0] == "`" else f"`{value[0]}`"
        return (
            f"a value cannot begin with {shown} here",
            f"{_QUOTE_IT}: {_quoted(text[:start], value)}",
            problem.line,
            column,
        )
    has_key = text[:start].strip(" -\t") and problem.column > column
    if has_key and problem.problem.startswith("mapping values are not allowed"):
        return (
            f"the value `{shorten(value)}` holds a colon and a space",
            f"{_QUOTE_IT}: {_quoted(text[:start], value)}",
            problem.line,
            problem.column,
        )
    return None


def _quoted(prefix: str, value: str) -> str:
    """Show a line as it would be with its value in quotes."""
    line = f"{prefix.strip()} {_quote(shorten(value))}".strip()
    return line if "`" in line else f"`{line}`"


def _quote(text: str) -> str:
    """Put a text into the quotes that need no escapes."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _explain_unclosed(problem: SyntaxProblem) -> _Explanation | None:
    """Point at the quote or bracket that opens, where its end is missing."""
    line, column = problem.context_line, problem.context_column
    if "quoted scalar" in problem.context and "escape" not in problem.problem:
        return (
            f"the quote that opens here is never closed{_noticed(problem)}",
            "close the quote; within single quotes a `'` is written twice",
            line,
            column,
        )
    if problem.context not in _OPENERS:
        return None
    opener, closer = _OPENERS[problem.context]
    if "<stream end>" in problem.problem or problem.line != line:
        return (
            f"the `{opener}` that opens here is never closed{_noticed(problem)}",
            f"close it with `{closer}`; quote values that hold `#`, `:` or brackets",
            line,
            column,
        )
    return (
        f"expected `,` or `{closer}` for the `{opener}` of column {column}",
        "quote values that hold `:`, commas or brackets",
        problem.line,
        problem.column,
    )


def _noticed(problem: SyntaxProblem) -> str:
    """Name the line on which the missing end was noticed, where it is another one."""
    return "" if problem.line == problem.context_line else f" (noticed on line {problem.line})"


def _explain_space(problem: SyntaxProblem, source: YamlSource) -> _Explanation | None:
    """Recognise `key:value` and `key value`, which are texts that go on in the next line."""
    if not problem.problem.startswith("mapping values are not allowed"):
        return None
    above = problem.line - 1
    text = source.excerpt(above)
    match = _NO_SPACE.match(text)
    if match is not None:
        return f"no space stands behind `{match[1]}:`", "write a space behind the colon", above, match.end()
    match = _NO_COLON.fullmatch(text)
    if match is None or len(match[1]) != _indent(source.excerpt(problem.line)):
        return None
    return (
        "expected `key: value`, but this line has no colon",
        f"write `{match[2]}: {shorten(match[3])}`" if match[3] else "put a colon and a value behind the key",
        above,
        len(match[1]) + len(match[2]) + 1,
    )


def _explain_indent(problem: SyntaxProblem, source: YamlSource) -> _Explanation | None:
    """Recognise a key that is indented below a key with a value, as if it were a part of that value."""
    inner = _PAIR.match(source.excerpt(problem.line))
    if inner is None or "-" in inner[1] or not problem.problem.startswith("mapping values are not allowed"):
        return None
    outer = _PAIR.match(_line_above(problem.line, len(inner[1]) - 1, source)[1])
    if outer is None:
        return None
    return (
        f"`{inner[2]}` is indented below `{outer[2]}`, which has a value already",
        f"begin `{inner[2]}` in column {len(outer[1]) + 1}, or quote the value of `{outer[2]}` if it goes on here",
        problem.line,
        len(inner[1]) + 1,
    )


def _explain_dash(problem: SyntaxProblem, source: YamlSource) -> _Explanation | None:
    """Recognise an item of a list that lacks its dash."""
    if "could not find expected ':'" in problem.problem:
        line = problem.context_line
    elif problem.context == "while parsing a block collection":
        line = problem.line
    else:
        return None
    text = source.excerpt(line)
    indent = _indent(text)
    opening, above = _line_above(line, indent, source)
    # A list that is not indented may have ended here, before a key that lacks its colon.
    if not indent or text.lstrip().startswith("-") or not above.startswith(" " * indent + "- "):
        return None
    return (
        f"this line has no dash and stands in the list of line {opening}",
        f"write `- {shorten(text.strip())}` for an item of the list",
        line,
        indent + 1,
    )


def _line_above(line: int, indent: int, source: YamlSource) -> tuple[int, str]:
    """Give the nearest line above that is indented by no more than *indent*, with its number; (0, "") for none."""
    for number in range(line - 1, max(line - _LINES_ABOVE, source.first_line - 1), -1):
        text = source.excerpt(number)
        if text.strip() and _indent(text) <= indent:
            return number, text
    return 0, ""


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _explain_words(problem: SyntaxProblem) -> _Explanation | None:
    """Translate complaints that name their cause."""
    words = problem.problem
    if "could not find expected ':'" in words:
        return (
            "expected `key: value`, but this line has no colon",
            "put a colon and a space behind the key, or indent the line if it continues a value",
            problem.context_line,
            problem.context_column,
        )
    for part, message, hint in _WORDS:
        if part in words or part in problem.context:
            return message, hint, problem.line, problem.column
    return None


_WORDS = (
    (
        "cannot start any token",
        "this character cannot begin a value",
        "quote the value",
    ),
    (
        "mapping values are not allowed",
        "a key stands where a value goes on",
        "indent keys of one mapping alike, or quote the value above if it holds a colon",
    ),
    (
        "sequence entries are not allowed",
        "a list item begins behind a key on the same line",
        "begin the list on a line of its own, or write `[one, two]`",
    ),
    (
        "escape",
        "no such escape within double quotes",
        "write the backslash twice, or use single quotes",
    ),
    (
        "scanning a block scalar",
        "text stands behind the `|` or `>` that opens a block",
        "begin the text on the next line, indented; quote the value if the sign belongs to it",
    ),
    (
        "the node content",
        "a value cannot begin with this character",
        "quote the value",
    ),
    (
        "<document start>",
        "text stands behind the end of the document",
        "keep one document; take the `...` or the directive out",
    ),
    (
        "incompatible YAML document",
        "this version of YAML is not known",
        "take the `%YAML` line out",
    ),
    (
        "directive",
        "a line that begins with `%` is a directive to YAML",
        "take the line out, or quote the value",
    ),
    (
        "tag",
        "tags are off",
        "quote the value if the `!` is meant as text",
    ),
)


def _explain_block(problem: SyntaxProblem, source: YamlSource) -> _Explanation:
    """Tell lines that are indented wrongly from values that go on behind their end."""
    before = source.excerpt(problem.line)[: problem.column - 1]
    if before.strip(" "):
        return (
            "text stands behind the end of a value",
            "quote the whole value, with the other kind of quotes if it holds one; check the quotes of the lines above",
            problem.line,
            problem.column,
        )
    return (
        f"this line does not belong to what begins on line {problem.context_line}",
        "indent keys of one mapping, and items of one list, alike",
        problem.line,
        problem.column,
    )
