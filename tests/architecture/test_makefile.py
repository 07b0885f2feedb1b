"""The two commands of a newcomer: make says what there is and what is missing; the build machine runs `make test`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
PHONY = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
TARGETS = PHONY[1].split() if PHONY else []
OLD_PYTHON = """#!/bin/sh
exec {python} -c 'import sys; sys.version_info = (3, 9, 1); exec(sys.argv[2])' "$@"
"""


def command(path: Path, text: str) -> Path:
    """Write an executable script."""
    path.write_text(text)
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run our Makefile in an empty folder."""
    shutil.copy(ROOT / "Makefile", folder)
    for file in ("requirements.lock", "pyproject.toml"):
        (folder / file).touch()
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


# What a package manager that installs needs itself.
INSTALLING = ("ln", "true")
# A package manager that has what is `offered` alone.
APT = """#!/bin/bash
[[ $1 == install ]] || exit 0
[[ ${{@: -1}} == '{offered}' ]] && ln -s "$(command -v true)" "${{0%/*}}/{offered}"
"""


def build(folder: Path, *tools: str, offered: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the build machine's script where only `tools` are installed; make only says how it is called.

    With `offered` the machine may install, and has that alone to install.
    """
    for tool in ("bash", "dirname", "env", *tools):
        (folder / tool).symlink_to(shutil.which(tool) or "/bin/true")
    command(folder / "python3", f'#!/bin/sh\nexec {Path(sys.base_prefix, "bin", "python3")} "$@"\n')
    command(folder / "id", f"#!/bin/sh\necho {1000 if offered is None else 0}\n")
    if offered is not None:
        command(folder / "apt-get", APT.format(offered=offered))
    command(folder / "make", '#!/bin/sh\necho "make $*"\n')
    return subprocess.run(
        [ROOT / ".ci" / "run"], env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("target", ["help", "up", "down", "demo", "test", "soak", "check", "bench", "pins"])
def test_every_target_has_a_line_of_help(target: str, tmp_path: Path) -> None:
    assert target in TARGETS
    listed = make(tmp_path).stdout
    assert re.search(rf"^make {target} +\S", listed, re.MULTILINE), listed


def test_no_target_is_without_help(tmp_path: Path) -> None:
    assert re.findall(r"^make (\w+)", make(tmp_path).stdout, re.MULTILINE) == TARGETS


@pytest.mark.parametrize("target", ["test", "up"])
def test_an_old_python_is_told_in_a_sentence(target: str, tmp_path: Path) -> None:
    old = command(tmp_path / "old-python", OLD_PYTHON.format(python=sys.executable))
    outcome = make(tmp_path, target, f"PYTHON={old}")
    assert outcome.returncode == 2
    assert "o2d needs Python 3.11, 3.12 or 3.13;" in outcome.stderr
    assert "is 3.9. Name another" in outcome.stderr


def test_an_absent_python_is_told_in_a_sentence(tmp_path: Path) -> None:
    outcome = make(tmp_path, "test", "PYTHON=python-that-is-not-here")
    assert outcome.returncode == 2
    assert "finds no python-that-is-not-here" in outcome.stdout


def test_the_build_machine_runs_exactly_make_test(tmp_path: Path) -> None:
    outcome = build(tmp_path, "git", "chromium")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "make --no-print-directory test\n", "")


@pytest.mark.parametrize("has", [(), ("chromium",)], ids=["no browser", "another browser"])
def test_a_build_machine_gets_the_browser_that_costs_least(tmp_path: Path, has: tuple[str, ...]) -> None:
    outcome = build(tmp_path, "git", *INSTALLING, *has, offered="chromium-headless-shell")
    assert (outcome.returncode, (tmp_path / "chromium-headless-shell").exists()) == (0, True)
    assert outcome.stdout == "make --no-print-directory test\n"


def test_a_build_machine_for_which_it_is_not_made_gets_another_browser(tmp_path: Path) -> None:
    outcome = build(tmp_path, "git", *INSTALLING, offered="chromium")
    assert (outcome.returncode, (tmp_path / "chromium").exists()) == (0, True)


def test_a_build_machine_with_another_browser_needs_none(tmp_path: Path) -> None:
    outcome = build(tmp_path, "git", *INSTALLING, "chromium", offered="")
    assert (outcome.returncode, outcome.stdout) == (0, "make --no-print-directory test\n")


def test_a_build_machine_that_can_install_no_browser_fails(tmp_path: Path) -> None:
    outcome = build(tmp_path, "git", *INSTALLING, offered="")
    assert outcome.returncode != 0
    assert "make" not in outcome.stdout


def test_a_build_machine_without_a_browser_is_told_in_a_sentence(tmp_path: Path) -> None:
    outcome = build(tmp_path, "git")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The tests need chromium: install")
