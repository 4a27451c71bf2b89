"""A site folder opened for the preview: its files, its state, and the loop over them."""

import contextlib
import os
from collections.abc import Callable, Iterator

import msgspec

from octavo.cli.identity import bundled_theme, identify
from octavo.cli.project import CACHE, check_surroundings, keep_cache
from octavo.edges.filesystems import deaf_file_system
from octavo.edges.hinted import HintedWorkspace
from octavo.edges.outputfolder import choose_spare
from octavo.edges.ownstore import PREVIEW_FOLDER, open_own_store
from octavo.edges.search_index import PagefindIndexer
from octavo.edges.trees import OutputTrees
from octavo.edges.watch import Watcher
from octavo.edges.workspace import DiskWorkspace, find_site_root
from octavo.engine import BuildRequest, LazyPool
from octavo.engine.inputs import read_config
from octavo.engine.ports import Ports, SearchIndexer
from octavo.preview.desk import PreviewDesk
from octavo.preview.loop import PreviewLoop
from octavo.preview.rebuild import Rebuild
from octavo.preview.search import PreviewSearch
from octavo.preview.session import PreviewSession
from octavo.preview.shelf import PageShelf

__all__ = ["Preview", "open_preview"]


class Preview(msgspec.Struct, frozen=True):
    """An open preview: the loop runs in the thread that calls `loop.run`."""

    root: str
    session: PreviewSession
    desk: PreviewDesk
    loop: PreviewLoop


@contextlib.contextmanager
def open_preview(
    config_path: str,
    *,
    note: Callable[[str], None],
    on_rebuild: Callable[[Rebuild], None],
    jobs: int = 1,
    poll: bool = False,
    livereload: bool = True,
    indexer: SearchIndexer | None = None,
) -> Iterator[Preview]:
    """Open the site of a configuration file, with its drafts, and make its first generation.

    Nothing is written to the output folder. The state lies in the cache, beside that of builds. *indexer* makes the
    search index; without it Pagefind does.

    Raises:
        UsageError: site.yaml is missing or has errors, or names a folder that does not exist.

    """
    check_surroundings()
    root = find_site_root(config_path)
    config_file = os.path.basename(config_path)
    disk = DiskWorkspace(root)
    config, _ = read_config(disk, config_file)
    identity = identify()
    live = os.path.join(root, config.site_dir)
    cache = os.path.join(root, CACHE)
    with contextlib.ExitStack() as stack:
        keep_cache(cache, stack)
        store, lock = open_own_store(cache, PREVIEW_FOLDER)
        if lock is not None:
            stack.callback(lock.release)
        stack.callback(store.close)
        pool = LazyPool(jobs)
        stack.callback(pool.kill)
        workspace = HintedWorkspace(disk)
        # The preview asks nothing of the output; the port is there because a plan's request names its folder.
        ports = Ports(
            workspace,
            store,
            OutputTrees(live, choose_spare(root, CACHE, live)),
            pool,
            indexer or PagefindIndexer(),
        )
        exclude = (os.path.realpath(live), os.path.join(root, ".octavo"), os.path.join(root, ".git"))
        request = BuildRequest(
            config_file=config_file,
            drafts=True,
            write=False,
            engine=identity.engine,
            runner=identity.runner,
            bundled_theme=bundled_theme(),
            output_folder=os.path.realpath(live),
            output_shown=config.site_dir.rstrip("/"),
            exclude=exclude,
        )
        shelf = PageShelf()
        session = PreviewSession(request, ports, shelf)
        search = PreviewSearch(ports.indexer, shelf, note)
        desk = PreviewDesk(shelf, absolute=workspace.absolute, search=search, livereload=livereload)
        stack.callback(desk.close)
        # Unlike the content, the watch does not leave out `.octavo`: proofs lie there.
        ignore = (os.path.realpath(live), cache, os.path.join(root, ".git"))
        watcher = Watcher(lambda path: loop.hint(path), note, ignore=ignore)  # noqa: PLW0108 - the loop is made below
        stack.callback(watcher.close)
        kind = "" if poll else deaf_file_system(os.path.join(root, config.content_dir))
        if kind:
            note(
                f"the content lies on `{kind}`, which tells of no changes: files are compared again and again"
            )
        loop = PreviewLoop(
            session,
            desk,
            workspace,
            watcher,
            root=root,
            on_rebuild=on_rebuild,
            note=note,
            search=search,
            poll=poll or bool(kind),
        )
        session.begin()
        desk.show(session)
        yield Preview(root, session, desk, loop)
