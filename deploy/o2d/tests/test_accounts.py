"""Whose rights the database has: an ordinary user's own, for root those of an account without any."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from o2d.home import Home
from o2d.local import accounts
from o2d.local.process import Account
from o2d.trouble import CannotStart

NOBODY = pwd.getpwnam("nobody")
# A database of an ordinary user from nothing to its answer, and what it left in which folder.
LIFE = """
import asyncio, os, sys
from pathlib import Path
from o2d.home import Home
from o2d.local.postgres import Postgres
async def main():
    home = Home(Path(sys.argv[1]))
    home.prepare()
    server = Postgres(home)
    await server.prepare()
    await server.start()
    print(server.data, server.data.stat().st_uid == os.getuid())
    await server.stop()
asyncio.run(main())
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder of nobody's, which every account can reach."""
    with tempfile.TemporaryDirectory(prefix="o2d-test-", ignore_cleanup_errors=True) as made:
        if os.geteuid() == 0:
            os.chown(made, NOBODY.pw_uid, NOBODY.pw_gid)
        yield Path(made)


def ordinary(open_folder: Path) -> tuple[str, int | None]:
    """An interpreter and the account to run it with: nobody for root, if there is one that nobody may execute."""
    if os.geteuid() == 0:
        names = (
            sys.executable,
            shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin"),
        )
        for name in filter(None, names):
            if can_run(name, open_folder):
                return name, NOBODY.pw_uid
    return sys.executable, None


def can_run(interpreter: str, folder: Path) -> bool:
    """Whether nobody may execute it and read our packages."""
    try:
        tried = subprocess.run(
            [interpreter, "-c", "import asyncpg, o2d.home"],
            env=environment(), cwd=folder, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[],
            capture_output=True, check=False,
        )  # fmt: skip
    except PermissionError:
        return False
    return tried.returncode == 0


def environment() -> dict[str, str]:
    packages = [
        path
        for path in sys.path
        if (Path(path).is_dir() and "lib/python" not in path) or "site-packages" in path
    ]
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(packages), "HOME": "/nonexistent"}


def test_an_ordinary_user_needs_no_rights_but_its_own(open_folder: Path) -> None:
    interpreter, uid = ordinary(open_folder)
    home = (
        Path(tempfile.mkdtemp(dir=open_folder)) if uid is None and os.geteuid() == 0 else open_folder / "home"
    )
    said = subprocess.run(
        [interpreter, "-c", LIFE, home],
        env=environment(), cwd=open_folder, user=uid, group=NOBODY.pw_gid if uid else None,
        extra_groups=[] if uid else None, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if uid is None and os.geteuid() == 0:
        shutil.rmtree(accounts.database_folder(Home(home), accounts.unprivileged()), ignore_errors=True)
        assert said.stdout.endswith("/data False\n"), said.stderr
    else:
        assert said.stdout == f"{home / 'postgres' / 'data'} True\n", said.stderr


def test_root_without_an_account_to_drop_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "UNPRIVILEGED", ("no-such-account",))
    with pytest.raises(CannotStart, match="there is no account postgres or nobody"):
        accounts.unprivileged()


def test_root_drops_to_the_first_account_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "UNPRIVILEGED", ("no-such-account", "nobody"))
    assert accounts.unprivileged() == Account("nobody", NOBODY.pw_uid, NOBODY.pw_gid)


def test_databases_of_another_account_lie_where_the_environment_says_and_else_in_the_systems_state(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = Account("nobody", NOBODY.pw_uid, NOBODY.pw_gid)
    monkeypatch.setattr(accounts, "STATE", tmp_path)
    monkeypatch.delenv("O2D_DATABASES", raising=False)
    assert accounts.database_folder(home, account) == tmp_path / f"o2d-{home.hash}"
    named = tmp_path / "named"
    named.mkdir()
    monkeypatch.setenv("O2D_DATABASES", str(named))
    assert accounts.database_folder(home, account) == named / f"o2d-{home.hash}"


def test_another_accounts_database_lies_where_that_account_can_reach_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = Account("nobody", NOBODY.pw_uid, NOBODY.pw_gid)
    monkeypatch.setenv("O2D_DATABASES", str(tmp_path / "absent"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = accounts.database_folder(home, account)
    assert folder == tmp_path / f"o2d-{home.hash}"
    assert folder.stat().st_mode & 0o777 == 0o755
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(CannotStart, match="takes a folder for the database"):
        accounts.database_folder(home, account)
