"""Which checkouts may run commands, and what is never believed."""

import os
import stat

import pytest

from octavo.edges.runner.trust import is_trusted, trust


@pytest.fixture(name="state", autouse=True)
def fixture_state(tmp_path, monkeypatch):
    """A state folder of its own, which does not exist yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "octavo"


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path):
    (tmp_path / "checkout").mkdir()
    return tmp_path / "checkout"


def test_a_checkout_is_trusted_once_the_user_says_so(checkout):
    assert not is_trusted(str(checkout))
    assert trust(str(checkout))
    assert is_trusted(str(checkout))


def test_the_file_is_the_users_alone_and_holds_a_checkout_once(checkout, state):
    trust(str(checkout))
    trust(str(checkout))

    assert 0o600 == stat.S_IMODE(os.stat(state / "trusted").st_mode)
    assert 0o700 == stat.S_IMODE(os.stat(state).st_mode)
    assert 1 == (state / "trusted").read_bytes().count(b"\n")


def test_a_checkout_is_known_by_its_real_path(checkout, tmp_path):
    (tmp_path / "link").symlink_to(checkout)
    trust(str(tmp_path / "link"))

    assert is_trusted(str(checkout))
    (tmp_path / "other").mkdir()
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "other")
    assert not is_trusted(str(tmp_path / "link"))


def test_folders_inside_and_beside_a_trusted_one_are_not_trusted(checkout, tmp_path):
    trust(str(checkout))
    (checkout / "inner").mkdir()

    assert not is_trusted(str(checkout / "inner"))
    assert not is_trusted(str(tmp_path))


def test_without_a_state_folder_of_xdg_it_is_the_one_at_home(checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "relative/is/not/allowed")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    trust(str(checkout))

    assert (tmp_path / "home" / ".local" / "state" / "octavo" / "trusted").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a folder away")
def test_a_checkout_of_another_user_is_never_remembered(checkout):
    trust(str(checkout))
    os.chown(checkout, 65534, 65534)

    assert not is_trusted(str(checkout))
    assert not trust(str(checkout))


def test_a_checkout_that_is_gone_is_not_trusted(tmp_path):
    assert not trust(str(tmp_path / "nothing"))
    assert not is_trusted(str(tmp_path / "nothing"))
    assert not is_trusted("with\0nul")


def test_a_broken_line_costs_only_itself(checkout, state, tmp_path):
    trust(str(checkout))
    (tmp_path / "second").mkdir()
    with open(state / "trusted", "ab") as file:
        file.write(b'\xff\n[1]\n{"path": 5}\n{"path": "/half')
    trust(str(tmp_path / "second"))

    assert is_trusted(str(checkout))
    assert is_trusted(str(tmp_path / "second"))


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_to_is_not_believed_and_is_replaced(checkout, state, tmp_path, mode):
    trust(str(checkout))
    (tmp_path / "second").mkdir()
    os.chmod(state / "trusted", mode)

    assert not is_trusted(str(checkout))
    assert trust(str(tmp_path / "second"))
    assert is_trusted(str(tmp_path / "second"))
    assert not is_trusted(str(checkout))


def test_a_folder_that_others_can_write_to_is_not_believed(checkout, state):
    trust(str(checkout))
    os.chmod(state, 0o777)

    assert not is_trusted(str(checkout))
    assert not trust(str(checkout))


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
def test_a_file_of_another_user_is_not_believed(checkout, state):
    trust(str(checkout))
    os.chown(state / "trusted", 65534, 65534)

    assert not is_trusted(str(checkout))


def test_a_link_in_the_place_of_the_file_is_not_followed(checkout, state, tmp_path):
    trust(str(checkout))
    (state / "trusted").rename(tmp_path / "list")
    (state / "trusted").symlink_to(tmp_path / "list")

    assert not is_trusted(str(checkout))
    assert trust(str(checkout))
    assert not (state / "trusted").is_symlink()


def test_where_nothing_can_be_written_nothing_is_remembered(checkout, tmp_path):
    (tmp_path / "state").write_text("a file in the way", encoding="utf-8")

    assert not trust(str(checkout))
    assert not is_trusted(str(checkout))
