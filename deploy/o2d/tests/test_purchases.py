"""Vendors, terms, requests for quotation and purchases by the command line, asked of a served vendors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf
from deploy.o2d.tests.shop_floor import Place, place
from services.vendors.tests.made import NOW, request, work
from services.vendors.tests.stage import Stage
from services.vendors.tests.test_api import TERMS, arrival
from vendors.__main__ import SERVICE

Market = Place[Stage]


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Market]:
    """Vendors, and an admin."""
    async with place(SERVICE, Stage, database_of, tmp_path, monkeypatch, idle=True) as made:
        yield made


async def opened(here: Market) -> None:
    """Two vendors, one with terms for shafts, by their words."""
    for name in ("steel-ltd", "other-ltd"):
        body = {"vendor_id": name, "title": name, "skus": ["bolt"]}
        await here.done("vendor", "register", here.file("vendor.json", body))
    await here.done("terms", "publish", here.file("terms.json", TERMS))


async def ordered(here: Market, *planned: str) -> list[tuple[str, str]]:
    """Shafts are asked for: the orders and their lines."""
    await opened(here)
    await here.stage.hear(*(request(each) for each in planned))
    return [await here.stage.order(each) for each in planned]


async def test_vendors_are_taken_up_changed_and_judged(here: Market) -> None:
    await opened(here)
    assert len(await here.told("vendor", "list", "--sku", "bolt")) == 2
    change = {"title": "Steel & Sons", "currency": "EUR", "skus": [], "inspect": True}
    await here.done("vendor", "change", "steel-ltd", here.file("change.json", change))
    (shown,) = await here.told("vendor", "show", "steel-ltd")
    assert (shown["title"], shown["version"]) == ("Steel & Sons", 2)
    assert [each["lines"] for each in await here.told("vendor", "scorecard", "steel-ltd")] == [0]
    assert await here.told("vendor", "figure", "steel-ltd", "otif") == []
    assert [each["state"] for each in await here.told("terms", "list", "--vendor", "steel-ltd")] == [
        "published"
    ]
    assert (await here.told("terms", "show", "t1"))[0]["lead_days"] == 5
    assert (await here.done("terms", "withdraw", "t1"))["state"] == "expired"
    (policy,) = await here.told("buying", "policy")
    changed = {name: value for name, value in policy.items() if name != "version"} | {"early_days": 9}
    assert (await here.done("buying", "policy", "--set", here.file("policy.json", changed)))[
        "early_days"
    ] == 9
    await here.done("buying", "rate", "USD", "0.9")
    await here.done("buying", "rate", "USD", "0.91")
    assert [(each["currency"], each["rate"]) for each in await here.told("buying", "rates")] == [
        ("USD", "0.91")
    ]


async def test_purchases_are_answered_sent_received_and_returned(here: Market) -> None:
    (first, line), (second, other) = await ordered(here, "p1", "p2")
    answers = await here.told("purchase", "acknowledge", first, second, "--yes")
    assert [each["status"] for each in answers] == [200, 200]
    later = here.file("later.json", {"lines": [{"purchase_line_id": line, "quantity": "18"}]})
    assert (
        await here.says("purchase", "acknowledge", first, second, "--lines", later, "--yes")
    ).exit_code == 2
    assert (await here.done("purchase", "acknowledge", first, "--lines", later))["state"] == "acknowledged"
    sent = {
        "purchase_order_id": first, "lines": [{"purchase_line_id": line, "quantity": "20"}],
        "expected_at": "2026-03-05T12:00:00Z",
    }  # fmt: skip
    assert (await here.done("purchase", "ship", here.file("sent.json", sent)))["state"] == "shipped"
    both = [{"purchase_order_id": order, **arrival(at)} for order, at in ((first, line), (second, other))]
    received = await here.told("purchase", "receive", here.file("gate.jsonl", both), "--yes")
    assert [each["status"] for each in received] == [200, 200]
    detail = await here.told("purchase", "show", first)
    lot = detail["receipts"][0]["lots"][0]["lot_id"]
    back = {
        "purchase_line_id": line, "lots": [{"lot_id": lot, "quantity": "3"}], "reason": "porous", "replacement": True
    }  # fmt: skip
    await here.done("purchase", "return", first, here.file("back.json", back))
    assert (await here.done("purchase", "close", first, "--reason", "enough"))["state"] == "closed"
    assert first in await here.seen("purchase", "list", "--vendor", "steel-ltd")
    none = here.file("none.json", {"lines": []})
    assert "holds no JSON objects with a purchase_order_id" in await here.refused(
        "purchase", "ship", none, "--yes"
    )
    assert "404" in await here.refused("purchase", "show", "none")


async def test_an_order_of_work_says_for_which_run_and_on_what(here: Market) -> None:
    await opened(here)
    await here.stage.opened("hard-ltd", sku="hardening")
    await here.stage.hear(request(), work())
    (found,) = await here.told("purchase", "list", "--run", "r1")
    assert (found["run_id"], [each["sku"] for each in found["provided"]]) == ("r1", ["soft-shaft"])
    assert len(await here.told("purchase", "list")) == 2
    assert "20 soft-shaft" in await here.seen("purchase", "show", found["purchase_order_id"])


async def test_purchases_are_moved_refused_and_let_go(here: Market) -> None:
    ((first, line), (second, _)) = await ordered(here, "p1", "p2")
    await here.done("purchase", "acknowledge", first)
    await here.done("purchase", "redate", first, line, "2026-04-01T12:00")
    assert (await here.told("purchase", "show", first))["order"]["lines"][0]["wanted_at"].startswith(
        "2026-04-01"
    )
    assert "409" in await here.refused("purchase", "price", first, "--reason", "no other", "--yes")
    assert "409" in await here.refused("purchase", "approve", first, "--reason", "fine", "--no", "--yes")
    cancelled = await here.done("purchase", "cancel", first, "--reason", "never answers")
    assert cancelled["state"] == "cancelled"
    refused = await here.done("purchase", "refuse", second, "--reason", "sold out")
    assert (refused["id"], refused["state"]) == (second, "cancelled")
    assert await here.told("purchase", "list", "--overdue") == []
    here.speaks("warehouse")
    assert "403" in await here.refused("purchase", "cancel", second, "--reason", "no", "--yes")


async def test_what_is_quoted_is_typed_in_and_awarded(here: Market) -> None:
    await opened(here)
    await here.stage.hear(request("p9", sku="bolt"))
    (asked,) = await here.told("rfq", "list", "--sku", "bolt")
    rfq = asked["rfq_id"]
    quoted = {"vendor_id": "steel-ltd", "unit_price": {"minor": 950, "currency": "EUR"}, "lead_days": 7}
    given = await here.done("rfq", "quote", rfq, here.file("quoted.json", quoted))
    assert "steel-ltd" in await here.seen("rfq", "show", rfq)
    assert "409" in await here.refused("rfq", "agree", rfq, "--yes")
    assert "409" in await here.refused("rfq", "reopen", rfq, "--yes")
    won = await here.done("rfq", "award", rfq, given["id"], "--reason", "shortest lead")
    assert won["state"] == "awarded"
    assert here.stage.clock.now() == NOW
