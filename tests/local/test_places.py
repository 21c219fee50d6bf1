"""Locks, ports and folders."""

import socket

import pytest

from portal.local import places
from portal.local.errors import LocalError


def test_a_second_run_on_the_same_folder_is_refused(tmp_path):
    with places.lock_folder(tmp_path):
        assert places.is_locked(tmp_path)
        with pytest.raises(LocalError, match="tourne déjà") as refusal:
            places.lock_folder(tmp_path)

    assert refusal.value.code == 2
    assert not places.is_locked(tmp_path)
    places.lock_folder(tmp_path).close()


def test_a_folder_that_does_not_exist_is_not_locked(tmp_path):
    assert not places.is_locked(tmp_path / "never")


def test_a_busy_port_is_refused_with_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(LocalError, match=f"Le port {port} est déjà pris") as refusal:
            places.check_port(port)

    assert refusal.value.code == 2
    places.check_port(port)


def test_a_free_port_can_be_listened_on_and_is_not_lent_to_clients():
    port = places.free_port()

    with socket.create_server(("127.0.0.1", port)):
        assert port < 32768


@pytest.mark.parametrize(("shared", "mode"), [(False, 0o700), (True, 0o711)])
def test_a_new_folder_has_its_mode_whatever_the_umask(tmp_path, monkeypatch, shared, mode):
    folder = places.make_folder(tmp_path / "a" / "b", shared=shared)

    assert folder.stat().st_mode & 0o777 == mode
    assert folder.parent.stat().st_mode & 0o777 == 0o711


def test_a_folder_that_exists_keeps_its_mode(tmp_path):
    (tmp_path / "mine").mkdir(mode=0o750)

    assert places.make_folder(tmp_path / "mine", shared=True).stat().st_mode & 0o777 == 0o750


def test_a_short_path_keeps_its_socket(tmp_path):
    short = tmp_path / "s"
    assert places.socket_folder(short, "redis.sock") == short


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
    long = tmp_path / ("x" * 120)
    target = places.socket_folder(long, "redis.sock")
    target.rmdir()
    target.symlink_to(tmp_path)

    with pytest.raises(LocalError, match="appartient à quelqu’un d’autre"):
        places.socket_folder(long, "redis.sock")
