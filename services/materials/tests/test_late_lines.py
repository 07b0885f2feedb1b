"""Lines that are late take what becomes free, whatever frees it; what was to come for them is given back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.materials import GoodsReady, SupplyRecovered
from contracts.production import LotDisposed, LotInspected
from materials import commands
from materials.domain.dates import ALWAYS
from materials.domain.what_if import OtherDemand, Supposition
from materials.handlers import deciding
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    ask,
    cancelled,
    issued,
    line,
    part,
    placed,
    terms,
)
from services.materials.tests.stage import Stage


async def waiting(stage: Stage, name: str, quantity: str = "10", **changes: Any) -> str:
    """An order of gears whose purchase its vendor has promised for a month too late; the purchase."""
    asked = replace(ask(name, line("gear", quantity, days=30)), **changes)
    await stage.hear(asked, replace(placed(asked), **changes))
    purchase = await stage.order_of("gear")
    await stage.do(commands.ReleaseOrder(purchase, by_hand=True))
    await stage.hear(issued(purchase, "gear", quantity))
    await stage.hear(acknowledged(purchase, "gear", quantity, NOW + 60 * DAY))
    return purchase


async def recovered(stage: Stage) -> list[str]:
    """The orders that are in time again, as it was told."""
    return [each.order_id for each in await stage.told(SupplyRecovered)]


async def asked_for(stage: Stage) -> list[tuple[str, str]]:
    """What planners are asked to do, and about which state of which supply."""
    rows = await stage.rows(
        "SELECT kind, action_messages.planned_order_id FROM action_messages WHERE state = 'open' ORDER BY 1"
    )
    return [(kind, key) for kind, key in rows]


async def test_what_a_cancelled_order_had_goes_to_a_line_that_is_late(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10")
    first = ask("first", line("gear", "10", days=30))
    await stage.hear(first, placed(first))
    purchase = await waiting(stage, "late")
    assert await asked_for(stage) == [("expedite", purchase)]
    await stage.hear(cancelled(placed(first)))
    assert await stage.balances() == {("L", "main"): ("10", "10")}
    assert await recovered(stage) == ["order-late"]
    assert (await stage.last(GoodsReady)).order_id == "order-late"
    assert await asked_for(stage) == [("cancel", purchase)], "what nobody needs is not wanted sooner"


async def test_what_a_hold_kept_or_somebody_released_or_booked_in_goes_there_first(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("held", "gear", "10")
    await stage.hear(ask("hold", line("gear", "10", days=40)))
    await stage.do(commands.BookLot("plant-1", part("blocked", "gear", "10")))
    await stage.hear(LotInspected("blocked", "gear", None, passed=False, properties=()))
    for name in ("late-1", "late-2", "late-3"):
        await waiting(stage, name)
    assert await recovered(stage) == []
    await stage.pass_time(days=3)
    assert await recovered(stage) == ["order-late-1"]
    await stage.hear(LotDisposed("blocked", "gear", "plant-1", "release", "measured again", "quinn"))
    assert await recovered(stage) == ["order-late-1", "order-late-2"]
    await stage.stock("found", "gear", "12")
    assert await recovered(stage) == ["order-late-1", "order-late-2", "order-late-3"]
    assert (await stage.balances())["found", "main"] == ("12", "10")


async def test_who_is_served_first_takes_it_and_the_next_one_takes_the_rest(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await waiting(stage, "usual", "10", priority=2)
    await waiting(stage, "urgent", "6", priority=1)
    await stage.stock("L", "gear", "10")
    assert await recovered(stage) == ["order-urgent"]
    pegs = await stage.rows(
        "SELECT split_part(demand_id, '/', 1), quantity_micro / 1000000 FROM pegs WHERE supply_id = 'L' ORDER BY 1"
    )
    assert pegs == [("urgent", 6), ("usual", 4)]
    assert [kind for kind, _ in await asked_for(stage)] == ["cancel", "decrease", "expedite"]


async def test_more_late_lines_than_a_step_holds_are_offered_what_is_free_in_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "LATE_COUNT_MAX", 2)
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    names = [f"late-{number}" for number in range(5)]
    for name in names:
        await waiting(stage, name)
    await stage.stock("found", "gear", "45")
    assert sorted(await recovered(stage)) == [f"order-{name}" for name in names[:2]]
    for _ in range(2):
        await stage.pass_time(minutes=1)
    assert sorted(await recovered(stage)) == [f"order-{name}" for name in names[:4]], "five pieces are no ten"
    assert await stage.balances() == {("found", "main"): ("45", "45")}, "but some"
    assert await stage.rows("SELECT key FROM due WHERE kind = 'late-step'") == []


async def test_what_if_says_who_would_be_in_time_by_what_becomes_free(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10")
    first = ask("first", line("gear", "10", days=30))
    await stage.hear(first, placed(first))
    await waiting(stage, "late")
    ((key,),) = await stage.rows("SELECT demand_id FROM demands WHERE order_id = 'order-first'")
    less = OtherDemand(key, 0, None)
    found = await stage.do(commands.TryChanges(Supposition(demands=(less,))))
    assert [each.now_at for each in found.demands if each.order_id == "order-late"] == [ALWAYS]
    assert await recovered(stage) == [], "nothing of it is kept"
