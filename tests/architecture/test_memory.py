"""Runs of tests write into memory where there is plenty, and leave nothing there: a small suite run for it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins import memory

ROOT = Path(__file__).parents[2]
SUITE = """
import os
import tempfile
from pathlib import Path

def test_one(tmp_path):
    (tmp_path / "written").touch()
    Path(os.environ["SEEN"]).write_text(f"{tempfile.gettempdir()} {os.environ.get('O2D_DATABASES')} {tmp_path}")
"""


def run_suite(folder: Path, **environment: str) -> tuple[str, str, str]:
    """Where a worker's temporary files, databases and `tmp_path` lay in a run with the plugin alone."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p tests.plugins.memory\n")
    (folder / "test_a.py").write_text(SUITE)
    seen = folder / "seen"
    given = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "SEEN": str(seen)}
    words = ["-p", "xdist", "-n", "1", "-p", "no:cacheprovider"]
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder,
        env=given | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    temporary, databases, path = seen.read_text().split()
    return temporary, databases, path


def test_workers_write_into_memory_where_there_is_plenty(tmp_path: Path) -> None:
    temporary, databases, path = run_suite(tmp_path)
    if memory.roomy():
        assert temporary == databases == str(memory.folder())
        assert path.startswith(temporary)
    else:
        assert databases == "None"


def test_what_the_environment_names_stays(tmp_path: Path) -> None:
    assert run_suite(tmp_path, TMPDIR=str(tmp_path))[:2] == (str(tmp_path), "None")


def test_a_place_that_is_small_absent_or_on_a_short_machine_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("PLACE_FREE_MB_MIN", "MACHINE_FREE_MB_MIN"):
        with monkeypatch.context() as short:
            short.setattr(memory, limit, 10**9)
            assert not memory.roomy(tmp_path)
    assert not memory.roomy(tmp_path / "absent")


def test_what_a_killed_run_left_goes_unless_another_run_is_at_work(tmp_path: Path) -> None:
    path = memory.folder(tmp_path)
    left, kept = path / "o2d-flow-x", path / f"{memory.KEPT}x"
    left.mkdir()
    kept.mkdir()
    with (path / memory.USERS).open("a") as mine, (path / memory.USERS).open("a") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        memory.clear(path, mine)
        assert left.exists()
        fcntl.flock(other, fcntl.LOCK_UN)
        memory.clear(path, mine)
    assert not left.exists()
    assert kept.exists()
    assert os.stat(path).st_mode & 0o777 == 0o711
