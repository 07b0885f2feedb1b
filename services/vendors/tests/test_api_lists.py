"""Acts in bulk, pages, scorecards, and what a malformed request gets."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from backbone.web.app import operations_of
from contracts.vendors import GoodsReceived
from services.vendors.tests.door import BUYER, WAREHOUSE, Door
from services.vendors.tests.made import request
from vendors.api import ROUTERS

STEEL = ("vendor", "steel-ltd")
OTHER = ("vendor", "other-ltd")
TERMS: dict[str, Any] = {
    "terms_id": "t1",
    "vendor_id": "steel-ltd",
    "sku": "shaft",
    "site_id": "plant-1",
    "prices": [
        {"from_quantity": "1", "unit_price_minor": 1000},
        {"from_quantity": "100", "unit_price_minor": 900},
    ],
    "minimum": "10",
    "multiple": "5",
    "lead_days": 5,
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_to": "2027-01-01T00:00:00Z",
}


async def opened(door: Door) -> None:
    for name in ("steel-ltd", "other-ltd"):
        await door.post(
            BUYER, "/v1/vendors", {"vendor_id": name, "title": name, "skus": ["bolt"]}, status=201
        )
    await door.post(BUYER, "/v1/terms", TERMS, status=201)


async def ordered(door: Door) -> tuple[str, str]:
    await opened(door)
    await door.stage.hear(request())
    return await door.stage.order()


async def test_acts_in_bulk_get_an_answer_each_and_refusals_stand_alone(door: Door) -> None:
    await opened(door)
    await door.stage.hear(*(request(f"p{number}") for number in range(3)))
    orders = [await door.stage.order(f"p{number}") for number in range(3)]
    acts: list[dict[str, Any]] = [{"purchase_order_id": order_id} for order_id, _ in orders]
    path = "/v1/purchase-orders"
    given = (
        await door.post(
            STEEL, f"{path}/acknowledgements/batch", {"acts": [*acts, {"purchase_order_id": "x"}]}
        )
    )["answers"]
    assert [each["status"] for each in given] == [200, 200, 200, 404]
    assert given[3]["type"] == "/problems/not-found"
    shipments = [
        {
            "purchase_order_id": order_id,
            "lines": [{"purchase_line_id": line_id, "quantity": quantity}],
            "expected_at": "2026-03-05T12:00:00Z",
        }
        for (order_id, line_id), quantity in zip(orders, ("20", "20", "99"), strict=True)
    ]
    given = (await door.post(STEEL, f"{path}/shipments/batch", {"acts": shipments}))["answers"]
    assert [each["status"] for each in given] == [200, 200, 422]
    receipts = [
        {
            "purchase_order_id": order_id,
            "lines": [{"purchase_line_id": line_id, "lots": [{"vendor_lot": "h", "quantity": "10"}]}],
        }
        for order_id, line_id in [*orders, orders[0], orders[0]]
    ]
    given = (await door.post(WAREHOUSE, f"{path}/receipts/batch", {"acts": receipts}))["answers"]
    assert [each["status"] for each in given] == [200, 200, 200, 200, 422]
    assert len(await door.stage.told(GoodsReceived)) == 4
    await door.post(STEEL, f"{path}/acknowledgements/batch", {"acts": []}, status=422)
    await door.post(STEEL, f"{path}/acknowledgements/batch", {"acts": acts * 40}, status=422)


async def test_lists_are_paged_and_narrowed(door: Door) -> None:
    await opened(door)
    await door.stage.hear(*(request(f"p{number}") for number in range(5)))
    seen = []
    path: str | None = "/v1/purchase-orders?limit=2&state=ordered&sku=shaft"
    while path is not None:
        shown = await door.get(BUYER, path)
        seen += [each["lines"][0]["planned_order_id"] for each in shown["items"]]
        path = shown["next"]
    assert sorted(seen) == [f"p{number}" for number in range(5)]
    for narrowed, count in {
        "planned_order_id=p3": 1,
        "vendor_id=other-ltd": 0,
        "site_id=plant-1": 5,
        "overdue=true": 0,
        "overdue=false": 5,
        "sku=bolt": 0,
    }.items():
        assert len((await door.get(BUYER, f"/v1/purchase-orders?{narrowed}"))["items"]) == count
    await door.get(BUYER, "/v1/purchase-orders?overdue=maybe", status=422)
    assert len((await door.get(BUYER, "/v1/terms?sku=shaft&site_id=plant-1&state=published"))["items"]) == 1
    assert len((await door.get(BUYER, "/v1/vendors?sku=bolt&kind=external"))["items"]) == 2


async def test_a_scorecard_opens_the_events_behind_each_figure(door: Door) -> None:
    order_id, _ = await ordered(door)
    await door.stage.acknowledge(at=door.stage.clock.now())
    await door.stage.receive()
    card = await door.get(STEEL, "/v1/vendors/steel-ltd/scorecard")
    assert (card["otif_percent"], card["band"], card["lines"]) == ("100", "A", 1)
    for figure in ("otif", "requested", "quality", "price", "response", "lead"):
        (row,) = (await door.get(BUYER, f"/v1/vendors/steel-ltd/scorecard/{figure}"))["items"]
        assert row["purchase_order_id"] == order_id
        assert [each["what"] for each in row["events"]] == ["issued", "answered", "accepted"]
    await door.get(BUYER, "/v1/vendors/steel-ltd/scorecard/beauty", status=404)
    await door.get(BUYER, "/v1/vendors/nobody/scorecard", status=404)
    (terms,) = (await door.get(BUYER, "/v1/terms"))["items"]
    assert (terms["lead_days"], terms["observed_lead_days"]) == (5, "0")


async def test_terms_are_withdrawn_and_rates_are_set(door: Door) -> None:
    await opened(door)
    assert (await door.post(BUYER, "/v1/terms/t1/withdrawal"))["state"] == "expired"
    await door.post(BUYER, "/v1/terms/t9/withdrawal", status=404)
    path, unset = "/v1/exchange-rates/USD", {"if-match": '"0"'}
    assert (await door.send(BUYER, "PUT", path, {"rate": "0.9"})).status_code == 428
    assert (await door.send(BUYER, "PUT", path, {"rate": "0.9"}, **{"if-match": '"1"'})).status_code == 412
    assert (await door.send(BUYER, "PUT", path, {"rate": "0.9"}, **unset)).headers["etag"] == '"1"'
    assert (await door.send(BUYER, "PUT", path, {"rate": "0.8"}, **unset)).status_code == 412
    assert (await door.get(BUYER, "/v1/exchange-rates"))["items"][0]["rate"] == "0.9"
    assert (await door.send(BUYER, "PUT", path, {"rate": "0.8"}, **{"if-match": '"1"'})).headers[
        "etag"
    ] == '"2"'
    for currency, rate in (("EUR", "1"), ("USD", "0"), ("usd", "1"), ("USD", "99999999")):
        refused = await door.send(BUYER, "PUT", f"/v1/exchange-rates/{currency}", {"rate": rate}, **unset)
        assert refused.status_code == 422


HUGE = 10**30
MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/vendors", {"vendor_id": "", "title": "x"}, "/vendor_id"),
    ("/v1/vendors", {"vendor_id": "x", "title": "x" * 201}, "/title"),
    ("/v1/vendors", {"vendor_id": "x", "title": "x", "kind": "internal"}, "/site_id"),
    ("/v1/vendors", {"vendor_id": "x", "title": "x", "kind": "friend"}, "/kind"),
    ("/v1/vendors", {"vendor_id": "x", "title": "x", "currency": "euro"}, "/currency"),
    ("/v1/vendors", {"vendor_id": "x", "title": "x", "version": 4}, "/version"),
    ("/v1/terms", {**TERMS, "minimum": 10}, "/minimum"),
    ("/v1/terms", {**TERMS, "minimum": "12"}, "/minimum"),
    ("/v1/terms", {**TERMS, "multiple": "0"}, "/multiple"),
    ("/v1/terms", {**TERMS, "prices": []}, "/prices"),
    ("/v1/terms", {**TERMS, "prices": [{"from_quantity": "1", "unit_price_minor": HUGE}]}, "/prices"),
    ("/v1/terms", {**TERMS, "lead_days": HUGE}, "/lead_days"),
    ("/v1/terms", {**TERMS, "rank": 0}, "/rank"),
    ("/v1/terms", {**TERMS, "currency": "euro"}, "/currency"),
    ("/v1/terms", {**TERMS, "valid_from": "2026-01-01T00:00:00"}, "/valid_from"),
    ("/v1/terms", {**TERMS, "valid_to": "2025-01-01T00:00:00Z"}, "/valid_to"),
    ("/v1/terms", {**TERMS, "state": "expired"}, "/state"),
]


@pytest.mark.parametrize(("path", "body", "pointer"), MALFORMED)
async def test_a_malformed_master_gets_a_pointer_and_has_no_effect(
    door: Door, path: str, body: dict[str, Any], pointer: str
) -> None:
    await door.post(BUYER, "/v1/vendors", {"vendor_id": "steel-ltd", "title": "Steel"})
    refused = await door.post(BUYER, path, body, status=422)
    assert pointer in [each["pointer"] for each in refused["errors"]]
    assert await door.stage.rows("SELECT count(*) FROM terms") == [(0,)]
    assert await door.stage.rows("SELECT count(*) FROM vendors") == [(1,)]


async def test_impossible_figures_of_acts_are_refused_and_never_break_anything(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    line = {"purchase_line_id": line_id}
    lot = {"vendor_lot": "h", "quantity": "1"}
    sent = {"lines": [{**line, "quantity": "1"}], "expected_at": "2026-03-05T12:00:00Z"}
    for act, body in (
        ("acknowledgement", {"lines": [{**line, "unit_price_minor": HUGE}]}),
        ("acknowledgement", {"lines": [{**line, "quantity": "-1"}]}),
        ("acknowledgement", {"lines": [{**line, "at": "9999-12-31T00:00:00Z"}]}),
        ("acknowledgement", {"lines": [{**line, "at": "2026-04-01T00:00:00"}]}),
        ("shipments", {**sent, "lines": []}),
        ("shipments", {**sent, "expected_at": "9999-12-31T00:00:00Z"}),
        ("shipments", {**sent, "lines": [{**line, "quantity": "-5"}]}),
        ("receipts", {"lines": []}),
        ("receipts", {"lines": [{**line, "lots": [lot]}], "extras_minor": HUGE}),
        ("receipts", {"lines": [{**line, "lots": [lot, lot]}]}),
        ("receipts", {"lines": [{**line, "lots": [{**lot, "vendor_lot": "h" * 65}]}]}),
        ("receipts", {"lines": [{**line, "lots": [{**lot, "serials": ["s"] * 1_001}]}]}),
        ("receipts", {"lines": [{**line, "lots": [{**lot, "vendor_lot": str(n)} for n in range(201)]}]}),
        ("receipts", {"lines": [{**line, "lots": [{**lot, "quantity": "-1"}]}]}),
        ("receipts", {"lines": [{**line, "lots": [lot, {"vendor_lot": "i", "quantity": "-1"}]}]}),
        ("receipts", {"lines": [{**line, "rejected": [{"quantity": "1", "reason": " "}]}]}),
        ("receipts", {"lines": [{**line, "lots": [lot], "rejected": [{"quantity": "-1", "reason": "x"}]}]}),
        ("returns", {**line, "lots": [], "reason": "x", "replacement": True}),
        ("refusal", {"reason": ""}),
    ):
        role = WAREHOUSE if act in {"receipts", "returns"} else STEEL
        await door.post(role, f"{at}/{act}", body, status=422)
    assert await door.stage.states() == [("steel-ltd", "ordered")]


async def test_a_vendor_is_changed_from_the_version_that_was_seen(door: Door) -> None:
    await opened(door)
    path = "/v1/vendors/steel-ltd"
    body = {"title": "Steel & Co", "currency": "EUR", "skus": ["shaft", "bar"], "inspect": True}
    assert (await door.send(BUYER, "PUT", path, body)).status_code == 428
    done = await door.send(BUYER, "PUT", path, body, **{"if-match": '"1"'})
    assert (done.status_code, done.headers["etag"]) == (200, '"2"'), done.text
    assert (await door.send(BUYER, "PUT", path, body, **{"if-match": '"1"'})).status_code == 412
    assert (await door.send(BUYER, "PUT", "/v1/vendors/x", body, **{"if-match": '"1"'})).status_code == 404
    shown = await door.get(BUYER, path)
    assert (shown["title"], shown["skus"], shown["version"]) == ("Steel & Co", ["bar", "shaft"], 2)


async def test_a_target_with_nul_is_refused(door: Door) -> None:
    for path in ("/v1/purchase-orders/%00", "/v1/purchase-orders?after=%00", "/v1/vendors?sku=a%00"):
        assert (await door.get(BUYER, path, status=400))["type"] == "/problems/target-holds-nul"


async def test_the_description_is_valid_openapi_and_names_every_operation(door: Door) -> None:
    described = (await door.client.get("/openapi.json")).json()
    validate(described)
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("description") for each in operations)
    assert len(operations) == len(operations_of(ROUTERS))
    bodies = [
        each["requestBody"]["content"]["application/json"] for each in operations if "requestBody" in each
    ]
    assert all("example" in each for each in bodies)
