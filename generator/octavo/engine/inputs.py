"""Everything that a build starts from: site.yaml, the theme, the content's files and what git knows of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from octavo.config import Config, load_config
from octavo.digest import Digest
from octavo.engine.memory import Memory, ScanMemory
from octavo.engine.ports import GitFacts, ScanResult, Stamp, Store, Workspace
from octavo.engine.theme import LoadedTheme, ThemeChoices, load_theme
from octavo.errors import Diagnostic, Location, UsageError, count_errors, error
from octavo.model import AssetCard
from octavo.site.order import is_page_name
from octavo.yamltext import decode_text

__all__ = ["BuildRequest", "Snapshot", "Surroundings", "look_around", "read_config", "take_snapshot"]

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")
_encode = msgspec.msgpack.Encoder().encode
_decode_stamp = msgspec.msgpack.Decoder(Stamp).decode
_decode_size = msgspec.msgpack.Decoder(tuple[int, int]).decode


class BuildRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    config_file: str = "site.yaml"
    """Relative to the site folder; names site.yaml in messages."""
    drafts: bool = False
    write: bool = True
    """False for `check` and `why`: everything but the output."""
    strict: bool = False
    engine: Digest = Digest("")
    """Digest of this version of Octavo and of the libraries that it renders with."""
    runner: Digest = Digest("")
    """Digest of the code that runs the chapters of tutorials: part of the key of every proof."""
    require_proof: bool = False
    """True where a chapter without a valid proof is an error."""
    bundled_theme: str = ""
    """Absolute path of the default theme."""
    output_folder: str = ""
    """Absolute real path of the output folder."""
    output_shown: str = "_site"
    """The same as the user would write it."""
    exclude: tuple[str, ...] = ()
    """Absolute real paths below the content folder that are no content."""
    now_ns: int = 0
    """Wall clock at the start, for the scan's rule on files that were just written."""


class Snapshot(msgspec.Struct, frozen=True):
    """The files of the site as they are now."""

    config: Config
    pages: dict[str, Stamp]
    assets: dict[str, Stamp]
    diagnostics: tuple[Diagnostic, ...]


class Surroundings(msgspec.Struct, frozen=True):
    """What assembling and rendering need besides the pages."""

    theme: LoadedTheme
    cards: dict[str, AssetCard]
    git: GitFacts


