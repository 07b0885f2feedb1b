"""Promises, shipments, receipts, returns and quotations in any unit of an item, kept and told in its own."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.materials import ItemDefined
from contracts.rfqs import QuotationReceived, RfqIssued
from contracts.units import ItemUnit
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, GoodsReturned, OrderAcknowledged, ShipmentNotified
from services.vendors.tests.door import BUYER, WAREHOUSE, Door
from services.vendors.tests.made import request
from services.vendors.tests.test_api import STEEL, opened

# A box of ten; three thirds of a pack are one shaft and a half.
SHAFT = ItemDefined(
    "shaft",
    "Shaft",
    "piece",
    Quantity(1),
    units=(ItemUnit("box", Quantity(10), Quantity(1)), ItemUnit("pack", Quantity(3), Quantity(2))),
)


async def ordered(door: Door) -> tuple[str, str]:
    """Twenty shafts that are asked of a vendor; the order and its line."""
    await opened(door)
    await door.stage.hear(SHAFT, request())
    order_id, line_id = await door.stage.order()
    return f"/v1/purchase-orders/{order_id}", line_id


def sent(line_id: str, quantity: str, unit: str) -> dict[str, Any]:
    line = {"purchase_line_id": line_id, "quantity": quantity, "unit": unit}
    return {"lines": [line], "expected_at": "2026-03-05T12:00:00Z"}


def arrived(line_id: str, quantity: str, rejected: str, unit: str) -> dict[str, Any]:
    line = {
        "purchase_line_id": line_id,
        "lots": [{"vendor_lot": "heat-7", "quantity": quantity}],
        "rejected": [{"quantity": rejected, "reason": "bent"}],
        "unit": unit,
    }
    return {"lines": [line]}


async def test_a_purchase_is_promised_sent_and_received_in_boxes_and_told_in_pieces(door: Door) -> None:
    at, line_id = await ordered(door)
    promise = {"purchase_line_id": line_id, "quantity": "2", "unit_price_minor": 10_000, "unit": "box"}
    await door.post(STEEL, f"{at}/acknowledgement", {"lines": [promise]})
    (told,) = await door.stage.told(OrderAcknowledged)
    assert (told.lines[0].quantity, told.lines[0].unit_price.minor) == (Quantity(20), 1_000)
    assert told.lines[0].as_asked
    await door.post(STEEL, f"{at}/shipments", sent(line_id, "2", "box"), status=201)
    (shipped,) = await door.stage.told(ShipmentNotified)
    assert shipped.lines[0].quantity == Quantity(20)
    receipt = await door.post(WAREHOUSE, f"{at}/receipts", arrived(line_id, "1.2", "0.8", "box"), status=201)
    assert (receipt["lots"][0]["quantity"], receipt["rejected"]) == ("12", "8")
    (received,) = await door.stage.told(GoodsReceived)
    assert received.lines[0].lots[0].quantity == Quantity(12)
    assert received.lines[0].lots[0].cost.bought_in == 12_000
    back = {
        "purchase_line_id": line_id,
        "lots": [{"lot_id": receipt["lots"][0]["lot_id"], "quantity": "2"}],
        "reason": "porous",
        "replacement": False,
        "unit": "pack",
    }
    await door.post(WAREHOUSE, f"{at}/returns", back, status=201)
    (returned,) = await door.stage.told(GoodsReturned)
    assert returned.lots[0].quantity == Quantity(3)
    detail = await door.get(BUYER, at)
    assert [line["unit"] for line in detail["order"]["lines"]] == ["piece"]


async def test_many_orders_are_promised_sent_and_received_each_in_its_own_unit(door: Door) -> None:
    at, line_id = await ordered(door)
    order_id = at.rpartition("/")[2]
    promised = {
        "purchase_order_id": order_id,
        "lines": [{"purchase_line_id": line_id, "quantity": "1", "unit": "box"}],
    }
    wrong = {
        "purchase_order_id": order_id,
        "lines": [{"purchase_line_id": line_id, "quantity": "1", "unit": "keg"}],
    }
    answers = await door.post(
        STEEL, "/v1/purchase-orders/acknowledgements/batch", {"acts": [promised, wrong]}
    )
    assert [each["status"] for each in answers["answers"]] == [200, 422]
    act = {"purchase_order_id": order_id, **sent(line_id, "1", "box")}
    await door.post(STEEL, "/v1/purchase-orders/shipments/batch", {"acts": [act]})
    act = {"purchase_order_id": order_id, **arrived(line_id, "0.9", "0.1", "box")}
    await door.post(WAREHOUSE, "/v1/purchase-orders/receipts/batch", {"acts": [act]})
    (received,) = await door.stage.told(GoodsReceived)
    assert received.lines[0].lots[0].quantity == Quantity(9)


@pytest.mark.parametrize(
    ("door_name", "unit", "quantity", "pointer"),
    [
        ("shipments", "keg", "1", "/lines/0/unit"),
        ("shipments", "box", "0.05", "/lines/0/quantity"),
        ("receipts", "pack", "1", "/lines/0/lots/0/quantity"),
        ("acknowledgement", "pack", "1", "/lines/0/quantity"),
    ],
)
async def test_what_is_no_whole_number_of_pieces_is_refused_with_its_place_and_changes_nothing(
    door: Door, door_name: str, unit: str, quantity: str, pointer: str
) -> None:
    at, line_id = await ordered(door)
    body = sent(line_id, quantity, unit)
    if door_name == "receipts":
        body = arrived(line_id, quantity, "2", unit)
    if door_name == "acknowledgement":
        body = {"lines": body["lines"]}
    role = WAREHOUSE if door_name == "receipts" else STEEL
    problem = await door.post(role, f"{at}/{door_name}", body, status=422)
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert await door.stage.states() == [("steel-ltd", "ordered")]


async def test_an_item_whose_units_nobody_has_told_is_said_in_its_own(door: Door) -> None:
    await opened(door)
    await door.stage.hear(request())
    order_id, line_id = await door.stage.order()
    at = f"/v1/purchase-orders/{order_id}/shipments"
    problem = await door.post(STEEL, at, sent(line_id, "2", "box"), status=422)
    assert problem["errors"][0]["pointer"] == "/lines/0/unit"
    await door.post(
        STEEL,
        at,
        {**sent(line_id, "20", "piece"), "lines": [{"purchase_line_id": line_id, "quantity": "20"}]},
        status=201,
    )


async def test_a_quotation_for_a_box_is_one_for_a_piece(door: Door) -> None:
    for name in ("steel-ltd", "other-ltd"):
        await door.post(
            BUYER, "/v1/vendors", {"vendor_id": name, "title": name, "skus": ["shaft"]}, status=201
        )
    await door.stage.hear(SHAFT, request())
    (rfq,) = await door.stage.told(RfqIssued)
    quotation = {
        "unit_price": {"minor": 9_500, "currency": "EUR"},
        "extras_minor": 400,
        "lead_days": 7,
        "unit": "box",
    }
    await door.post(STEEL, f"/v1/rfqs/{rfq.rfq_id}/quotations", quotation, status=201)
    (received,) = await door.stage.told(QuotationReceived)
    assert received.unit_price.minor == 950
    (shown,) = (await door.get(BUYER, f"/v1/rfqs/{rfq.rfq_id}"))["quotations"]
    assert shown["unit_price"]["minor"] == 950
    odd = {**quotation, "unit_price": {"minor": 9_505, "currency": "EUR"}}
    problem = await door.post(STEEL, f"/v1/rfqs/{rfq.rfq_id}/quotations", odd, status=422)
    assert problem["errors"][0]["pointer"] == "/unit_price"
