"""What was prepared is not prepared again, until the code or the servers are others."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from o2d.home import Home
from o2d.local.prepared import Prepared, ground
from o2d.local.services import ServiceSpec

GROUND = {"orders": "16384 77 1"}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceSpec:
    """A service whose package is a folder of the test."""
    package = tmp_path / "o2d_test_orders"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "migrations" / "0001.py").write_text("one")
    monkeypatch.syspath_prepend(str(tmp_path))
    return ServiceSpec("orders", (sys.executable, "-m", "o2d_test_orders"))


def test_prepared_code_on_the_same_servers_is_left_out(home: Home, service: ServiceSpec) -> None:
    first = Prepared(home, GROUND)
    assert not first.is_done(service)
    first.note(service)
    assert Prepared(home, GROUND).is_done(service)
    assert not Prepared(home, {"orders": "16385 77 1"}).is_done(service)
    assert not Prepared(home, None).is_done(service)


@pytest.mark.parametrize("change", ["edit", "add", "touch"])
def test_changed_code_is_prepared_again(
    home: Home, service: ServiceSpec, tmp_path: Path, change: str
) -> None:
    Prepared(home, GROUND).note(service)
    migrations = tmp_path / "o2d_test_orders" / "migrations"
    if change == "edit":
        (migrations / "0001.py").write_text("another")
    elif change == "add":
        (migrations / "0002.py").touch()
    else:
        os.utime(migrations / "0001.py", (1, 1))
    assert not Prepared(home, GROUND).is_done(service)


def test_a_broker_formatted_anew_is_another_ground(tmp_path: Path) -> None:
    (tmp_path / "meta.properties").touch()
    before = ground({"orders": 1}, tmp_path)
    assert ground({"orders": 1}, tmp_path) == before
    assert ground({"orders": 2}, tmp_path) != before
    os.utime(tmp_path / "meta.properties", (1, 1))
    assert ground({"orders": 1}, tmp_path) != before
