"""The HTTP door of materials: masters, stock, plan, in the roles that may."""

from __future__ import annotations

from typing import Any

import pytest

from backbone.web.app import operations_of
from contracts.policy import POLICY
from contracts.policy.everywhere import OPERATIONS
from materials.api import ROUTERS
from services.materials.tests.door import APPROVER, PLANNER, WAREHOUSE, Door
from services.materials.tests.made import ask, line, placed, recipe, terms

ITEM = {"sku": "gear", "title": "Gear", "unit": "piece", "quantum": "1"}
SITE = {"site_id": "plant-1", "title": "Plant", "legal_entity": "ours"}
LOT = {
    "lot_id": "L",
    "sku": "gear",
    "site_id": "plant-1",
    "quantity": "10",
    "cost": {"bought_in": 1000, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"},
}


async def opened(door: Door) -> None:
    await door.post(PLANNER, "/v1/items", ITEM, status=201)
    await door.post(PLANNER, "/v1/sites", SITE, status=201)


async def test_masters_are_defined_listed_and_shown(door: Door) -> None:
    await opened(door)
    assert [each["sku"] for each in await door.page(PLANNER, "/v1/items")] == ["gear"]
    assert [each["site_id"] for each in await door.page(PLANNER, "/v1/sites")] == ["plant-1"]
    body = {
        "sku": "gear",
        "site_id": "plant-1",
        "source": "buy",
        "minimum": "95",
        "multiple": "10",
        "lead_days": 3,
    }
    await door.post(PLANNER, "/v1/planning-parameters", body, status=200)
    (kept,) = await door.page(PLANNER, "/v1/planning-parameters")
    assert (kept["minimum"], kept["multiple"], kept["lead_days"]) == ("100", "10", 3), "the minimum goes up"


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/v1/items", {**ITEM, "quantum": "0"}, 422, "above 0"),
        ("/v1/items", {**ITEM, "quantum": 1}, 422, ""),
        ("/v1/sites", {**SITE, "transit_days": -1}, 422, "0 to 366 days"),
        (
            "/v1/planning-parameters",
            {"sku": "gear", "site_id": "plant-1", "source": "make", "minimum": "30", "maximum": "20"},
            422,
            "30 is the nearest maximum",
        ),
        (
            "/v1/planning-parameters",
            {"sku": "nothing", "site_id": "plant-1", "source": "make"},
            404,
            "nothing",
        ),
        ("/v1/planning-parameters", {"sku": "gear", "site_id": "nowhere", "source": "make"}, 404, "nowhere"),
        (
            "/v1/planning-parameters",
            {"sku": "gear", "site_id": "plant-1", "source": "transfer"},
            422,
            "another site",
        ),
    ],
)
async def test_masters_that_cannot_be_are_refused_and_say_why(
    door: Door, path: str, body: Any, status: int, says: str
) -> None:
    await opened(door)
    answer = await door.send(PLANNER, "POST", path, body)
    assert answer.status_code == status, answer.text
    assert says in answer.text


async def test_the_unit_of_an_item_stays_and_its_title_may_change(door: Door) -> None:
    await opened(door)
    assert (await door.send(PLANNER, "POST", "/v1/items", {**ITEM, "unit": "kg"})).status_code == 409
    await door.post(PLANNER, "/v1/items", {**ITEM, "title": "Gear wheel"}, status=201)
    assert (await door.get(PLANNER, "/v1/items/gear"))["item"]["title"] == "Gear wheel"


async def counted(door: Door, quantity: str) -> None:
    """A count of the lot that a second person approves."""
    body = {"site_id": "plant-1", "quantity": quantity}
    count = await door.post(WAREHOUSE, "/v1/lots/L/count", body, status=201)
    await door.post(APPROVER, f"/v1/counts/{count['id']}/approval", status=200)


async def test_stock_is_booked_in_counted_and_shown_with_its_moves(door: Door) -> None:
    await opened(door)
    await door.post(WAREHOUSE, "/v1/lots", LOT, status=201)
    await counted(door, "8")
    (stock,) = await door.page(WAREHOUSE, "/v1/stock?sku=gear")
    assert (stock["on_hand"], stock["reserved"], stock["cost"]["bought_in"]) == ("8", "0", 800)
    moves = await door.page(WAREHOUSE, "/v1/lots/L/moves")
    assert [(move["quantity"], move["reason"]) for move in moves] == [("10", "adjusted"), ("-2", "adjusted")]
    assert (await door.get(WAREHOUSE, "/v1/lots/L"))["status"] == "released"
    refused = await door.send(PLANNER, "POST", "/v1/lots/L/count", {"site_id": "plant-1", "quantity": "9"})
    assert refused.status_code == 403


async def test_more_than_the_books_say_is_found_by_a_count_at_no_cost(door: Door) -> None:
    await opened(door)
    await door.post(WAREHOUSE, "/v1/lots", LOT, status=201)
    await counted(door, "12")
    (stock,) = await door.page(WAREHOUSE, "/v1/stock")
    assert (stock["on_hand"], stock["cost"]["bought_in"]) == ("12", 1000)


