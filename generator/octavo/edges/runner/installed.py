"""Reads which packages an environment holds from their metadata, without starting its Python."""

import os

from octavo.edges.runner.requirements import Requirements, normal_name
from octavo.model import Value

__all__ = ["Package", "contents_of", "read_packages", "sort_packages", "unlisted"]


class Package(Value, frozen=True):
    """One installed package."""

    name: str
    """As its authors write it."""
    version: str
    needs: tuple[str, ...] = ()
    """Normalised names of the packages that it asks for, under whatever condition."""
    is_direct: bool = False
    """It was installed from a file or an address that was named."""


def read_packages(folder: str) -> tuple[Package, ...]:
    """Read the packages of an environment, by name; what cannot be read is left out."""
    found = []
    for site in _site_folders(folder):
        for name in _names(site):
            if name.endswith(".dist-info"):
                package = _read(os.path.join(site, name))
                if package is not None:
                    found.append(package)
    return tuple(sorted(found, key=lambda package: (normal_name(package.name), package.version)))


def sort_packages(
    packages: tuple[Package, ...], listed: Requirements, seeds: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    """Give names and versions: the packages listed first, in the order of the file, then the others but the seeds.

    Of the packages listed those come first that no other asks for: in a list that a tool has sorted by name, they are the
    ones that somebody chose. *seeds* are the names, normalised, of what a new environment holds.
    """
    order = {name: place for place, name in reversed(list(enumerate(pin.name for pin in listed.pins)))}

    asked_for = {name for package in packages for name in package.needs if name != normal_name(package.name)}

    def place(package: Package) -> tuple[bool, int, str]:
        name = normal_name(package.name)
        is_chosen = name in order and name not in asked_for
        return not is_chosen, order.get(name, len(order) + (not package.is_direct)), name

    kept = [
        item for item in packages if normal_name(item.name) in order or normal_name(item.name) not in seeds
    ]
    return tuple((package.name, package.version) for package in sorted(kept, key=place))


def unlisted(
    packages: tuple[Package, ...], listed: Requirements, seeds: frozenset[str]
) -> tuple[Package, ...]:
    """Give the packages that came only because others ask for them, in whatever version was the newest that day."""
    names = {pin.name for pin in listed.pins}.union(listed.limits, seeds)
    return tuple(item for item in packages if normal_name(item.name) not in names and not item.is_direct)


def contents_of(folder: str) -> tuple[str, ...]:
    """Name what is installed: programs, packages and their versions. Another list means that somebody has changed it."""
    found = [f"bin/{name}" for name in _names(os.path.join(folder, "bin"))]
    for site in _site_folders(folder):
        found += _names(site)
    return tuple(sorted(name for name in found if not name.endswith("__pycache__")))


def _site_folders(folder: str) -> list[str]:
    library = os.path.join(folder, "lib")
    return [
        os.path.join(library, name, "site-packages") for name in _names(library) if name.startswith("python")
    ]


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _read(folder: str) -> Package | None:
    fields: dict[str, list[str]] = {}
    try:
        with open(os.path.join(folder, "METADATA"), encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break  # the description follows
                key, _, value = line.partition(":")
                fields.setdefault(key.lower(), []).append(value.strip())
        name, version = fields["name"][0], fields["version"][0]
    except (OSError, KeyError):
        return None
    needs = (_first_name(value) for value in fields.get("requires-dist", []))
    return Package(
        name=name,
        version=version,
        needs=tuple(sorted(set(needs))),
        is_direct=os.path.exists(os.path.join(folder, "direct_url.json")),
    )


def _first_name(text: str) -> str:
    end = next((place for place, sign in enumerate(text) if not (sign.isalnum() or sign in "-_.")), len(text))
    return normal_name(text[:end])
