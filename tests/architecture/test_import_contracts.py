"""The import contracts of pyproject.toml: each is kept, each is broken on purpose and reports it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tuple(
    contract["id"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
)
PACKAGES = (
    "contracts", "backbone", "orders", "materials", "production", "vendors", "service_desk",
    "control_tower", "simulator", "o2d",
)  # fmt: skip
ROOMS = (
    "__main__", "settings", "api", "pages", "subscriptions", "jobs", "handlers", "queries", "gateways", "store",
    "commands", "tables", "domain", "migrations",
)  # fmt: skip
# A small house that keeps every contract; each case adds one line to it.
KEPT = {
    "backbone/errors.py": "",
    "backbone/service.py": "import sqlalchemy\n",
    "contracts/values.py": "from dataclasses import dataclass\n",
    "orders/domain.py": "from backbone import errors\nfrom contracts import values\n",
    "orders/store.py": "from orders import tables, domain\nfrom backbone import service\n",
    "orders/handlers.py": "from orders import store, commands, domain\n",
    "orders/api.py": "from orders import handlers, queries\n",
    "orders/__main__.py": "from orders import api, settings\n",
}
BROKEN = (
    ("services-apart", "orders/jobs.py", "from vendors import api\n"),
    ("rooms", "orders/pricing.py", ""),
    ("rooms", "orders/domain.py", "from orders import tables\n"),
    ("rooms", "orders/store.py", "from orders import handlers\n"),
    ("rooms", "orders/api.py", "from orders import jobs\n"),
    ("rooms", "orders/handlers.py", "from orders import settings\n"),
    ("rooms", "orders/pages.py", "from orders import api\n"),
    ("vault", "orders/api.py", "from orders import store\n"),
    ("vault", "orders/queries.py", "from orders import store\n"),
    ("pure-domain", "orders/domain.py", "import fastapi\n"),
    ("pure-domain", "orders/domain.py", "from backbone import service\n"),
    ("pure-domain", "contracts/values.py", "import pydantic\n"),
    ("mechanism", "backbone/errors.py", "from contracts import values\n"),
    ("mechanism", "backbone/service.py", "import orders\n"),
    ("meaning", "contracts/values.py", "from backbone import errors\n"),
)


def lint_imports(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Check contracts, all where none is named, with the packages below `folder` in front of the installed ones."""
    named = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *named],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def kept(outcome: subprocess.CompletedProcess[str]) -> list[str]:
    """The contracts that an outcome says are kept, by id."""
    return re.findall(r"^([\w-]+): .* KEPT\b", outcome.stdout, re.MULTILINE)


@pytest.fixture(scope="module")
def whole_house() -> subprocess.CompletedProcess[str]:
    """All contracts checked at once over all of the product: reading it is most of the work."""
    return lint_imports(ROOT)


@pytest.fixture(scope="module")
def clean_house(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """All contracts checked at once over the small house."""
    return lint_imports(small_house(tmp_path_factory.mktemp("house")))


def small_house(folder: Path) -> Path:
    """Write all packages with every room empty but for the imports of KEPT."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for room in ROOMS:
        (folder / "orders" / f"{room}.py").touch()
    for path, text in KEPT.items():
        (folder / path).write_text(text)
    return folder


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_contract_is_kept(contract: str, whole_house: subprocess.CompletedProcess[str]) -> None:
    assert contract in kept(whole_house), whole_house.stdout + whole_house.stderr


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_small_house_keeps_the_contract(
    contract: str, clean_house: subprocess.CompletedProcess[str]
) -> None:
    assert contract in kept(clean_house), clean_house.stdout + clean_house.stderr


@pytest.mark.parametrize(("contract", "path", "line"), BROKEN)
def test_a_broken_contract_is_reported(contract: str, path: str, line: str, tmp_path: Path) -> None:
    with (small_house(tmp_path) / path).open("a") as module:
        module.write(line)
    outcome = lint_imports(tmp_path, contract)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert f"{contract}:" in outcome.stdout
    assert "BROKEN" in outcome.stdout


def test_every_contract_is_broken_once() -> None:
    assert {contract for contract, _, _ in BROKEN} == set(CONTRACTS)
