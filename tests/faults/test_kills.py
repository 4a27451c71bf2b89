"""After any kill the site is wholly the old or wholly the new one, and the next build puts all right."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from octavo.edges.search_index import PagefindIndexer
from sitebuilder import Site
from waiting import PATIENCE, wait_until

SCRIPT = Path(__file__).with_name("killed_build.py")
PAGES = 12
EDITIONS = 4


def write_edition(site: Site, edition: int) -> None:
    """Make every page say which edition of the site it belongs to."""
    site.config(f"copyright: edition {edition}\n")
    for number in range(PAGES):
        if (number + edition) % 5:
            site.page(f"part/{number:02d}.md", f"# Page {number}\n\nEdition {edition}.\n")
        else:
            (site.root / f"content/part/{number:02d}.md").unlink(missing_ok=True)
    site.page("data.bin", bytes([edition]) * 5000)


def clean_tree(folder: Path, edition: int) -> dict[str, bytes]:
    """Build an edition from nothing."""
    fresh = Site(folder / f"clean-{edition}")
    write_edition(fresh, edition)
    return fresh.build(indexer=PagefindIndexer()).tree()


def run(site: Site, mode: str, value: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a build in a process of its own, to be killed."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(site.root), mode, str(value)],
        capture_output=True, text=True, check=False, env=os.environ | environment,
    )  # fmt: skip


def kill_and_heal(tmp_path: Path, moments: Iterable[tuple[str, object]], enough: int) -> int:
    """Kill a rebuild at each moment until *enough* kills met a build at work; gives how many did."""
    site = Site(tmp_path / "site")
    clean = {edition: clean_tree(tmp_path, edition) for edition in range(EDITIONS)}
    write_edition(site, 0)
    old = site.build(indexer=PagefindIndexer()).tree()
    killed = 0
    for turn, (mode, value) in enumerate(moments, start=1):
        edition = turn % EDITIONS
        write_edition(site, edition)
        new = clean[edition]
        result = run(site, mode, value)
        assert result.returncode in {0, -signal.SIGKILL}, result.stderr
        killed += result.returncode != 0

        assert site.tree() in (old, new), f"{mode} {value}: a mixed site"
        assert new == site.build(indexer=PagefindIndexer()).tree(), f"{mode} {value}: not healed"
        old = new
        if killed == enough:
            break
    return killed


def test_30_kills_at_file_operations_leave_a_whole_site(tmp_path):
    site = Site(tmp_path / "count")
    write_edition(site, 0)
    site.build(indexer=PagefindIndexer())
    write_edition(site, 1)
    operations = int(run(site, "never", 0).stdout)
    assert operations > 30
    step = operations / 30

    killed = kill_and_heal(tmp_path, [("operation", 1 + int(number * step)) for number in range(30)], 30)

    assert killed >= 28


def test_30_kills_at_random_times_leave_a_whole_site(tmp_path):
    rng = random.Random(20261123)
    site = Site(tmp_path / "time")
    write_edition(site, 0)
    site.build(indexer=PagefindIndexer())
    write_edition(site, 1)
    start = time.perf_counter()
    run(site, "never", 0)
    whole = time.perf_counter() - start

    killed = kill_and_heal(tmp_path, (("time", rng.uniform(0, whole * 0.7)) for _ in range(300)), 30)

    assert killed == 30


def test_kill_of_a_first_build_leaves_no_half_site(tmp_path):
    new = clean_tree(tmp_path, 1)
    for number, operation in enumerate((1, 10, 25, 40, 55, 70)):
        site = Site(tmp_path / f"first-{number}")
        write_edition(site, 1)
        run(site, "operation", operation)

        assert not site.out.exists() or new == site.tree()
        assert new == site.build(indexer=PagefindIndexer()).tree()


def test_two_builds_at_once_end_in_one_whole_site(tmp_path):
    site = Site(tmp_path / "site")
    write_edition(site, 0)
    site.build(indexer=PagefindIndexer())
    write_edition(site, 1)
    command = [sys.executable, "-m", "octavo", "build"]
    builds = [
        subprocess.Popen(command, cwd=site.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    results = [(build.communicate(timeout=PATIENCE), build.returncode) for build in builds]

    assert [0, 0, 0] == [status for _, status in results], results
    assert clean_tree(tmp_path, 1) == site.tree()


def many_pages(folder: Path) -> Site:
    """Make a site that is large enough for worker processes, with pages that take a while."""
    site = Site(folder)
    site.config("")
    words = "some *words* and `code` with [links](#part) " * 60
    for number in range(400):
        site.page(f"many/{number:03d}.md", f"# Page {number}\n\n## Part\n\n" + f"{words}\n\n" * 6)
    return site


def children_of(pid: int) -> list[int]:
    """List the processes whose parent is *pid*."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def workers_of(build: subprocess.Popen) -> list[int]:
    """Wait until a build has workers, and list them."""
    wait_until(lambda: len(children_of(build.pid)) >= 2 or build.poll() is not None)
    assert build.poll() is None, build.communicate()
    return children_of(build.pid)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path, number):
    site = many_pages(tmp_path / "site")
    build = subprocess.Popen(
        [sys.executable, "-m", "octavo", "build", "-j", "2"], cwd=site.root,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    workers = workers_of(build)
    build.send_signal(number)
    _, stderr = build.communicate(timeout=PATIENCE)

    statuses = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
    assert statuses[number] == build.returncode
    assert "Traceback" not in stderr
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert not site.out.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_killed_worker_ends_the_build_with_a_message(tmp_path):
    site = many_pages(tmp_path / "site")
    build = subprocess.Popen(
        [sys.executable, "-m", "octavo", "build", "-j", "2"], cwd=site.root,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    workers = workers_of(build)
    os.kill(workers[0], signal.SIGKILL)
    _, stderr = build.communicate(timeout=PATIENCE)

    assert 3 == build.returncode, stderr
    assert "a worker process died" in stderr
    assert "hint:" in stderr
    assert "Traceback" not in stderr
    assert not site.out.exists()
