"""A contractor hardens axles of ours: sent, partly turned away, done again, back; the axles are ours all the time."""

from __future__ import annotations

from contracts.materials import StockMoved
from contracts.outside import WorkRequested
from contracts.production import MaterialConsumed, MaterialProduced, RunClosed, RunStarted
from contracts.vendors import GoodsReceived, GoodsRejected, OrderAcknowledged, PurchaseOrderIssued
from simulator.doors import Person
from simulator.scenarios import SHIFTS
from simulator.scenarios.contract_hardening import CONTRACTOR, SKU, WORK
from tests.flows.town import Town


async def test_axles_are_hardened_by_a_contractor(town: Town) -> None:
    order = await town.play(SHIFTS["contract-hardening"])
    assert (order["state"], order["lines"][0]["fulfilment"]) == ("completed", "complete")
    run_id = await _the_work_was_bought_for_the_run(town)
    await _the_axles_were_sent_and_are_all_back(town, run_id)
    await _what_was_made_has_cost_the_axles_and_the_work(town, run_id)
    assert await town.broken() == []


async def _the_work_was_bought_for_the_run(town: Town) -> str:
    (asked,) = await town.told(WorkRequested, "production")
    run_id = str(asked["run_id"])
    assert (asked["sku"], asked["quantity"], asked["provided"]) == (
        WORK, "120", [{"sku": SKU, "quantity": "120", "window": asked["provided"][0]["window"]}],
    )  # fmt: skip
    issued = [fact for fact in await town.told(PurchaseOrderIssued, "vendors") if fact["run_id"] == run_id]
    assert [(fact["vendor_id"], fact["lines"][0]["sku"]) for fact in issued] == [(CONTRACTOR, WORK)]
    answers = [fact for fact in await town.told(OrderAcknowledged, "vendors") if fact["run_id"] == run_id]
    assert len(answers) == 1
    (rejected,) = await town.told(GoodsRejected, "vendors")
    assert (rejected["run_id"], rejected["quantity"]) == (run_id, "4")
    return run_id


async def _the_axles_were_sent_and_are_all_back(town: Town, run_id: str) -> None:
    (started,) = [fact for fact in await town.told(RunStarted, "production") if fact["run_id"] == run_id]
    assert sum(int(part["quantity"]) for part in started["sent"]) == 120
    received = [fact for fact in await town.told(GoodsReceived, "vendors") if fact["run_id"] == run_id]
    done = [lot["quantity"] for fact in received for line in fact["lines"] for lot in line["lots"]]
    consumed = [fact for fact in await town.told(MaterialConsumed, "production") if fact["run_id"] == run_id]
    assert (done, [part["quantity"] for fact in consumed for part in fact["lots"]]) == (["116", "4"],) * 2
    (closed,) = [fact for fact in await town.told(RunClosed, "production") if fact["run_id"] == run_id]
    assert closed["back"] == []
    planner = Person("planner", "paula")
    stock = await town.doors.items(planner, "materials", f"/v1/stock?sku={SKU}")
    assert [row for row in stock if row["store"] == "vendor" and row["on_hand"] != "0"] == []


async def _what_was_made_has_cost_the_axles_and_the_work(town: Town, run_id: str) -> None:
    made = [
        lot
        for fact in await town.told(MaterialProduced, "production")
        if fact["run_id"] == run_id
        for lot in fact["lots"]
    ]
    hardness = {(each["name"], each["value"]) for lot in made for each in lot["part"]["properties"]}
    assert ("hardness", "60.5") in hardness
    assert sum(lot["part"]["cost"]["bought_in"] for lot in made) == 120 * (6_400 + 1_150)
    moved = await town.told(StockMoved, "materials")
    assert [fact for fact in moved if fact["sku"] == WORK] == []
