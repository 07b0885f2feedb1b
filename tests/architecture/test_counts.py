"""A full run that leaves a test out fails, with workers and without: a small suite run for each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNTS = '[flows]\npaths = ["tests/flows/*"]\nleast = 2\n'
PASSING = "def test_one_holds():\n    assert True\n\ndef test_two_holds():\n    assert True\n"
THIRD = "import pytest\n\n{mark}\ndef test_three_holds():\n    assert {truth}\n"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])


def run_suite(folder: Path, files: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of its own that uses nothing but the plugin of the counts."""
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib -p tests.plugins.counts\n"
    )
    for path, text in {"tests/counts.toml": COUNTS, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@WORKERS
def test_a_full_run_passes(workers: tuple[str, ...], tmp_path: Path) -> None:
    outcome = run_suite(tmp_path, {"tests/flows/test_a.py": PASSING}, "--full", *workers)
    assert outcome.returncode == 0, outcome.stdout
    assert "flows              2  of at least 2" in outcome.stdout
    assert "2 passed" in outcome.stdout.splitlines()[-1]


LEFT_OUT = [
    ({"tests/flows/test_b.py": THIRD.format(mark="@pytest.mark.skip", truth=True)}, (), "1 skipped"),
    (
        {"tests/flows/test_b.py": "import pytest\npytest.skip('x', allow_module_level=True)\n"},
        (),
        "1 skipped",
    ),
    ({"tests/flows/test_b.py": THIRD.format(mark="@pytest.mark.xfail", truth=False)}, (), "1 xfailed"),
    ({"tests/flows/test_b.py": THIRD.format(mark="@pytest.mark.xfail", truth=True)}, (), "1 xfailed"),
    ({"tests/flows/test_b.py": THIRD.format(mark="", truth=True)}, ("-k", "one or two"), "1 deselected"),
    (
        {"tests/other/test_b.py": THIRD.format(mark="", truth=True)},
        (),
        "1 passed in files that belong to no layer",
    ),
    ({"tests/counts.toml": COUNTS.replace("2", "3")}, (), "flows: 2 tests passed, 3 are committed"),
]


@WORKERS
@pytest.mark.parametrize(("files", "arguments", "complaint"), LEFT_OUT, ids=[case[2] for case in LEFT_OUT])
def test_a_run_that_leaves_a_test_out_fails(
    files: dict[str, str],
    arguments: tuple[str, ...],
    complaint: str,
    workers: tuple[str, ...],
    tmp_path: Path,
) -> None:
    suite = {"tests/flows/test_a.py": PASSING, **files}
    outcome = run_suite(tmp_path, suite, "--full", *arguments, *workers)
    assert outcome.returncode == 1, outcome.stdout
    assert f"NOT A FULL RUN: {complaint}" in outcome.stdout


def test_a_run_of_a_part_is_not_measured(tmp_path: Path) -> None:
    outcome = run_suite(tmp_path, {"tests/flows/test_a.py": PASSING}, "-k", "one")
    assert outcome.returncode == 0, outcome.stdout
