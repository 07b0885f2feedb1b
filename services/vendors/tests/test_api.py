"""The HTTP door of vendors on a real PostgreSQL: the road of a purchase, rights of roles and parties, refusals."""

from __future__ import annotations

from typing import Any

from backbone.ids import new_id
from backbone.web.app import operations_of
from contracts.policy import POLICY
from contracts.policy.everywhere import OPERATIONS
from contracts.vendors import GoodsReceived
from services.vendors.tests.door import BUYER, CHIEF, WAREHOUSE, Door
from services.vendors.tests.made import request
from vendors.__main__ import SERVICE

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


def arrival(line_id: str) -> dict[str, Any]:
    hard = {"name": "hardness", "value": "180", "scale": "HB"}
    lot = {"vendor_lot": "heat-7", "quantity": "18", "properties": [hard]}
    line = {
        "purchase_line_id": line_id,
        "lots": [lot],
        "rejected": [{"quantity": "2", "reason": "bent"}],
    }
    return {"lines": [line], "extras_minor": 500}


async def test_a_purchase_is_answered_shipped_received_and_shown_over_http(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    (listed,) = (await door.get(STEEL, "/v1/purchase-orders"))["items"]
    assert (listed["purchase_order_id"], listed["lines"][0]["state"]) == (order_id, "ordered")
    answer = await door.post(STEEL, f"{at}/acknowledgement")
    assert answer == {"id": order_id, "state": "acknowledged"}
    sent = {
        "lines": [{"purchase_line_id": line_id, "quantity": "20"}],
        "expected_at": "2026-03-05T12:00:00+01:00",
    }
    assert (await door.post(STEEL, f"{at}/shipments", sent, status=201))["state"] == "shipped"
    receipt = await door.post(WAREHOUSE, f"{at}/receipts", arrival(line_id), status=201)
    (lot,) = receipt["lots"]
    assert (lot["vendor_lot"], lot["quantity"], receipt["rejected"]) == ("heat-7", "18", "2")
    (fact,) = await door.stage.told(GoodsReceived)
    assert fact.lines[0].lots[0].cost.bought_in == 18_500
    detail = await door.get(BUYER, at)
    assert detail["order"]["lines"][0]["balance"] == "2"
    assert len(detail["shipments"]) == 1
    assert detail["receipts"][0]["lots"][0]["lot_id"] == lot["lot_id"]


async def test_what_was_received_goes_back_and_the_rest_is_closed(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    receipt = await door.post(WAREHOUSE, f"{at}/receipts", arrival(line_id), status=201)
    back = {
        "purchase_line_id": line_id,
        "lots": [{"lot_id": receipt["lots"][0]["lot_id"], "quantity": "3"}],
        "reason": "porous",
        "replacement": True,
    }
    assert (await door.post(WAREHOUSE, f"{at}/returns", back, status=201))["state"] == "part-received"
    assert (await door.get(BUYER, at))["order"]["lines"][0]["balance"] == "5"
    assert (await door.post(BUYER, f"{at}/closure", {"reason": "enough"}))["state"] == "closed"


async def test_the_same_key_gives_the_same_answer_and_one_receipt(door: Door) -> None:
    order_id, line_id = await ordered(door)
    body = {"lines": [{"purchase_line_id": line_id, "lots": [{"vendor_lot": "h", "quantity": "5"}]}]}
    key = {"idempotency-key": "once"}
    answers = [
        await door.send(WAREHOUSE, "POST", f"/v1/purchase-orders/{order_id}/receipts", body, **key)
        for _ in range(3)
    ]
    assert len({answer.content for answer in answers}) == 1
    assert len(await door.stage.told(GoodsReceived)) == 1


async def test_a_vendor_finds_nothing_of_another_and_no_secrets_in_its_own(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    unknown = await door.get(OTHER, f"/v1/purchase-orders/{new_id()}", status=404)
    theirs = await door.get(OTHER, at, status=404)
    assert theirs["type"] == unknown["type"]
    assert (await door.get(OTHER, "/v1/purchase-orders"))["items"] == []
    for act, body in {
        "acknowledgement": {},
        "refusal": {"reason": "no"},
        "shipments": {
            "lines": [{"purchase_line_id": line_id, "quantity": "1"}],
            "expected_at": "2026-03-05T12:00:00Z",
        },
    }.items():
        await door.post(OTHER, f"{at}/{act}", body, status=404)
    own = (await door.get(STEEL, at))["order"]
    assert (own["requested_by"], own["lines"][0]["serves"]) == (None, [])
    assert (await door.get(BUYER, at))["order"]["lines"][0]["serves"][0]["order_id"] == "o1"
    for path in ("/v1/vendors/steel-ltd", "/v1/terms/t1", "/v1/vendors/steel-ltd/scorecard"):
        await door.get(OTHER, path, status=404)
        await door.get(STEEL, path)
    assert [each["vendor_id"] for each in (await door.get(OTHER, "/v1/vendors"))["items"]] == ["other-ltd"]


async def test_roles_do_only_what_the_policy_allows(door: Door) -> None:
    order_id, _ = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    await door.post(STEEL, f"{at}/receipts", {"lines": []}, status=403)
    await door.post(WAREHOUSE, f"{at}/acknowledgement", status=403)
    await door.post(BUYER, f"{at}/approval", {"accepted": True, "reason": "ok"}, status=403)
    await door.post(("customer", "c1"), f"{at}/acknowledgement", status=403)
    await door.get(STEEL, "/v1/purchasing-policy", status=403)
    assert (await door.client.get(at)).status_code == 401


async def test_every_operation_has_its_row_in_the_policy_and_every_row_its_operation() -> None:
    everywhere = {name.split(".")[1] for name in OPERATIONS}
    ours = {name.split(".")[1] for name in POLICY if name.startswith("vendors.")}
    assert ours - everywhere == set(operations_of(SERVICE.routes))


async def test_an_order_above_the_limit_is_approved_by_a_second_person(door: Door) -> None:
    policy = await door.client.get("/v1/purchasing-policy", headers=door.issuer.headers(*CHIEF))
    assert policy.headers["etag"] == '"0"'
    changed = {name: value for name, value in policy.json().items() if name != "version"}
    changed["approval_limit_minor"] = 100
    path = "/v1/purchasing-policy"
    assert (await door.send(CHIEF, "PUT", path, changed)).status_code == 428
    assert (await door.send(CHIEF, "PUT", path, changed, **{"if-match": '"7"'})).status_code == 412
    done = await door.send(CHIEF, "PUT", path, changed, **{"if-match": '"0"'})
    assert (done.status_code, done.headers["etag"]) == (200, '"1"')
    order_id, _ = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    await door.get(STEEL, at, status=404)
    (waiting,) = (await door.get(CHIEF, "/v1/purchase-orders?state=requested"))["items"]
    assert waiting["issued_at"] is None
    agreed = await door.post(CHIEF, f"{at}/approval", {"accepted": True, "reason": "fair"})
    assert agreed["state"] == "ordered"
    await door.get(STEEL, at)


async def test_a_dearer_answer_is_decided_by_a_buyer(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    line = {"purchase_line_id": line_id, "unit_price_minor": 1_500, "at": "2026-03-20T00:00:00Z"}
    assert (await door.post(STEEL, f"{at}/acknowledgement", {"lines": [line]}))["state"] == "quoted"
    shown = (await door.get(BUYER, at))["order"]["lines"][0]
    assert shown["offered"]["unit_price"] == {"minor": 1_500, "currency": "EUR"}
    taken = await door.post(BUYER, f"{at}/price-decision", {"accepted": True, "reason": "no choice"})
    assert taken["state"] == "acknowledged"
    again = await door.post(BUYER, f"{at}/price-decision", {"accepted": True, "reason": "again"}, status=409)
    assert again["type"] == "/problems/wrong-state"


async def test_an_order_is_redated_refused_and_cancelled(door: Door) -> None:
    order_id, line_id = await ordered(door)
    at = f"/v1/purchase-orders/{order_id}"
    date = {"purchase_line_id": line_id, "wanted_at": "2026-04-01T00:00:00Z"}
    await door.post(BUYER, f"{at}/re-dating", date)
    assert (await door.get(STEEL, at))["order"]["lines"][0]["wanted_at"] == "2026-04-01T00:00:00Z"
    await door.post(STEEL, f"{at}/refusal", {"reason": "sold out"})
    await door.post(BUYER, f"{at}/cancellation", {"reason": "late", "ask_next": True}, status=409)
    assert (await door.get(BUYER, "/v1/purchase-orders?state=cancelled"))["items"][0]["ended_because"]


async def test_quotations_are_compared_and_awarded_and_hidden_from_rivals(door: Door) -> None:
    await opened(door)
    await door.stage.hear(request(sku="bolt"))
    (rfq,) = (await door.get(BUYER, "/v1/rfqs?state=issued"))["items"]
    at = f"/v1/rfqs/{rfq['rfq_id']}"
    price = {"minor": 800, "currency": "EUR"}
    await door.post(STEEL, f"{at}/quotations", {"unit_price": price, "lead_days": 3}, status=201)
    mailed = {"unit_price": {**price, "minor": 700}, "lead_days": 9, "vendor_id": "other-ltd"}
    await door.post(BUYER, f"{at}/quotations", mailed, status=201)
    await door.post(STEEL, f"{at}/quotations", {**mailed}, status=403)
    await door.post(BUYER, f"{at}/quotations", {**mailed, "vendor_id": None}, status=422)
    compared = (await door.get(BUYER, at))["quotations"]
    assert [each["vendor_id"] for each in compared] == ["other-ltd", "steel-ltd"]
    own = await door.get(STEEL, at)
    assert ([each["vendor_id"] for each in own["quotations"]], own["vendor_ids"]) == (
        ["steel-ltd"],
        ["steel-ltd"],
    )
    await door.get(("vendor", "stranger"), at, status=404)
    award = {"quotation_id": compared[1]["quotation_id"], "reason": "sooner"}
    assert (await door.post(BUYER, f"{at}/award", award))["state"] == "awarded"
    refused = await door.post(BUYER, f"{at}/award", award, status=409)
    assert refused["type"] == "/problems/rfq-is-awarded"
    assert (await door.get(OTHER, at))["awarded_quotation_id"] is None
    await door.post(CHIEF, f"{at}/award-agreement", {"agreed": True}, status=409)


async def test_a_line_is_promised_in_parts_and_each_is_judged_at_the_scorecard(door: Door) -> None:
    await opened(door)
    await door.stage.hear(request())
    order_id, line_id = await door.stage.order()
    at = f"/v1/purchase-orders/{order_id}"
    schedule = [
        {"quantity": "12", "at": "2026-03-05T08:00:00Z"},
        {"quantity": "8", "at": "2026-03-12T08:00:00Z"},
    ]
    line = {"purchase_line_id": line_id, "schedule": schedule}
    bare = {"lines": [{**line, "schedule": [{"quantity": "12", "at": "2026-03-05T08:00:00"}]}]}
    problem = await door.post(STEEL, f"{at}/acknowledgement", bare, status=422)
    assert problem["errors"][0]["pointer"] == "/lines/0/schedule/0/at"
    await door.post(STEEL, f"{at}/acknowledgement", {"lines": [line]})
    (shown,) = (await door.get(BUYER, at))["order"]["lines"]
    assert [each["quantity"] for each in shown["answer"]["schedule"]] == ["12", "8"]
    await door.stage.pass_time(days=3)
    await door.stage.receive([("heat-1", "12")])
    await door.stage.pass_time(days=9)
    card = await door.get(BUYER, "/v1/vendors/steel-ltd/scorecard")
    assert (card["otif_percent"], card["lines"]) == ("50", 1)
    rows = (await door.get(BUYER, "/v1/vendors/steel-ltd/scorecard/otif"))["items"]
    assert [(each["quantity"], each["due"], each["right"]) for each in rows] == [
        ("12", "2026-03-05", True),
        ("8", "2026-03-12", False),
    ]
