"""The front matter of a page: where it stands, what it says and what is wrong with it.

All problems of a page are reported at once, each at its value; what is right is kept. How YAML is read stands in
`yamltext`, what the keys are in `frontkeys`, how the page is cut in `frontsplit`.
"""

import posixpath
from typing import Any

from octavo.addresses import decode_path
from octavo.errors import Diagnostic, Location, error, warning
from octavo.fields import FieldReport, read_keys
from octavo.frontkeys import ELSEWHERE, FRONT_FIELDS, FRONT_MATTER_KEYS
from octavo.frontsplit import FrontSplit, split_at_delimiters
from octavo.model import FrontMatter, Value
from octavo.urls import is_external, resolve_path
from octavo.yamlnodes import MappingNode, describe_node, is_null, make_source
from octavo.yamltext import FRONT_MATTER_BYTES, load_yaml

__all__ = ["FRONT_MATTER_KEYS", "FrontResult", "parse_front_matter", "split_front_matter"]

_NAMES = frozenset(FRONT_FIELDS)


class FrontResult(Value, frozen=True):
    """A page's front matter and the rest of the page."""

    front: FrontMatter
    body: str
    body_line: int
    """The line of the file on which the body begins."""
    places: tuple[tuple[str, Location, str], ...] = ()
    """Key, place of its value, source line; list items as `aliases.0`."""
    diagnostics: tuple[Diagnostic, ...] = ()


def split_front_matter(text: str) -> FrontSplit:
    """Cut a page into front matter and body, as `octavo.frontsplit` says."""
    return split_at_delimiters(text, _NAMES)


def parse_front_matter(source: str, file: str, text: str) -> FrontResult:
    """Read the front matter of a page.

    *source* is relative to the content folder and *file* to the site folder; *text* is the whole page. Never raises:
    problems are diagnostics, and the body is there whatever is wrong above it.
    """
    split = split_front_matter(text)
    if split.kind != "yaml":
        problems = _split_problems(split, file)
        return FrontResult(front=FrontMatter(), body=split.body, body_line=1, diagnostics=problems)
    loaded = load_yaml(split.yaml, file=file, first_line=2, max_bytes=FRONT_MATTER_BYTES)
    report = FieldReport(loaded.source, unknown="warning", known=loaded.diagnostics)
    root = loaded.root
    values: dict[str, Any] = {}
    if isinstance(root, MappingNode):
        values = read_keys(root, FRONT_FIELDS, report, elsewhere=ELSEWHERE)
        _check_image(source, root, values, report)
    elif root is not None and not is_null(root):
        report.add(
            "front-matter-mapping",
            f"front matter must be a mapping of keys to values, found {describe_node(root)}",
            root,
            "write `key: value` lines; a page that begins with a thematic break may write it `***`",
        )
    return FrontResult(
        front=FrontMatter(**values),
        body=split.body,
        body_line=split.body_line,
        places=tuple(report.places),
        diagnostics=(*loaded.diagnostics, *report.problems.diagnostics, *_second_problem(split, file)),
    )


def _second_problem(split: FrontSplit, file: str) -> tuple[Diagnostic, ...]:
    """Report front matter that is followed by front matter, which would be shown as text."""
    if not split.has_second:
        return ()
    return (
        error(
            "yaml-documents",
            "front matter begins here a second time",
            Location(file, split.body_line, 1),
            excerpt="---",
            hint="move the keys into the first; a thematic break may be written `***`",
        ),
    )


def _check_image(source: str, root: MappingNode, values: dict[str, Any], report: FieldReport) -> None:
    """Drop an image whose path climbs out of the content folder."""
    image = decode_path(values.get("image", ""))
    if not is_external(image) and resolve_path(posixpath.dirname(source), image) is None:
        node = next(value for key, value in root.entries if key.text == "image")
        report.add(
            "unsafe-path", "`image` leaves the content folder", node, "put the file into the content folder"
        )
        del values["image"]


def _split_problems(split: FrontSplit, file: str) -> tuple[Diagnostic, ...]:
    """Report front matter that is not where or what it must be."""
    excerpt = make_source(split.body, file=file).excerpt(split.place) if split.kind != "none" else ""
    place = Location(file, split.place, 1)
    if split.kind == "unclosed":
        return (
            error(
                "front-matter-unclosed",
                "front matter opens here and no line `---` closes it",
                place,
                excerpt=excerpt,
                hint="write `---` on a line of its own behind the last key",
            ),
        )
    if split.kind == "foreign":
        return (
            error(
                "front-matter-format",
                "front matter in TOML or JSON is not read",
                place,
                excerpt=excerpt,
                hint="write YAML between two lines `---`",
            ),
        )
    if split.kind == "late":
        return (
            warning(
                "front-matter-place",
                "front matter must start on line 1, at column 1",
                place,
                excerpt=excerpt,
                hint="take away what stands before `---`; this one is shown as text",
            ),
        )
    return ()
