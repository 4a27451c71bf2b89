"""YAML text into a tree of nodes with places; the only module that knows the YAML library.

The library's event stream (YAML 1.1, section 3.1.1) is read one event at a time and is never composed or constructed,
so that no input can run code, expand aliases, nest without bound or be typed behind the author's back. Refused with a
place: aliases, anchors, tags, merge keys, keys that are no text, duplicate keys, second documents, oversize input.
"""

from collections.abc import Callable
from typing import Any

import yaml
from octavo.decoding import TextProblem, decode_text
from octavo.errors import Diagnostic
from octavo.model import Value
from octavo.yamlerrors import SyntaxProblem, explain_syntax, find_forbidden_character
from octavo.yamlnodes import YamlNode, YamlSource, make_source, to_plain
from octavo.yamltree import MAX_DEPTH, TreeBuilder

__all__ = [
    "FRONT_MATTER_BYTES",
    "SITE_FILE_BYTES",
    "TextProblem",
    "YamlResult",
    "decode_text",
    "load_yaml",
    "to_plain",
]

FRONT_MATTER_BYTES = 64 * 1024
SITE_FILE_BYTES = 1024 * 1024


class YamlResult(Value, frozen=True):
    """What a text holds. A text with refusals still has a tree; one that cannot be read to its end has none."""

    root: YamlNode | None
    """None for an empty text and for one that failed."""
    source: YamlSource
    diagnostics: tuple[Diagnostic, ...] = ()
    failed: bool = False
    """True where the text could not be read to its end, so that what is missing from the tree means nothing."""


class _PureParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The library's own parser in Python: the fallback without libyaml, and the one voice of syntax errors."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


# Of the C loader only its parser is ever asked; libyaml may be missing.
_FastParser: Callable[[str], Any] = getattr(yaml, "CBaseLoader", _PureParser)


def load_yaml(text: str, *, file: str, first_line: int = 1, max_bytes: int = SITE_FILE_BYTES) -> YamlResult:
    """Read one YAML document into a tree whose scalars keep their text.

    *first_line* is the line of *file* on which *text* begins. Every problem is a diagnostic; nothing is raised.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        builder = TreeBuilder(YamlSource(file=file, lines=(), first_line=first_line))
        builder.report(
            "yaml-too-large",
            f"{size} bytes of YAML are more than the {max_bytes} that are read",
            first_line,
            0,
            "move data that is this large into files of its own",
        )
        return YamlResult(
            root=None, source=builder.source, diagnostics=tuple(builder.problems.diagnostics), failed=True
        )
    source = make_source(text, file=file, first_line=first_line)
    builder = TreeBuilder(source)
    problem = find_forbidden_character(text, source)
    if problem is not None:
        return YamlResult(root=None, source=source, diagnostics=(problem,), failed=True)
    failed = not _read_events(text, builder)
    root = None if failed else builder.root
    return YamlResult(
        root=root, source=source, diagnostics=tuple(builder.problems.diagnostics), failed=failed
    )


def _read_events(text: str, builder: TreeBuilder) -> bool:
    """Feed all events of a text to the builder; False where the text cannot be read to its end."""
    try:
        return _feed(_FastParser(text), builder)
    except yaml.YAMLError as problem:
        syntax = _describe(problem, builder.source) or SyntaxProblem(
            problem="cannot be read", line=1, column=1
        )
    opinion = _pure_opinion(text, builder.source) or syntax
    explained = explain_syntax(_at_bracket(opinion, builder), builder.source)
    # A refused alias or brace often breaks the syntax as well: one cause, one message.
    if not any(known.location == explained.location for known in builder.problems.diagnostics):
        builder.problems.diagnostics.append(explained)
    return False


def _feed(parser: Any, builder: TreeBuilder) -> bool:
    """Read events until the document or its right to be read ends."""
    offset = builder.source.first_line
    documents = 0
    while (event := parser.get_event()) is not None:
        kind = event.__class__
        mark = event.start_mark
        line = mark.line + offset
        column = mark.column + 1
        if kind is yaml.ScalarEvent:
            _refuse_properties(event, builder, line, column)
            end = event.end_mark
            plain = event.implicit[0] and not event.style
            builder.add_scalar(
                event.value, plain=plain, line=line, column=column, end=(end.line + offset, end.column + 1)
            )
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            _refuse_properties(event, builder, line, column)
            if builder.depth == MAX_DEPTH:
                message, hint = f"nested deeper than {MAX_DEPTH} levels", "nest the data less"
                builder.report("yaml-depth", message, line, column, hint)
                return False
            builder.open_node(is_mapping=kind is yaml.MappingStartEvent, line=line, column=column)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            builder.close_node()
        elif kind is yaml.AliasEvent:
            builder.add_alias(event.anchor, line, column)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                builder.report(
                    "yaml-documents",
                    "a second document begins here",
                    line,
                    column,
                    "keep one document; quote the text if the `---` belongs to a value",
                )
                return False
    return True


def _refuse_properties(event: Any, builder: TreeBuilder, line: int, column: int) -> None:
    """Refuse the anchor and the tag of a node."""
    if event.anchor is not None:
        builder.refuse_anchor(event.anchor, line, column)
    if event.tag is not None:
        builder.refuse_tag(event.tag, line, column)


def _pure_opinion(text: str, source: YamlSource) -> SyntaxProblem | None:
    """Ask the Python parser for the problem, so that messages do not depend on libyaml being there.

    None where it reads the text without complaint: the two disagree on a few tabs and escapes.
    """
    try:
        parser: Any = _PureParser(text)
        while parser.get_event() is not None:
            pass
    except yaml.YAMLError as problem:
        return _describe(problem, source)
    except (ValueError, OverflowError):
        # Numbers of escapes and directives that the Python parser converts without looking.
        return None
    return None


def _at_bracket(problem: SyntaxProblem, builder: TreeBuilder) -> SyntaxProblem:
    """Where a text ends behind a bracket or a comma the library names the end; the author needs the bracket."""
    bracket = builder.open_bracket()
    if (
        bracket is None
        or "<stream end>" not in problem.problem
        or problem.context != "while parsing a flow node"
    ):
        return problem
    sign, line, column = bracket
    return SyntaxProblem(
        problem=problem.problem,
        line=problem.line,
        column=problem.column,
        context="while parsing a flow sequence" if sign == "[" else "while parsing a flow mapping",
        context_line=line,
        context_column=column,
    )


def _describe(problem: yaml.YAMLError, source: YamlSource) -> SyntaxProblem | None:
    """Take the words and marks out of the library's exception."""
    mark = getattr(problem, "problem_mark", None)
    if mark is None:
        return None
    context = getattr(problem, "context_mark", None) or mark
    return SyntaxProblem(
        problem=str(getattr(problem, "problem", "")),
        context=str(getattr(problem, "context", None) or ""),
        line=mark.line + source.first_line,
        column=mark.column + 1,
        context_line=context.line + source.first_line,
        context_column=context.column + 1,
    )
