"""PostgreSQL of our own: who may do what in it, and that it comes back from the dead."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from portal.local import postgres as module
from portal.local.child import wait_until
from portal.local.database import APP, EXTENSIONS, OWNER, create_database, drop_database, ensure_database, is_empty
from portal.local.postgres import Postgres, postgres
from portal.local.start import without_examples


@pytest.fixture(scope="module")
def cluster(server: Postgres):
    ensure_database(server.cluster)
    return server.cluster


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def test_roles_have_no_power_over_the_server(cluster):
    with connect(cluster.admin_url()) as admin:
        rows = admin.execute(
            "select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
            " from pg_roles where rolname in (%s, %s) order by rolname",
            (APP, OWNER),
        ).fetchall()

    assert rows == [(APP, True, False, False, False, False, False), (OWNER, True, False, False, False, False, False)]


def test_the_application_reads_only_what_it_was_granted(cluster):
    with connect(cluster.owner_url()) as owner:
        owner.execute("create table granted (id int)")
        owner.execute("create table kept (id int)")
        owner.execute(f"grant select on granted to {APP}")

    with connect(cluster.app_url()) as app:
        assert app.execute("select * from granted").fetchall() == []
        for refused in (
            "select * from kept",
            "insert into granted values (1)",
            "drop table granted",
            "create table mine (id int)",
            "create role other",
            "create database other",
            f"set role {OWNER}",
            "alter table granted disable row level security",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)


def test_row_level_security_binds_the_owner_too(cluster):
    with connect(cluster.owner_url()) as owner:
        owner.execute("create table closed (id int)")
        owner.execute("insert into closed values (1)")
        owner.execute("alter table closed enable row level security")
        owner.execute("alter table closed force row level security")

        assert owner.execute("select * from closed").fetchall() == []


def test_extensions_are_there(cluster):
    with connect(cluster.admin_url("guichet")) as admin:
        found = {name for (name,) in admin.execute("select extname from pg_extension")}

    assert found >= set(EXTENSIONS)


def test_asking_again_mends_a_role_that_gained_power(cluster):
    with connect(cluster.admin_url()) as admin:
        admin.execute(f"alter role {APP} superuser bypassrls")

        ensure_database(cluster)

        row = admin.execute("select rolsuper, rolbypassrls from pg_roles where rolname = %s", (APP,)).fetchone()
    assert row == (False, False)


def test_a_copied_database_is_open_to_the_application_and_closed_to_strangers(cluster):
    with connect(cluster.admin_url()) as admin:
        admin.execute("create role stranger login")
        create_database(admin, "copied", template="template1")

        with connect(cluster.app_url("copied")) as app:
            assert app.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(cluster.url("stranger", "copied"))

        drop_database(admin, "copied")
        assert admin.execute("select 1 from pg_database where datname = 'copied'").fetchone() is None


def test_is_empty_says_so_of_a_missing_table_and_of_one_without_rows(cluster):
    with connect(cluster.owner_url()) as owner:
        owner.execute("create table counted (id int)")
        assert is_empty(cluster.owner_url(), "never_made")
        assert is_empty(cluster.owner_url(), "counted")

        owner.execute("insert into counted values (1)")
        assert not is_empty(cluster.owner_url(), "counted")


def test_no_port_is_open_and_the_socket_is_in_a_closed_folder(server, cluster):
    with connect(cluster.admin_url()) as admin:
        assert admin.execute("show listen_addresses").fetchone() == ("",)
    assert psutil.Process(server.child.pid).net_connections(kind="inet") == []
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_a_killed_server_comes_back_with_what_it_had_acknowledged(server, cluster):
    with connect(cluster.owner_url()) as owner:
        owner.execute("create table acknowledged as select 42 as id")
    before = server.child.pid

    os.kill(before, 9)
    assert wait_until(lambda: not server.child.alive())
    server.child.start()
    server.child.wait_ready()

    assert server.child.pid != before
    with connect(cluster.owner_url()) as owner:
        assert owner.execute("select id from acknowledged").fetchall() == [(42,)]


@pytest.mark.parametrize("state", ["alive", "zombie", "gone", "nonsense"])
def test_a_stale_pid_file_does_not_stop_it(server, cluster, state):
    """The number in postmaster.pid may be another program's by now, or that of a process nobody has buried."""
    server.child.stop()
    other = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    if state == "zombie":
        other.kill()
        assert wait_until(lambda: psutil.Process(other.pid).status() == psutil.STATUS_ZOMBIE)
    number = {"gone": "999999", "nonsense": "?"}.get(state, str(other.pid))
    (cluster.sockets / "postmaster.pid").write_text(f"{number}\n{cluster.sockets}\n")

    server.child.start()
    server.child.wait_ready()

    assert state != "alive" or other.poll() is None  # left alone: it is not ours
    other.kill()
    other.wait()


