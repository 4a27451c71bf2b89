"""The folder of proofs on disk: written in one step, read without trust, tidied without harm."""

import os
import stat

import pytest

from octavo.edges.proofstore import read_proofs, remove_stale_proofs, write_proof
from octavo.errors import EnvironmentFault
from octavo.tutorial.proofs import MAX_PROOF_BYTES

NAME = "notes/01-a.md.json"


def files(root):
    found = (path for path in root.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(root).as_posix() for path in found)


def test_what_is_written_is_read(tmp_path):
    write_proof(str(tmp_path), "notes/01-a.md", b"one")
    write_proof(str(tmp_path), "notes/01-a.md", b"two")

    assert read_proofs(str(tmp_path), [NAME, "notes/02-b.md.json"]) == {NAME: b"two"}
    assert files(tmp_path) == [f".octavo/proofs/{NAME}"]
    assert stat.S_IMODE((tmp_path / ".octavo/proofs" / NAME).stat().st_mode) == 0o644


def test_a_site_without_the_folder_has_no_proofs(tmp_path):
    assert read_proofs(str(tmp_path), [NAME]) == {}
    assert remove_stale_proofs(str(tmp_path), []) == ()


def test_a_proof_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path, monkeypatch):
    write_proof(str(tmp_path), "notes/01-a.md", b"one")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(EnvironmentFault, match="cannot write the proof"):
        write_proof(str(tmp_path), "notes/01-a.md", b"two")

    assert files(tmp_path) == [f".octavo/proofs/{NAME}"]
    assert read_proofs(str(tmp_path), [NAME]) == {NAME: b"one"}


def test_a_file_without_end_is_cut_where_it_is_too_large_to_be_a_proof(tmp_path):
    write_proof(str(tmp_path), "notes/01-a.md", b"x" * (MAX_PROOF_BYTES * 3))

    assert len(read_proofs(str(tmp_path), [NAME])[NAME]) == MAX_PROOF_BYTES + 1


def test_pipes_folders_and_links_out_of_the_folder_are_not_read(tmp_path):
    folder = tmp_path / ".octavo/proofs"
    folder.mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    os.mkfifo(folder / "a.json")
    (folder / "b.json").mkdir()
    (folder / "c.json").symlink_to(tmp_path / "secret.txt")
    (folder / "d.json").symlink_to("e.json")
    (folder / "e.json").write_text("inside")

    names = ["a.json", "b.json", "c.json", "d.json", "../../secret.txt", "/etc/passwd"]
    assert read_proofs(str(tmp_path), names) == {"d.json": b"inside"}


def test_a_folder_that_leads_out_of_the_site_is_neither_read_nor_written(tmp_path):
    site, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    (site / ".octavo").mkdir(parents=True)
    (site / ".octavo/proofs").symlink_to(outside)
    (outside / "a.md.json").write_text("not ours")

    assert read_proofs(str(site), ["a.md.json"]) == {}
    assert remove_stale_proofs(str(site), []) == ()
    with pytest.raises(EnvironmentFault, match="leads out of the site folder"):
        write_proof(str(site), "a.md", b"x")
    assert files(outside) == ["a.md.json"]
    assert (outside / "a.md.json").read_text() == "not ours"


def test_a_link_inside_the_folder_is_not_written_through(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "site/.octavo/proofs"
    folder.mkdir(parents=True)
    (folder / "notes").symlink_to(outside)
    (folder / "a.md.json").symlink_to(outside / "b")

    with pytest.raises(EnvironmentFault, match="Not a directory"):
        write_proof(str(tmp_path / "site"), "notes/01-a.md", b"x")
    write_proof(str(tmp_path / "site"), "a.md", b"x")

    assert files(outside) == []
    assert not (folder / "a.md.json").is_symlink()


def test_proofs_of_chapters_that_are_gone_are_removed_and_nothing_else(tmp_path):
    for source in ("notes/01-a.md", "notes/old/02-b.md", "c.md"):
        write_proof(str(tmp_path), source, b"x")
    folder = tmp_path / ".octavo/proofs"
    (folder / "README.txt").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.json").write_text("mine")
    (folder / "link").symlink_to(tmp_path / "elsewhere")

    assert remove_stale_proofs(str(tmp_path), ["notes/01-a.md"]) == ("c.md.json", "notes/old/02-b.md.json")
    assert files(folder) == ["README.txt", "link", NAME]
    assert not (folder / "notes/old").exists()
    assert (tmp_path / "elsewhere/x.json").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give files away")
def test_what_the_superuser_writes_belongs_to_whom_the_site_belongs(tmp_path):
    os.chown(tmp_path, 1234, 1234)
    write_proof(str(tmp_path), "notes/01-a.md", b"x")

    made = [tmp_path / ".octavo", *(tmp_path / ".octavo").rglob("*")]
    assert {path.stat().st_uid for path in made} == {1234}
