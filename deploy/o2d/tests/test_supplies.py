"""Supplies, demands, promises, substitutes and trials by the command line, asked of a served materials."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backbone.testing import DatabaseOf
from deploy.o2d.tests.shop_floor import Store, store
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.test_substitutes import late, ordered


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """Materials and an admin."""
    async with store(database_of, tmp_path, monkeypatch) as made:
        yield made


async def planned(here: Store) -> Any:
    """An order for ten gears, each cut from two blanks that are bought; the purchase."""
    await here.stage.opened("gear", "blank")
    asked = ask("p", line("gear", "10"))
    await here.stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}), terms("blank"), asked, placed(asked))
    (bought,) = await here.told("supply", "list", "--sku", "blank")
    return bought


async def test_why_a_supply_is_there_and_what_an_order_hangs_on_is_told(here: Store) -> None:
    bought = (await planned(here))["planned_order_id"]
    assert (await here.told("supply", "show", bought))["order"]["quantity"] == "20"
    assert [(each["level"], each["sku"]) for each in await here.told("supply", "why", bought)] == [
        (1, "blank"), (2, "gear"),
    ]  # fmt: skip
    tree = (await here.seen("demand", "pegs", "order-p")).splitlines()
    assert [row.split("plant-1")[0] for row in tree[1:]] == ["gear     ", "  blank  "]
    (made,) = await here.told("supply", "list", "--sku", "gear", "--state", "planned")
    assert [each["sku"] for each in await here.told("supply", "pegs", made["planned_order_id"])] == ["blank"]
    (wanted,) = await here.told("demand", "list", "--order", "order-p")
    assert (wanted["quantity"], wanted["covered"], wanted["late"]) == ("10", "10", False)
    assert await here.told("demand", "list", "--late") == []
    assert "gear" in await here.seen("demand", "list", "--sku", "gear", "--site", "plant-1")
    assert "404" in await here.refused("supply", "show", "none")


async def test_a_supply_is_kept_firm_given_back_and_released(here: Store) -> None:
    bought = (await planned(here))["planned_order_id"]
    asked = await here.says("supply", "firm", bought)
    assert (asked.exit_code, f"firm {bought}?" in asked.output) == (1, True)
    await here.done("supply", "firm", bought)
    assert (await here.told("supply", "show", bought))["order"]["firm_at"] is not None
    await here.done("supply", "unfirm", bought)
    assert (await here.told("supply", "show", bought))["order"]["firm_at"] is None
    here.speaks("sales")
    assert "403" in await here.refused("supply", "release", bought, "--yes")
    here.speaks("planner")
    await here.done("supply", "release", bought)
    assert (await here.told("supply", "show", bought))["order"]["state"] == "released"


async def test_by_when_what_could_be_there_is_said_with_what_binds(here: Store) -> None:
    await here.stage.opened("gear", "lump")
    await here.stage.hear(terms("gear", 7))
    await here.stage.stock("L", "gear", "10")
    here.speaks("sales")
    wanted = f"gear@plant-1=12:{NOW + DAY:%Y-%m-%dT%H:%M}"
    (found,) = await here.told("promise", "inquire", wanted, "--policy", "partial")
    assert [each["quantity"] for each in found["steps"]] == ["10", "2"]
    hold = ("--hold-until", f"{NOW + DAY:%Y-%m-%d}")
    (held,) = await here.told("promise", "inquire", wanted, *hold)
    assert held["reasons"]
    assert held["reasons"][0] in await here.seen("promise", "inquire", wanted, *hold)
    assert "nothing supplies lump" in await here.seen("promise", "inquire", "lump@plant-1=1:2026-04-01")
    body = {"lines": [{"sku": "gear", "site_id": "plant-1", "quantity": "1", "wanted_at": NOW.isoformat()}]}
    (whole,) = await here.told("promise", "inquire", "--file", here.file("lines.json", body))
    assert [each["quantity"] for each in whole["steps"]] == ["1"]
    assert [
        each["quantity"] for each in (await here.told("promise", "atp", "gear"))["sites"][0]["steps"]
    ] == ["10"]
    assert "plant-1" in await here.seen("promise", "atp", "gear")
    for words in ((), ("gear",), ("gear@plant-1=1:soon",), (wanted, "--file", "lines.json")):
        assert (await here.says("promise", "inquire", *words)).exit_code == 2, words
    many = await here.refused("promise", "inquire", "gear@plant-1=many:2026-04-01")
    assert "lines/0/quantity: a quantity is a string like 12.5" in many
    bodies = here.file("wrong.json", {"lines": [{}, {}], "colour": "red"})
    wrong = await here.refused("promise", "inquire", "--file", bodies)
    assert "described; lines/0/sku: it is missing; " in wrong
    assert wrong.endswith("; and 4 more.\n")


async def test_a_promise_is_shown_with_its_dates(here: Store) -> None:
    await planned(here)
    (shown,) = await here.told("promise", "show", "p")
    assert (shown["state"], shown["steps"][0]["quantity"]) == ("ordered", "10")
    assert "ordered" in await here.seen("promise", "show", "p")


async def test_a_late_supply_is_substituted_by_what_a_planner_named(here: Store) -> None:
    purchase = await ordered(here.stage, other="10")
    span = ("--from", f"{NOW:%Y-%m-%d}", "--to", f"{NOW + 300 * DAY:%Y-%m-%d}")
    await here.done("substitute", "set", "card", "plant-1", "other", *span, "--ratio", "1.0")
    (known,) = await here.told("substitute", "list", "--sku", "card", "--site", "plant-1")
    assert (known["substitute"], known["ratio"], known["priority"]) == ("other", "1", 1)
    await late(here.stage, purchase)
    taken = await here.done("substitute", "take", purchase)
    assert taken["requirements"] == 1
    (written,) = await here.told("substitute", "taken", "--supply", purchase)
    assert (written["substitute"], written["decided_by"]) == ("other", "a-admin")
    assert "409" in await here.refused("substitute", "take", purchase, "--yes")


async def test_what_would_follow_is_shown_and_nothing_of_it_is_kept(here: Store) -> None:
    await planned(here)
    before = await here.told("supply", "list")
    more = {"site_id": "plant-1", "sku": "gear", "quantity": "3", "wanted_at": (NOW + 40 * DAY).isoformat()}
    file = here.file("more.json", {"more": [more]})
    (found,) = await here.told("what-if", file)
    assert {(each["sku"], each["change"]) for each in found["orders"]} == {("gear", "new"), ("blank", "new")}
    said = await here.seen("what-if", file)
    assert ("new" in said, "EUR" in said) == (True, True)
    assert await here.told("supply", "list") == before
    nobody = here.file("none.json", {"lots": ["nowhere"]})
    assert "409" in await here.refused("what-if", nobody) or "404" in await here.refused("what-if", nobody)