def read_config(workspace: Workspace, file: str) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Read site.yaml.

    Raises:
        UsageError: there is none, it cannot be read, or it has errors, which the exception carries.

    """
    try:
        data = workspace.read_bytes(file)
    except FileNotFoundError:
        raise UsageError(f"no `{file}` here", hint=_hint_at_config(workspace, file)) from None
    except OSError as fault:
        hint = "check that it is a file and that you may read it; `-f` names another, `octavo new DIR` starts a site"
        raise UsageError(f"`{file}` cannot be read: {fault.strerror}", hint=hint) from None
    text, problem = decode_text(data)
    if problem is not None:
        wrong = error("not-utf8", problem.message, Location(file, problem.line), hint=problem.hint)
        raise UsageError(f"`{file}` has 1 error", diagnostics=(wrong,))
    config, diagnostics = load_config(text or "", file=file)
    if config is None:
        count = count_errors(diagnostics)
        raise UsageError(f"`{file}` has {count} error{'s' if count != 1 else ''}", diagnostics=diagnostics)
    return config, diagnostics


def _hint_at_config(workspace: Workspace, file: str) -> str:
    """Say how to name the configuration file, or which other suffix it has here."""
    other = file.removesuffix(".yaml") + ".yml"
    try:
        workspace.read_bytes(other)
    except OSError:
        return "change to the folder of your site, name the file with `-f`, or start a site with `octavo new DIR`"
    return f"rename `{other}` to `{file}`, or name it with `-f {other}`"


def take_snapshot(workspace: Workspace, store: Store, request: BuildRequest, memory: Memory) -> Snapshot:
    """Read site.yaml and list the content with digests.

    Raises:
        UsageError: site.yaml is missing or has errors, or there is no content folder.

    """
    config, config_diagnostics = read_config(workspace, request.config_file)
    scan = _scan(workspace, store, config, request, memory)
    pages = {path: stamp for path, stamp in scan.stamps.items() if is_page_name(path.rpartition("/")[2])}
    assets = {path: stamp for path, stamp in scan.stamps.items() if path not in pages}
    return Snapshot(config, pages, assets, (*config_diagnostics, *scan.diagnostics))


def look_around(
    workspace: Workspace, store: Store, request: BuildRequest, snapshot: Snapshot, memory: Memory
) -> Surroundings:
    """Load the theme, measure images, ask git: all that parsing does not wait for.

    Raises:
        UsageError: site.yaml names a theme folder that does not exist.

    """
    config = snapshot.config
    theme = load_theme(
        workspace,
        store,
        bundled=request.bundled_theme,
        choices=ThemeChoices(
            folder=config.theme.name,
            options=dict(config.theme.options or {}),
            light=config.highlight.light,
            dark=config.highlight.dark,
            places={
                key: (place, excerpt)
                for (key, place), excerpt in zip(config.places, config.place_excerpts, strict=True)
                if key.startswith(("theme.", "highlight."))
            },
            file=request.config_file,
            language=config.language,
        ),
        memory=memory,
    )
    return Surroundings(
        theme=theme,
        cards=memory.cards.get((config.content_dir, snapshot.assets))
        or memory.cards.keep(
            (config.content_dir, snapshot.assets),
            _asset_cards(snapshot.assets, config.content_dir, workspace, store),
        ),
        git=_git(workspace, store, config.content_dir),
    )


def _scan(
    workspace: Workspace, store: Store, config: Config, request: BuildRequest, memory: Memory
) -> ScanResult:
    """List the content's files; only those that may have changed since the last scan are read."""
    marker = _encode(config.content_dir)
    previous: Mapping[str, Stamp] = {}
    last_scan = 0
    if memory.scan is not None and memory.scan.folder == config.content_dir:
        previous, last_scan = memory.scan.stamps, memory.scan.time_ns
    elif store.get_meta("scan-folder") == marker:
        previous = {path: _decode_stamp(data) for path, data in store.all("stamps")}
        last_scan = int.from_bytes(store.get_meta("scan-time") or b"\0", "big")
    else:
        store.clear("stamps")
    scan = workspace.scan_content(config.content_dir, previous, last_scan, request.exclude)
    changed = [(path, _encode(stamp)) for path, stamp in scan.stamps.items() if previous.get(path) != stamp]
    store.put_many("stamps", changed)
    store.delete_many("stamps", [path for path in previous if path not in scan.stamps])
    store.set_meta("scan-folder", marker)
    store.set_meta("scan-time", request.now_ns.to_bytes(9, "big"))
    memory.scan = ScanMemory(config.content_dir, scan.stamps, request.now_ns)
    return scan


def _asset_cards(
    assets: Mapping[str, Stamp], content_dir: str, workspace: Workspace, store: Store
) -> dict[str, AssetCard]:
    """Make a card of every asset; an image is measured once for each content that it had."""
    images = {path: stamp.digest for path, stamp in assets.items() if path.lower().endswith(_IMAGES)}
    known = {
        key: _decode_size(data)
        for key, data in store.get_many("images", sorted(set(images.values()))).items()
    }
    measured: dict[str, tuple[int, int]] = {}
    for path, digest in images.items():
        if digest not in known and digest not in measured:
            measured[digest] = workspace.image_size(f"{content_dir}/{path}")
    store.put_many("images", [(digest, _encode(size)) for digest, size in measured.items()])
    store.delete_many("images", _unused(store, images.values()))
    sizes = known | measured
    return {
        path: AssetCard(
            source=path,
            digest=stamp.digest,
            width=sizes[stamp.digest][0] if path in images else 0,
            height=sizes[stamp.digest][1] if path in images else 0,
        )
        for path, stamp in assets.items()
    }


def _unused(store: Store, used: Iterable[Any]) -> list[str]:
    wanted = set(used)
    return [key for key, _ in store.all("images") if key not in wanted]


def _git(workspace: Workspace, store: Store, content_dir: str) -> GitFacts:
    """Ask git once for each commit that is checked out."""
    head = workspace.git_head()
    if head is None:
        return GitFacts()
    data = store.get_meta("git")
    if data:
        kept = msgspec.msgpack.decode(data, type=tuple[str, GitFacts])
        if kept[0] == content_dir and kept[1].head == head:
            return kept[1]
    facts = workspace.git_facts(content_dir)
    if not facts.problem:  # a problem may be mended without a new commit
        store.set_meta("git", _encode((content_dir, facts)))
    return facts
