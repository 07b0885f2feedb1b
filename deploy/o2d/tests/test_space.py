"""A disk that is too small or full: refused before anything is made, and said with what to do where it fills up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from o2d.home import Home
from o2d.local import accounts, kafka
from o2d.local.postgres import Postgres
from o2d.trouble import CannotStart, of_words

MEND = "Free some, or set O2D_HOME to a larger disk."


def mount(*words: str) -> bool:
    """Whether the system mounted what these words say."""
    return not subprocess.run(["mount", *words], capture_output=True, check=False).returncode


@pytest.fixture
def tiny_disk() -> Iterator[Path | None]:
    """A disk of 12 MB, where an account without rights reaches it; None where this account may not mount one."""
    with tempfile.TemporaryDirectory(prefix="o2d-disk-") as made:
        disk = Path(made)
        disk.chmod(0o755)
        if not mount("-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", str(disk)):
            yield None
            return
        yield disk
        subprocess.run(["umount", "--lazy", disk], check=True)


def full(home: Home) -> CannotStart:
    """What is said of a process whose last words are those of a full disk."""
    (home.logs / "postgres.log").write_text("could not write to file: No space left on device\n")
    return of_words("PostgreSQL ended at once", home.logs / "postgres.log", home.path)


def test_a_process_that_met_a_full_disk_is_said_with_what_to_do(home: Home) -> None:
    refused = full(home)
    assert refused.sentence.endswith(f"There is no space left for {home.path}.")
    assert refused.mend == MEND
    (home.logs / "postgres.log").write_text("something else\n")
    other = of_words("PostgreSQL ended at once", home.logs / "postgres.log", home.path)
    assert other.sentence == "PostgreSQL ended at once; it says:\nsomething else"
    assert other.mend == f"All that it said is in {home.logs / 'postgres.log'}."


def test_on_a_disk_that_is_too_small_nothing_is_begun(home: Home, tiny_disk: Path | None) -> None:
    folder = (tiny_disk or home.path) / "home"
    needed = 300 if tiny_disk else 10**9
    said = subprocess.run(
        [sys.executable, "-m", "o2d", "up"],
        env={"O2D_HOME": str(folder), "O2D_FREE_MB_MIN": str(needed), "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    words = said.stdout + said.stderr
    assert f"MB are free for {folder}, and {needed} MB are needed." in words
    assert MEND in words
    assert "Traceback" not in words
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "logs"]


async def test_a_database_on_another_disk_than_the_home_is_looked_at_too(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("O2D_FREE_MB_MIN", str(10**9))
    with pytest.raises(CannotStart, match="MB are needed") as refused:
        await Postgres(home).prepare()
    folder = accounts.database_folder(home, accounts.unprivileged())
    assert f"free for {folder}" in refused.value.sentence
    assert not (folder / "data").exists()


async def test_a_database_that_fills_its_disk_while_it_is_made_is_said_and_made_anew_later(
    home: Home, tiny_disk: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tiny_disk is None:
        assert full(home).mend == MEND
        return
    monkeypatch.setenv("O2D_FREE_MB_MIN", "1")
    small = Home(tiny_disk / "home")
    small.prepare()
    with monkeypatch.context() as there:
        there.setenv("O2D_DATABASES", str(tiny_disk))
        with pytest.raises(CannotStart, match="There is no space left for") as refused:
            await Postgres(small).prepare()
        assert refused.value.mend == MEND
        folder = accounts.database_folder(small, accounts.unprivileged())
        assert not (folder / "data").exists()
        mount("-o", "remount,size=400m", str(tiny_disk))
        postgres = Postgres(small)
        await postgres.prepare()
        await postgres.start()
        await postgres.stop()


async def test_a_broker_that_fills_its_disk_is_said(home: Home, tiny_disk: Path | None) -> None:
    if tiny_disk is None:
        assert full(home).mend == MEND
        return
    (home.path / "kafka").symlink_to(tiny_disk)
    (broker,) = kafka.members(home)
    await broker.prepare()
    free = os.statvfs(tiny_disk)
    (tiny_disk / "ballast").write_bytes(b"x" * free.f_bavail * free.f_bsize)
    with pytest.raises(CannotStart, match="There is no space left for") as refused:
        await broker.start()
    assert refused.value.mend == MEND
    await broker.stop()
    (tiny_disk / "ballast").unlink()
