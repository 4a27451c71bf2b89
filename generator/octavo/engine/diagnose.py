"""Problems of assembling, given their places."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from octavo.config import Config
from octavo.engine.documents import Documents, PrivateRow
from octavo.errors import Diagnostic, Location
from octavo.site import Problem

__all__ = ["locate_problems"]

_decode_private = msgspec.msgpack.Decoder(PrivateRow).decode
Place = TypeVar("Place")


def locate_problems(
    problems: Iterable[Problem],
    documents: Documents,
    config: Config,
    config_file: str,
) -> tuple[Diagnostic, ...]:
    """Turn problems into diagnostics; only pages that have some are looked up. *config_file* names site.yaml.

    A problem's source may be a file that is copied, or a folder: these have no places inside.
    """
    listed = tuple(problems)
    placed = {
        problem.source
        for problem in listed
        if problem.source in documents.rows and (problem.link >= 0 or problem.key)
    }
    found = documents.bodies.encoded(sorted(placed))
    rows = {source: _decode_private(data) for source, data in found.items()}
    folder = config.content_dir + "/"
    config_places = {
        key: (place, excerpt)
        for (key, place), excerpt in zip(config.places, config.place_excerpts, strict=True)
    }
    return tuple(
        _locate(problem, rows.get(problem.source), folder, config_places, config_file) for problem in listed
    )


def _locate(
    problem: Problem,
    row: PrivateRow | None,
    folder: str,
    config_places: Mapping[str, tuple[Location, str]],
    config_file: str,
) -> Diagnostic:
    location, excerpt = Location(folder + problem.source if problem.source else config_file), ""
    if problem.source and row is not None:
        location, excerpt = _page_place(problem, row) or (location, "")
    elif not problem.source and problem.key:
        location, excerpt = _nearest(problem.key, config_places) or (location, "")
    return Diagnostic(
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        location=location,
        excerpt=excerpt,
        hint="; ".join(part for part in (problem.hint, _way(problem, row)) if part),
    )


def _way(problem: Problem, row: PrivateRow | None) -> str:
    """Say how the text of a reference came into the page; empty where it is the page's own."""
    if row is None or problem.link < 0:
        return ""
    return dict(row.places.link_ways).get(problem.link, "")


def _page_place(problem: Problem, row: PrivateRow) -> tuple[Location, str] | None:
    if problem.link >= 0:
        return row.places.links[problem.link], row.places.link_excerpts[problem.link]
    places = {key: (location, excerpt) for key, location, excerpt in row.places.front}
    return _nearest(problem.key, places)


def _nearest(key: str, places: Mapping[str, Place]) -> Place | None:
    """Give the place of a key path, else that of the nearest part above it."""
    while key:
        if key in places:
            return places[key]
        key = key.rpartition(".")[0]
    return None
