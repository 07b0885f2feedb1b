"""Recalls over HTTP: opened by who may, followed by all of staff, closed when nothing waits."""

from __future__ import annotations

from contracts.recalls import RecalledDelivery, RecallNotified, RecallTicket
from contracts.values import Quantity
from services.production.tests.door import APPROVER, OPERATOR, QUALITY, Door
from services.production.tests.test_api import allowed
from services.production.tests.test_handlers_recall import traced

BRITTLE = {"reason": "brittle", "vendor_lot": "heat-1", "sku": "shaft"}


async def test_a_recall_is_opened_followed_and_closed(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, "/v1/recalls", BRITTLE, status=403)
    recall_id = (await door.post(QUALITY, "/v1/recalls", BRITTLE, status=201))["id"]
    place = f"/v1/recalls/{recall_id}"
    assert (await door.get(OPERATOR, place))["state"] == "tracing"
    ticket = RecallTicket("t1", "c1", "o1", (RecalledDelivery("gone", Quantity(3)),))
    await door.stage.hear(traced(recall_id, "bar"), traced(recall_id, "gone", on_hand="0"))
    await door.stage.hear(RecallNotified(recall_id, ("bar", "gone"), (ticket,)))
    shown = await door.get(OPERATOR, place)
    assert [shown[name] for name in ("state", "lots", "open_lots", "runs", "tickets", "open_tickets")] == [
        "traced", 2, 1, 1, 1, 1
    ]  # fmt: skip
    lots = await door.page(OPERATOR, f"{place}/lots")
    assert [(each["lot_id"], each["on_hand"], each["outcome"]) for each in lots] == [
        ("bar", "500", None), ("gone", "0", "nothing left")
    ]  # fmt: skip
    assert [each["lot_id"] for each in await door.page(OPERATOR, f"{place}/lots?waiting=yes")] == ["bar"]
    assert [each["lot_id"] for each in await door.page(OPERATOR, f"{place}/lots?waiting=no")] == ["gone"]
    assert [each["run_id"] for each in await door.page(OPERATOR, f"{place}/runs")] == [run_id]
    assert (await door.page(OPERATOR, f"{place}/tickets"))[0]["deliveries"] == [
        {"lot_id": "gone", "quantity": "3"}
    ]
    refused = await door.post(QUALITY, f"{place}/close", {"summary": "done"}, status=409)
    assert refused["type"].endswith("outcomes-missing")
    assert "lot bar, ticket t1" in refused["detail"]
    assert [each["recall_id"] for each in await door.page(QUALITY, "/v1/recalls?state=traced")] == [recall_id]
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    assert record["entries"][-1]["entry"]["reason"] == f"recall {recall_id}: brittle"


async def test_a_recall_that_names_nothing_or_two_causes_is_refused(door: Door) -> None:
    for body in ({"reason": "x"}, {**BRITTLE, "lot_ids": ["a"]}, {**BRITTLE, "reason": " "}):
        await door.post(APPROVER, "/v1/recalls", body, status=422)
    await door.get(QUALITY, "/v1/recalls/none", status=404)
    await door.get(QUALITY, "/v1/recalls/none/lots", status=404)
    await door.post(QUALITY, "/v1/recalls/none/close", {"summary": "x"}, status=404)
    await door.get(QUALITY, "/v1/recalls?state=lost", status=422)
    assert await door.page(QUALITY, "/v1/recalls") == []
