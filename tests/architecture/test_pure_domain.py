"""Importing the domain of a service loads no driver and no framework."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSES = ("orders", "materials", "production", "vendors", "service_desk")
DRIVERS = frozenset(
    {
        "sqlalchemy", "asyncpg", "alembic", "aiokafka", "fastapi", "starlette", "uvicorn", "uvloop", "httpx",
        "pydantic", "pydantic_settings", "jinja2", "msgspec", "structlog", "opentelemetry",
        "prometheus_client",
    }
)  # fmt: skip
# Imports a package and all modules below it, then says what the interpreter has loaded.
LOADED = """
import importlib, json, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(package, "__path__", ()), sys.argv[1] + "."):
    importlib.import_module(found.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(module: str, *paths: Path) -> set[str]:
    """The top-level modules a fresh interpreter holds after importing `module` and all below it."""
    script = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n{LOADED}"
    outcome = subprocess.run(
        [sys.executable, "-c", script, module], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(outcome.stdout))


def domains() -> list[str]:
    """The domains that exist, as import names."""
    sources = ROOT.glob("services/*/src/*/domain*")
    return sorted(
        f"{source.parent.name}.domain" for source in sources if source.name in {"domain", "domain.py"}
    )


@pytest.mark.parametrize("module", [*domains(), "contracts", "backbone.errors"])
def test_a_fresh_interpreter_finds_no_driver(module: str) -> None:
    assert not loaded_by(module) & DRIVERS


def test_a_domain_that_drags_in_a_driver_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").touch()
    (tmp_path / "planted" / "domain.py").write_text("import httpx\n")
    assert "httpx" in loaded_by("planted.domain", tmp_path) & DRIVERS
