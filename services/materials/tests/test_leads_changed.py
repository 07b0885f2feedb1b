"""Vendors that take another time than when their purchases were planned: these begin earlier or later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from contracts.materials import PurchaseRequested, SupplyLate
from contracts.vendors import TermsExpired
from materials import commands
from materials.handlers import leads
from services.materials.tests.made import DAY, NOW, ask, line, placed, terms
from services.materials.tests.stage import Stage


async def bought(stage: Stage, *names: str) -> None:
    """Orders for ten bolts each in thirty days, planned to be bought five days before."""
    await stage.opened("bolt")
    await stage.hear(terms("bolt", 5))
    for name in names:
        asked = ask(name, line("bolt", "10", days=30))
        await stage.hear(asked, placed(asked))


async def said(stage: Stage, fact: Any) -> None:
    """What is said of terms, and what follows from it."""
    await stage.hear(fact)
    await stage.pass_time(minutes=1)


async def starts(stage: Stage) -> list[datetime]:
    return [at for (at,) in await stage.rows("SELECT starts_at FROM planned_orders ORDER BY starts_at")]


async def test_a_purchase_begins_as_early_as_its_vendor_asks_for_by_now(stage: Stage) -> None:
    await bought(stage, "p")
    await said(stage, terms("bolt", 20))
    assert await starts(stage) == [NOW + 10 * DAY]
    await stage.pass_time(days=10)
    assert len(await stage.told(PurchaseRequested)) == 1
    assert not await stage.told(SupplyLate)


async def test_what_cannot_be_there_any_more_is_late_at_once(stage: Stage) -> None:
    await bought(stage, "p")
    await said(stage, terms("bolt", 45))
    (late,) = await stage.told(SupplyLate)
    assert (late.order_id, late.cause) == ("order-p", "its vendor takes another time to deliver")
    assert late.lines[0].at is not None
    assert late.lines[0].at.date() == (NOW + 47 * DAY).date(), (
        "it was not to begin before the end of its hold"
    )


async def test_where_the_best_terms_end_the_next_ones_say_how_long_it_takes(stage: Stage) -> None:
    await bought(stage, "p")
    await said(stage, replace(terms("bolt", 12), terms_id="second", rank=2))
    assert await starts(stage) == [NOW + 25 * DAY]
    await said(stage, TermsExpired("terms-bolt", "steel-ltd", "bolt", "plant-1"))
    assert await starts(stage) == [NOW + 18 * DAY]


async def test_a_firm_purchase_stays_where_it_is(stage: Stage) -> None:
    await bought(stage, "p")
    await stage.do(commands.FirmOrder(await stage.order_of("bolt"), firm=True))
    await said(stage, terms("bolt", 20))
    assert await starts(stage) == [NOW + 25 * DAY]


async def test_more_than_a_step_holds_is_looked_at_in_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leads, "STEP_ORDERS_COUNT", 1)
    await bought(stage, "p", "q", "r")
    await said(stage, terms("bolt", 20))
    await stage.pass_time(minutes=1)
    assert await starts(stage) == [NOW + 10 * DAY] * 3
