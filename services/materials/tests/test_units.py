"""Units: exact at the doors, by measure, density and pack; what does not fit is refused and says where."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.materials import ItemDefined, PromiseRefused
from contracts.units import STANDARD, NotWhole
from contracts.values import Quantity
from materials.domain.item import Item, QuantityIsNotWhole, Unit
from materials.domain.units import UnitDoesNotFit, to_base
from services.materials.tests.door import PLANNER, WAREHOUSE, Door
from services.materials.tests.made import DAY, NOW, ask, line, placed, terms

OIL = Item("oil", "Oil", "l", 1, units=(Unit("drum", 200_000_000, 1_000_000),), density_micro=832_000)
BOLT = Item(
    "bolt",
    "Bolt",
    "piece",
    1_000_000,
    units=(Unit("box", 12_000_000, 1_000_000), Unit("third", 1_000_000, 3_000_000)),
)


@pytest.mark.parametrize(
    ("item", "quantity", "unit", "base"),
    [
        (OIL, "2.5", None, "2.5"),
        (OIL, "2.5", "m3", "2500"),
        (OIL, "3", "drum", "600"),
        (OIL, "832", "kg", "1000"),
        (OIL, "1.664", "t", "2000"),
        (BOLT, "4", "box", "48"),
        (BOLT, "9", "third", "3"),
        (Item("steel", "Steel", "kg", 1, density_micro=7_850_000), "2", "l", "15.7"),
    ],
)
def test_a_quantity_is_said_in_any_unit_of_its_item(
    item: Item, quantity: str, unit: str | None, base: str
) -> None:
    assert to_base(item, Quantity(quantity), unit) == Quantity(base).micro


@given(st.integers(1, 10**9), st.sampled_from(sorted(STANDARD)), st.sampled_from(sorted(STANDARD)))
def test_what_is_turned_is_exact_or_refused(micro: int, unit: str, base: str) -> None:
    item = Item("any", "Any", base, 1)
    if STANDARD[unit][0] != STANDARD[base][0]:
        with pytest.raises(UnitDoesNotFit):
            to_base(item, Quantity.of_micro(micro), unit)
        return
    exact = Fraction(micro) * STANDARD[unit][1] / STANDARD[base][1]
    if exact.denominator == 1:
        assert to_base(item, Quantity.of_micro(micro), unit) == exact
    else:
        with pytest.raises(QuantityIsNotWhole):
            to_base(item, Quantity.of_micro(micro), unit)


async def test_what_an_item_may_be_said_in_is_told(door: Door) -> None:
    units = [{"unit": "drum", "quantity": "200"}]
    oil = {"sku": "oil", "title": "Oil", "unit": "l", "quantum": "0.001", "units": units, "density": "0.832"}
    await door.post(PLANNER, "/v1/items", oil)
    (told,) = await door.stage.told(ItemDefined)
    assert told.counted.own(Quantity(3), "drum") == Quantity(600)
    assert told.counted.own(Quantity("832"), "kg") == Quantity(1000)


def test_a_price_is_turned_where_that_is_exact() -> None:
    assert BOLT.counted.own_price(1_200, "box") == 100
    with pytest.raises(NotWhole):
        BOLT.counted.own_price(1_000, "box")


async def test_stock_comes_in_packs_and_a_unit_that_does_not_fit_is_named(door: Door) -> None:
    await door.post(PLANNER, "/v1/sites", {"site_id": "plant-1", "title": "One", "legal_entity": "o2d"})
    units = [{"unit": "box", "quantity": "12"}]
    bolt = {"sku": "bolt", "title": "Bolt", "unit": "piece", "quantum": "1", "units": units}
    await door.post(PLANNER, "/v1/items", bolt)
    (shown,) = await door.page(PLANNER, "/v1/items")
    assert shown["units"] == [{"unit": "box", "quantity": "12", "per": "1"}]
    cost = {"bought_in": 100, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"}
    lot = {"lot_id": "L", "sku": "bolt", "site_id": "plant-1", "quantity": "2.5", "unit": "box", "cost": cost}
    await door.post(WAREHOUSE, "/v1/lots", lot)
    assert [each["on_hand"] for each in await door.page(PLANNER, "/v1/stock")] == ["30"]
    for changes, pointer in (
        ({"unit": "kg"}, "/unit"),
        ({"quantity": "0.1"}, "/quantity"),
        ({"quantity": "0"}, "/quantity"),
    ):
        refused = await door.send(WAREHOUSE, "POST", "/v1/lots", lot | changes)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    twice = bolt | {"units": [*units, {"unit": "piece", "quantity": "1"}]}
    assert (await door.send(PLANNER, "POST", "/v1/items", twice)).status_code == 422
    none = bolt | {"units": [{"unit": "bag", "quantity": "0"}]}
    refused = await door.send(PLANNER, "POST", "/v1/items", none)
    assert refused.json()["errors"][0]["pointer"] == "/units/0"


async def test_a_line_that_asks_in_another_unit_is_refused_rather_than_misread(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.stock("L", "gear", "10")
    await door.stage.hear(ask("p", line("gear", "2", unit="box")))
    (refused,) = await door.stage.told(PromiseRefused)
    assert refused.reason == "l1 asks in box; gear is counted in piece"


async def test_an_inquiry_in_another_unit_is_answered_as_in_the_items_own_and_nothing_is_rounded(
    door: Door,
) -> None:
    units = [{"unit": "box", "quantity": "12"}]
    bolt = {"sku": "bolt", "title": "Bolt", "unit": "piece", "quantum": "1", "units": units}
    await door.post(PLANNER, "/v1/items", bolt)
    await door.stage.opened()
    await door.stage.hear(terms("bolt", 7))

    def asked(quantity: str, **unit: str) -> dict[str, object]:
        wanted = {"sku": "bolt", "site_id": "plant-1", "quantity": quantity, **unit}
        return {"lines": [wanted | {"wanted_at": (NOW + 30 * DAY).isoformat()}]}

    found = await door.post(PLANNER, "/v1/promises", asked("2", unit="box"))
    assert [step["quantity"] for step in found["steps"]] == ["24"]
    assert found == await door.post(PLANNER, "/v1/promises", asked("24"))
    part = await door.post(PLANNER, "/v1/promises", asked("0.3", unit="box"), status=422)
    assert part["errors"][0]["pointer"] == "/lines/0/quantity"
    other = await door.post(PLANNER, "/v1/promises", asked("1", unit="kg"), status=422)
    assert other["errors"][0]["pointer"] == "/lines/0/unit"


async def test_suppositions_are_made_in_any_unit_and_what_is_shown_names_its_own(door: Door) -> None:
    units = [{"unit": "box", "quantity": "12"}]
    bolt = {"sku": "bolt", "title": "Bolt", "unit": "piece", "quantum": "1", "units": units}
    await door.post(PLANNER, "/v1/items", bolt)
    await door.stage.opened()
    await door.stage.hear(terms("bolt", 7))
    asked = ask("p", line("bolt", "5", 40))
    await door.stage.hear(asked, placed(asked))
    (demand,) = await door.page(PLANNER, "/v1/demands")
    (order,) = await door.page(PLANNER, "/v1/planned-orders")
    detail = await door.get(PLANNER, f"/v1/planned-orders/{order['planned_order_id']}")
    (peg,) = await door.page(PLANNER, "/v1/orders/order-p/pegs")
    assert [each["unit"] for each in (demand, order, detail["order"], *detail["why"], peg)] == ["piece"] * 5

    def more(quantity: str, unit: str | None) -> dict[str, object]:
        wanted = {"sku": "bolt", "site_id": "plant-1", "quantity": quantity, "unit": unit}
        return {"more": [wanted | {"wanted_at": (NOW + 30 * DAY).isoformat()}]}

    found = await door.post(PLANNER, "/v1/what-if", more("2", "box"), status=200)
    assert [(each["now"], each["unit"]) for each in found["orders"]] == [("24", "piece")]
    part = await door.post(PLANNER, "/v1/what-if", more("0.3", "box"), status=422)
    assert part["errors"][0]["pointer"] == "/more/0/quantity"
    other: dict[str, object] = {"demand_id": demand["demand_id"], "quantity": "2", "unit": "box"}
    found = await door.post(PLANNER, "/v1/what-if", {"demands": [other]}, status=200)
    assert [each["now"] for each in found["orders"] if each["change"] == "new"] == ["19"]
    wrong = await door.post(PLANNER, "/v1/what-if", {"demands": [other | {"unit": "kg"}]}, status=422)
    assert wrong["errors"][0]["pointer"] == "/demands/0/unit"
