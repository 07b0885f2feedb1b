"""What is exported comes back by the import as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from o2d.asking import Services
from o2d.exporting import KINDS, export
from o2d.trouble import CannotStart
from services.materials.tests.door import PLANNER, WAREHOUSE, Door
from services.materials.tests.made import SOFT
from services.materials.tests.test_api_files import imported

ALL = "items, parameters, forecasts, stocks, lots, moves, serials, demands, pegs, planned_orders, receipts"
ITEMS = (
    {"sku": "gear", "title": 'Gear, "large"', "unit": "piece", "quantum": "1", "serialised": True},
    {"sku": "milk", "title": "Milk", "unit": "litre", "quantum": "0.001", "shelf_life_days": 10},
    {
        "sku": "shaft",
        "title": "Shaft",
        "unit": "piece",
        "quantum": "1",
        "properties": [["hardness", "HB"]],
    },
)
SITE = {"site_id": "plant-1", "title": "One", "legal_entity": "o2d"}


async def filled(door: Door) -> None:
    """A site with items of every kind, how they are planned, what is expected and what lies there."""
    await door.post(PLANNER, "/v1/sites", SITE)
    for body in ITEMS:
        await door.post(PLANNER, "/v1/items", body)
    for rules in (
        {"sku": "gear", "source": "buy", "fixed": "25", "lead_days": 5, "planning_fence_days": 3},
        {
            "sku": "milk",
            "source": "make",
            "strategy": "make-to-stock",
            "batch_days": 7,
            "demand_fence_days": 2,
        },
        {"sku": "shaft", "source": "buy", "strategy": "reorder-point", "reorder_point": "10"},
    ):
        await door.post(PLANNER, "/v1/planning-parameters", {"site_id": "plant-1", **rules})
    expected = {
        "sku": "milk",
        "site_id": "plant-1",
        "starts_on": "2026-04-01",
        "ends_on": "2026-04-30",
        "quantity": "7.5",
    }
    await door.post(PLANNER, "/v1/forecasts", expected)
    cost = {"bought_in": 12345, "labour": 1, "capital": 2, "overhead": 3, "currency": "EUR"}
    lot = {
        "lot_id": "L",
        "sku": "gear",
        "site_id": "plant-1",
        "quantity": "2",
        "cost": cost,
        "serials": ["A", "B"],
    }
    await door.post(WAREHOUSE, "/v1/lots", lot)
    await door.stage.stock("M", "milk", "3.5")
    await door.stage.stock("S", "shaft", "100", SOFT)


def asking(door: Door) -> Services:
    """The command line's way to the service under test, without a socket."""
    services = Services({"materials": "http://materials"}, "")
    headers = door.issuer.headers(*PLANNER)
    services._client = httpx.AsyncClient(transport=door.client._transport, headers=headers)
    return services


async def exported(door: Door, folder: Path, suffix: str) -> dict[str, bytes]:
    """The file of each kind."""
    folder.mkdir()
    services = asking(door)
    files = {}
    for kind in KINDS:
        path = folder / f"{kind}.{suffix}"
        assert await export(services, "materials", kind, path) == (1 if kind == "forecasts" else 3)
        files[kind] = path.read_bytes()
    return files


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
async def test_an_export_is_imported_again_to_the_same_state(door: Door, tmp_path: Path, suffix: str) -> None:
    await filled(door)
    first = await exported(door, tmp_path / "first", suffix)
    async with door.stage.host.begin() as tx:
        await tx.sql.execute(text(f"TRUNCATE {ALL}"))
    for kind, content in first.items():
        role: Any = WAREHOUSE if kind == "lots" else PLANNER
        result, errors = await imported(door, role, kind, content, suffix)
        assert (result["refused"], errors) == (0, [])
    assert await exported(door, tmp_path / "second", suffix) == first


async def test_an_empty_text_is_said_in_json_alone(door: Door, tmp_path: Path) -> None:
    await door.post(PLANNER, "/v1/items", {"sku": "a", "title": "", "unit": "piece", "quantum": "1"})
    services = asking(door)
    with pytest.raises(CannotStart, match=r"\.jsonl"):
        await export(services, "materials", "items", tmp_path / "items.csv")
    assert await export(services, "materials", "items", tmp_path / "items.jsonl") == 1