async def test_the_plan_of_an_order_is_shown_down_to_what_is_bought_and_back_up(door: Door) -> None:
    await opened(door)
    await door.post(PLANNER, "/v1/items", {**ITEM, "sku": "blank"}, status=201)
    await door.post(WAREHOUSE, "/v1/lots", LOT, status=201)
    asked = ask("p", line("gear", "25"))
    await door.stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}), terms("blank"), asked, placed(asked))
    pegs = await door.page(PLANNER, "/v1/orders/order-p/pegs")
    assert sorted((peg["level"], peg["sku"], peg["quantity"], peg["source"]) for peg in pegs) == [
        (1, "gear", "10", "on-hand"),
        (1, "gear", "15", "make"),
        (2, "blank", "30", "buy"),
    ]
    (bought,) = await door.page(PLANNER, "/v1/planned-orders?sku=blank")
    detail = await door.get(PLANNER, f"/v1/planned-orders/{bought['planned_order_id']}")
    assert [(why["level"], why["sku"], why["order_id"]) for why in detail["why"]] == [
        (1, "blank", None),
        (2, "gear", "order-p"),
    ]
    balance = (await door.get(PLANNER, "/v1/items/gear"))["balance"]
    assert [step["balance"] for step in balance] == ["10", "25", "0"]
    promise = await door.get(PLANNER, "/v1/promises/p")
    assert (promise["state"], promise["steps"][0]["quantity"]) == ("ordered", "25")
    assert [each["order_id"] for each in await door.page(PLANNER, "/v1/demands?order_id=order-p")] == [
        "order-p"
    ]


async def test_a_page_names_the_next_one_and_keeps_its_filters(door: Door) -> None:
    await opened(door)
    for lot_id in ("A", "B", "C"):
        await door.post(WAREHOUSE, "/v1/lots", {**LOT, "lot_id": lot_id}, status=201)
    answer = await door.client.get("/v1/stock?sku=gear&limit=2", headers=door.issuer.headers(*WAREHOUSE))
    following = answer.links["next"]["url"]
    assert "sku=gear" in following
    assert [each["lot_id"] for each in await door.page(WAREHOUSE, following)] == ["C"]


async def test_no_customer_sees_anything_of_materials() -> None:
    ours = {name: may for name, may in POLICY.items() if name.startswith("materials.")}
    assert ours
    assert not [name for name, may in ours.items() if may & {"customer", "vendor", "link"}]


async def test_every_operation_has_its_row_in_the_policy_and_every_row_its_operation() -> None:
    everywhere = {name.split(".")[1] for name in OPERATIONS}
    ours = {name.split(".")[1] for name in POLICY if name.startswith("materials.")}
    assert ours - everywhere == set(operations_of(ROUTERS))


async def test_a_planner_asks_what_would_follow_and_others_do_not(door: Door) -> None:
    await opened(door)
    await door.stage.hear(terms("gear"))
    more = {"site_id": "plant-1", "sku": "gear", "quantity": "3", "wanted_at": "2026-04-01T08:00:00Z"}
    found = await door.post(PLANNER, "/v1/what-if", {"more": [more]}, status=200)
    assert [(each["change"], each["sku"], each["now"]) for each in found["orders"]] == [("new", "gear", "3")]
    assert [(each["line_id"], each["now_short"]) for each in found["demands"]] == [("more-1", "0")]
    assert await door.page(PLANNER, "/v1/planned-orders") == []
    await door.post(WAREHOUSE, "/v1/what-if", {"more": [more]}, status=403)


async def test_none_of_a_demand_is_supposed_as_such(door: Door) -> None:
    await opened(door)
    asked = ask("p", line("gear", "3"))
    await door.stage.hear(terms("gear"), asked, placed(asked))
    (demand,) = await door.page(PLANNER, "/v1/demands")
    none = {"demands": [{"demand_id": demand["demand_id"], "quantity": "0"}]}
    found = await door.post(PLANNER, "/v1/what-if", none, status=200)
    assert [(each["change"], each["sku"], each["was"]) for each in found["orders"]] == [("gone", "gear", "3")]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "1 to 100 changes"),
        ({"anew": ["order"] * 101}, 422, "1 to 100 changes"),
        ({"anew": ["order"]}, 404, "no open order"),
        ({"more": [{"site_id": "plant-1", "sku": "gear", "quantity": "0", "wanted_at": "2026-04-01T08:00:00Z"}]},
         422, "/more/0/quantity"),
        ({"demands": [{"demand_id": "d", "quantity": "-1"}]}, 422, "/demands/0/quantity"),
        ({"closed": [{"site_id": "plant-1", "first": "2026-04-02", "last": "2026-04-01"}]}, 422, "1 to 366 days"),
        ({"closed": [{"site_id": "plant-1", "first": "2026-04-02", "last": "2028-04-01"}]}, 422, "1 to 366 days"),
    ],
)  # fmt: skip
async def test_what_cannot_be_supposed_is_refused(door: Door, body: Any, status: int, says: str) -> None:
    await opened(door)
    answer = await door.send(PLANNER, "POST", "/v1/what-if", body)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
