"""Orders of work over HTTP: for which run, on what we provide; what is refused of them."""

from __future__ import annotations

from contracts.rfqs import RfqIssued
from contracts.vendors import GoodsReceived
from services.vendors.tests.door import BUYER, WAREHOUSE, Door
from services.vendors.tests.made import vendor, work
from vendors import commands

HARD_LTD = ("vendor", "hard-ltd")
PROVIDED = [{"sku": "soft-shaft", "quantity": "20", "window": []}]


async def ordered(door: Door) -> tuple[str, str]:
    """The work of r1 is ordered of hard-ltd, and shafts of steel-ltd; the order of the work, and its line."""
    await door.stage.opened("hard-ltd", sku="hardening")
    await door.stage.opened("steel-ltd")
    await door.stage.requested()
    await door.stage.hear(work())
    return await door.stage.order("planned r1")


async def test_an_order_of_work_says_for_which_run_and_on_what_and_is_found_by_its_run(door: Door) -> None:
    order_id, _ = await ordered(door)
    every = (await door.get(BUYER, "/v1/purchase-orders"))["items"]
    assert sorted((each["run_id"] or "", len(each["provided"])) for each in every) == [("", 0), ("r1", 1)]
    (found,) = (await door.get(BUYER, "/v1/purchase-orders?run_id=r1"))["items"]
    assert (found["purchase_order_id"], found["provided"]) == (order_id, PROVIDED)
    assert (await door.get(BUYER, "/v1/purchase-orders?run_id=r2"))["items"] == []
    own = (await door.get(HARD_LTD, f"/v1/purchase-orders/{order_id}"))["order"]
    assert (own["run_id"], own["provided"]) == ("r1", PROVIDED)


async def test_an_enquiry_for_work_says_on_what(door: Door) -> None:
    await door.stage.do(commands.RegisterVendor(vendor("hard-ltd", skus=frozenset({"hardening"}))))
    await door.stage.hear(work())
    (issued,) = await door.stage.told(RfqIssued)
    for who in (BUYER, HARD_LTD):
        shown = await door.get(who, f"/v1/rfqs/{issued.rfq_id}")
        assert (shown["run_id"], shown["provided"]) == ("r1", PROVIDED)


async def test_work_is_received_with_what_was_measured_without_serials_and_never_goes_back(
    door: Door,
) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    hard = {"name": "hardness", "value": "58", "scale": "HRC"}
    load = {"vendor_lot": "load-7", "quantity": "18", "properties": [hard]}
    line = {
        "purchase_line_id": line_id,
        "lots": [load],
        "rejected": [{"quantity": "2", "reason": "soft"}],
    }
    marked = {**line, "lots": [load, {**load, "vendor_lot": "load-8", "serials": ["s1"]}]}
    refused = await door.post(WAREHOUSE, f"{at}/receipts", {"lines": [marked]}, status=422)
    assert refused["type"] == "/problems/work-has-no-serials"
    assert [each["pointer"] for each in refused["errors"]] == ["/lines/0/lots/1/serials"]
    receipt = await door.post(WAREHOUSE, f"{at}/receipts", {"lines": [line]}, status=201)
    (told,) = await door.stage.told(GoodsReceived)
    assert [value.value.micro for value in told.lines[0].lots[0].properties] == [58_000_000]
    back = {
        "purchase_line_id": line_id,
        "lots": [{"lot_id": receipt["lots"][0]["lot_id"], "quantity": "3"}],
        "reason": "porous",
        "replacement": True,
    }
    stays = await door.post(WAREHOUSE, f"{at}/returns", back, status=409)
    assert (stays["type"], "another run" in stays["detail"]) == ("/problems/work-is-not-returned", True)
    assert (await door.get(BUYER, at))["order"]["lines"][0]["balance"] == "2"
