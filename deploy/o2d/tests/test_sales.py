"""Needs, quotes, orders and the catalogue by the command line, asked of a served orders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backbone.service import Host
from backbone.testing import DatabaseOf
from contracts.instead import StandIn, SubstituteOffered
from contracts.service_desk import DeliveredLine, HandOverCompleted
from contracts.shapes import DateStep, LotPart
from contracts.values import CostVector, Quantity
from deploy.o2d.tests.shop_floor import Place, place
from orders.__main__ import SERVICE
from services.orders.tests.stage import SOON, heard, placed, quoted, quoted_again

Shop = Place[Host]
FREE = CostVector(0, 0, 0, 0, "EUR")


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    """Orders, and an admin."""
    async with place(SERVICE, lambda host: host, database_of, tmp_path, monkeypatch, idle=True) as made:
        yield made


async def test_customers_state_needs_of_what_is_offered(here: Shop) -> None:
    customer = {
        "customer_id": "acme", "title": "Acme", "name": "Ada", "mail": "ada@acme.example", "address": "1 High Street"
    }  # fmt: skip
    await here.done("catalogue", "customer", here.file("acme.json", customer))
    chair = {
        "offer_id": "chair", "title": "Chair", "kind": "good", "price": {"minor": 9_900, "currency": "EUR"},
        "components": [
            {"kind": "good", "item": "chair", "quantity": "1", "unit": "piece", "site_id": "plant-1"}
        ],
    }  # fmt: skip
    await here.done("catalogue", "publish", here.file("chair.json", chair))
    assert [each["offer_id"] for each in await here.told("catalogue", "list")] == ["chair"]
    assert (
        "erase the contact of customer acme for good?"
        in (await here.says("catalogue", "forget", "acme")).output
    )
    await here.done("catalogue", "forget", "acme")
    bea = {"name": "Bea", "mail": "bea@acme.example", "address": "2 High Street"}
    await here.done("catalogue", "contact", "acme", here.file("bea.json", bea))
    line = {"line_id": "1", "quantity": "4", "wanted_at": SOON.isoformat(), "offer_id": "chair"}
    need = {"customer_id": "acme", "lines": [line]}
    stated = await here.done("need", "state", here.file("need.json", need))
    assert (await here.told("need", "show", stated["need_id"]))[0]["customer_id"] == "acme"
    two = await here.told("need", "state", here.file("two.jsonl", [need, need]), "--yes")
    assert [(each["status"], each["state"]) for each in two] == [(200, "stated"), (200, "stated")]
    assert "holds no JSON objects" in await here.refused("need", "state", here.file("x.json", {}), "--yes")


async def test_quotes_are_taken_or_left_and_orders_changed_and_ended(here: Shop) -> None:
    first, _ = await quoted(here.stage)
    second, third = [await quoted_again(here.stage) for _ in range(2)]
    assert len(await here.told("quote", "list", "--state", "sent")) == 3
    assert "L1" in await here.seen("quote", "show", first)
    assert (await here.told("quote", "link", first))[0]["path"]
    asked = await here.says("quote", "accept", first)
    assert (asked.exit_code, f"accept {first}?" in asked.output) == (1, True)
    order = (await here.done("quote", "accept", first))["id"]
    assert "1 of 2 acts were refused" in await here.refused("quote", "accept", second, "none", "--yes")
    await here.done("quote", "decline", third)
    assert len(await here.told("sale", "list")) == 2
    assert "L1" in await here.seen("sale", "show", order)
    assert (await here.told("sale", "link", order))[0]["path"]
    assert "409" in await here.refused("sale", "accept-dates", order, "--yes")
    assert "409" in await here.refused("sale", "cancel", order, "--reason", "too late", "--yes")
    assert "409" in await here.refused("sale", "short-close", order, "L1.1", "--reason", "gone", "--yes")
    assert "404" in await here.refused("sale", "change", order, "none")
    assert "404" in await here.refused("sale", "commit", order, "none", "--yes")
    assert "404" in await here.refused("sale", "withdraw", order, "none", "--yes")
    nothing = here.file("nothing.json", {})
    assert "409" in await here.refused("sale", "amend", order, nothing, "--yes")
    refused = await here.refused("sale", "ask-to-end", "none", "--reason", "no feast", "--yes")
    assert "404" in refused


async def test_rates_that_values_wait_for_are_listed_and_said(here: Shop) -> None:
    assert await here.told("sale", "rates", "--missing") == []
    await here.done("sale", "rate", "USD", "EUR", "2026-03-02", "0.9")
    await here.done("sale", "rate", "USD", "EUR", "2026-03-02", "0.91")
    assert [(each["day"], each["rate"]) for each in await here.told("sale", "rates")] == [
        ("2026-03-02", "0.91")
    ]
    assert "422" in await here.refused("sale", "rate", "USD", "EUR", "yesterday", "0.9", "--yes")


async def test_an_item_stands_in_for_a_late_one_where_a_quote_shows_that(here: Shop) -> None:
    quote, promise_id = await quoted(here.stage)
    words = ("quote", "substitute", quote, "card-a", "card-b")
    assert "409" in await here.refused(*words, "--yes")
    sooner = (DateStep("L1.1", Quantity(4), SOON - timedelta(days=5)),)
    await heard(here.stage, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner))
    asked = await here.says(*words)
    assert (asked.exit_code, "let card-b stand in for card-a" in asked.output) == (1, True)
    lid = ("--also", "lid-a=lid-b")
    assert "is not SKU=OTHER" in (await here.says(*words, "--also", "lid-a")).output
    assert "409" in await here.refused(*words, *lid, "--yes")
    also = (StandIn("plant-1", "lid-a", "lid-b"),)
    await heard(
        here.stage, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner, (), also)
    )
    asked = await here.says(*words, *lid)
    assert "let card-b stand in for card-a and lid-b stand in for lid-a" in " ".join(asked.output.split())
    assert (await here.done(*words, *lid))["id"] == quote
    assert (await here.told("quote", "show", quote))["state"] == "draft"


async def test_goods_may_be_sent_back_only_where_they_were_brought(here: Shop) -> None:
    await placed(here.stage)
    allow = ("return", "allow", "o1", "L1.1", "1", "--reason", "scratched")
    assert "goods go back once all of it was brought" in await here.refused(*allow, "--yes")
    await heard(
        here.stage,
        HandOverCompleted(
            "h1",
            "o1",
            "plant-1",
            (DeliveredLine("L1.1", (LotPart("lot-1", "PC", Quantity(4), FREE),)),),
            FREE,
            "ann",
        ),
    )
    named = (await here.done(*allow))["id"]
    (back,) = (await here.told("sale", "show", "o1"))["returns"]
    assert (back["return_id"], back["quantity"]) == (named, "1")
