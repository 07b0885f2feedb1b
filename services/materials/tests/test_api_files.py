"""Masters and opening stock by the file: every row obeys the rules of the single act, and tells its facts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backbone.operations.working import Working
from backbone.testing_support import eventually
from contracts.materials import ItemDefined, StockMoved
from services.materials.tests.door import PLANNER, WAREHOUSE, Door

ITEMS = b"""sku,title,unit,quantum,properties
bolt,Bolt,piece,1,
oil,"Oil, light",litre,0.001,"[[""viscosity"", ""cSt""]]"
,No number,piece,1,
bolt,Bolt of steel,piece,1,
nut,Nut,piece,0,
bolt,Bolt,kilogram,1,
nut,Nut,piece,one,
"""
PARAMETERS = b"""sku,site_id,source,minimum,multiple,maximum,safety_stock,lead_days,automatic
bolt,s1,buy,0,12,100,24,5,true
oil,s1,make,0,0,0,0,2,false
rod,s1,buy,0,0,0,0,5,true
bolt,s9,buy,0,0,0,0,5,true
bolt,s1,buy,0,7,6,0,5,true
"""
COST = {"bought_in": 100, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"}
LOTS = "".join(
    json.dumps({"lot_id": lot_id, "sku": sku, "site_id": "s1", "quantity": quantity, "cost": COST}) + "\n"
    for lot_id, sku, quantity in (("l1", "bolt", "50"), ("l2", "bolt", "0.5"), ("l3", "rod", "5"))
).encode()


@asynccontextmanager
async def at_work(door: Door) -> AsyncIterator[None]:
    """Somebody works on the operations of the service."""
    working = Working(door.stage.host)
    task = asyncio.create_task(working.run())
    try:
        yield
    finally:
        working.stop()
        await task


async def imported(
    door: Door, role: tuple[str, str | None], kind: str, content: bytes, kept: str = "csv", **more: Any
) -> tuple[Any, list[Any]]:
    """What came of a file, and the rows that were refused."""
    body = {"kind": kind, "format": kept, **more}
    import_id = (await door.post(role, "/v1/imports", body, status=201))["import_id"]
    media = {"csv": "text/csv", "jsonl": "application/jsonl"}[kept]
    sent = await door.send(
        role, "PATCH", f"/v1/imports/{import_id}", content, **{"content-type": media, "if-match": '"0"'}
    )
    assert sent.status_code == 200, sent.text
    await door.post(role, f"/v1/imports/{import_id}/start", status=202)

    async def over() -> Any:
        view = await door.get(role, f"/v1/operations/{import_id}")
        return view if view["state"] in {"done", "failed"} else None

    async with at_work(door):
        view = await eventually(over, of="the end of the import")
    assert view["state"] == "done", view
    return view["result"], await door.page(role, f"/v1/imports/{import_id}/errors")


def why(errors: list[Any]) -> list[tuple[int, str, str]]:
    """The line, code and first pointer of each refused row."""
    return [(one["line"], one["code"], one["pointers"][0][0] if one["pointers"] else "") for one in errors]


async def test_items_parameters_and_opening_lots_come_by_the_file(door: Door) -> None:
    await door.post(PLANNER, "/v1/sites", {"site_id": "s1", "title": "One", "legal_entity": "o2d"})
    result, errors = await imported(door, PLANNER, "items", ITEMS)
    assert (result["taken"], result["refused"]) == (3, 4)
    assert why(errors) == [
        (4, "invalid", "/sku"),
        (6, "master-is-incomplete", "/quantum"),
        (7, "unit-is-fixed", ""),
        (8, "invalid", "/quantum"),
    ]
    assert [item["sku"] for item in await door.page(PLANNER, "/v1/items")] == ["bolt", "oil"]
    told = [(fact.sku, fact.title) for fact in await door.stage.told(ItemDefined)]
    assert told == [("bolt", "Bolt"), ("oil", "Oil, light"), ("bolt", "Bolt of steel")]

    result, errors = await imported(door, PLANNER, "parameters", PARAMETERS)
    assert (result["taken"], result["refused"]) == (2, 3)
    assert why(errors) == [
        (4, "not-found", ""), (5, "not-found", ""), (6, "lot-rule-is-impossible", "/lot_rule/maximum"),
    ]  # fmt: skip
    kept = {one["sku"]: one for one in await door.page(PLANNER, "/v1/planning-parameters")}
    assert (kept["bolt"]["maximum"], kept["bolt"]["safety_stock"], kept["oil"]["automatic"]) == (
        "96",
        "24",
        False,
    )

    result, errors = await imported(door, WAREHOUSE, "lots", LOTS, "jsonl")
    assert (result["taken"], result["refused"]) == (1, 2)
    assert why(errors) == [(2, "quantity-is-not-whole", "/quantity"), (3, "not-found", "")]
    assert [(fact.lot_id, str(fact.quantity)) for fact in await door.stage.told(StockMoved)] == [("l1", "50")]


async def test_a_dry_run_of_masters_tells_nothing(door: Door) -> None:
    result, errors = await imported(door, PLANNER, "items", ITEMS, dry_run=True)
    assert (result["taken"], len(errors)) == (3, 4)
    assert await door.page(PLANNER, "/v1/items") == []
    assert await door.stage.told(ItemDefined) == []


async def test_who_may_not_book_lots_may_not_import_them(door: Door) -> None:
    refused = await door.send(PLANNER, "POST", "/v1/imports", {"kind": "lots"})
    assert refused.status_code == 403
