"""WA-10: where events never come, nobody waits for them."""

import os

import pytest

from octavo.edges.filesystems import deaf_file_system, is_deaf, kind_of, read_mounts

TABLE = r"""
22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/root rw
25 22 0:22 / /proc rw,nosuid shared:5 - proc proc rw
30 22 0:40 / /home/ann rw shared:20 master:3 - nfs4 server:/home rw,vers=4.2
31 30 0:41 / /home/ann/local rw - tmpfs tmpfs rw
40 22 0:50 / /mnt/c rw - 9p C:\134 rw,aname=drvfs
50 22 0:60 / /media/My\040Disk rw - fuseblk /dev/sdb1 rw
51 22 0:61 / /media/My rw - fuse.sshfs ann@host: rw
60 22 0:70 / /srv rw - ext4 /dev/vdb rw
61 60 0:71 / /srv rw - virtiofs share rw
a line of another form
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/home/site", "ext4"),
        ("/home/ann/site", "nfs4"),
        ("/home/ann", "nfs4"),
        ("/home/annabel", "ext4"),
        ("/home/ann/local/site", "tmpfs"),
        ("/mnt/c/Users", "9p"),
        ("/media/My Disk/site", "fuseblk"),
        ("/media/My/site", "fuse.sshfs"),
        ("/srv/site", "virtiofs"),
    ],
)
def test_the_longest_mount_point_above_a_path_gives_its_kind(path, kind):
    assert kind == kind_of(path, read_mounts(TABLE))


def test_a_system_that_says_nothing_is_trusted():
    assert [] == read_mounts("")
    assert "" == kind_of("/home", [])
    assert not is_deaf("")


@pytest.mark.parametrize(
    "kind",
    [
        "nfs", "nfs4", "cifs", "smb3", "9p", "drvfs", "vboxsf", "vmhgfs", "virtiofs", "osxfs", "grpcfuse", "fakeowner",
        "fuse", "fuse.sshfs", "fuse.vmhgfs-fuse", "fuse.gvfsd-fuse", "fuse.grpcfuse",
    ],
)  # fmt: skip
def test_a_folder_that_others_change_is_not_trusted(kind):
    assert is_deaf(kind)


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "fuseblk", "apfs", "ntfs3", "bcachefs"]
)
def test_a_local_file_system_is_trusted(kind):
    assert not is_deaf(kind)


def test_a_folder_of_this_test_is_judged_by_its_real_path(tmp_path, monkeypatch):
    os.symlink("/home/ann/site", tmp_path / "link")
    monkeypatch.setattr("octavo.edges.filesystems._mount_table", lambda: TABLE)

    assert "nfs4" == deaf_file_system(str(tmp_path / "link"))
    assert "" == deaf_file_system(str(tmp_path))