def test_an_orphan_on_the_same_data_is_stopped_first(server, folder, cluster):
    orphan = psutil.Process(server.child.pid)
    second = postgres(folder, log=folder / "second.log", durable=False)

    second.child.start()
    second.child.wait_ready()

    assert wait_until(lambda: not server.child.alive())
    assert not orphan.is_running()
    second.child.stop()
    server.child.start()
    server.child.wait_ready()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    for part in (deep, deep.parent):
        part.chmod(0o711)
    server = postgres(deep, log=folder / "deep.log", durable=False)

    server.child.start()
    server.child.wait_ready()
    server.child.stop()

    assert server.cluster.sockets != deep / "pg"
    assert server.cluster.sockets.stat().st_mode & 0o777 == 0o700
    server.cluster.sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must lend its data to another user")
def test_root_keeps_a_closed_folder_closed(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(module, "ROOTS_DATA", folder / "elsewhere")

    server = postgres(closed, log=folder / "closed.log", durable=False)
    server.child.start()
    server.child.wait_ready()
    server.child.stop()

    assert server.cluster.sockets.is_relative_to(folder / "elsewhere")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert postgres(closed).cluster == server.cluster  # found again at the next start


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must lend the programs to another user")
def test_root_copies_the_programs_with_their_libraries(folder, monkeypatch, tmp_path):
    user = module._server_user()
    real = module._programs(user).parents[1]
    closed = tmp_path / "site-packages" / real.name  # pytest's folder is closed to others
    closed.mkdir(parents=True)
    for part in ("pginstall",):
        (closed / part).symlink_to(real / part)
    closed.with_name(real.name + ".libs").mkdir()
    monkeypatch.setattr(module, "ROOTS_PROGRAMS", folder / "programs")

    copied = module._copy_programs(closed)

    assert (copied / "pginstall" / "bin" / "postgres").exists()
    assert copied.with_name(real.name + ".libs").is_dir()
    assert module._reachable(copied / "pginstall", user)
    assert not module._reachable(closed, user)


def test_the_folder_of_another_is_not_reachable(tmp_path):
    class Somebody:
        pw_uid = os.getuid() + 1

    (tmp_path / "closed").mkdir(mode=0o700)
    assert not module._reachable(tmp_path / "closed" / "pg", Somebody())
    assert module._reachable(Path("/usr/bin/env"), Somebody())


def test_a_region_added_later_is_filled_too(cluster, tmp_path):
    """Its folder has example data and it was never published; the model's folder is no region."""
    for slug in ("iles", "bocage", "_modele"):
        (tmp_path / slug / "demo").mkdir(parents=True)
        (tmp_path / slug / "demo" / "data.yaml").write_text("accounts: []\n")
    (tmp_path / "sans_exemples").mkdir()
    with connect(cluster.owner_url()) as owner:
        owner.execute("create table config_version (tenant text)")
        assert without_examples(cluster.owner_url(), tmp_path) == ["bocage", "iles"]

        owner.execute("insert into config_version values ('bocage')")
        assert without_examples(cluster.owner_url(), tmp_path) == ["iles"]
