"""Lots that turn out bad go back from the runs they lay ready for; what a rework leaves is decided on again."""

from __future__ import annotations

import pytest

from backbone.errors import Invalid
from contracts.production import MaterialConsumed
from contracts.recalls import RecalledLot, RecallTraced
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine
from production import commands
from production.domain.act import End, Report, Start
from production.domain.states import WrongState
from services.production.tests.made import asked, lot, staged
from services.production.tests.stage import Stage


async def lying(stage: Stage, quantity: str = "500") -> None:
    """A lot that was inspected lies ready for the run of p1."""
    await stage.opened()
    line = ReceivedLine("l1", "p0", "plant-1", (lot("bar", quantity),), complete=True, inspect=True)
    await stage.hear(GoodsReceived("po", "forge", "external", "r1", (line,)))
    await stage.do(commands.InspectLot("bar", passed=True, properties=()))
    await stage.hear(asked(), staged(lot("bar", quantity)))


async def test_a_lot_that_fails_while_it_lies_ready_is_not_consumed(stage: Stage) -> None:
    await lying(stage)
    await stage.do(commands.InspectLot("bar", passed=False, properties=()))
    with pytest.raises(WrongState, match="scheduled"):
        await stage.act(Start())
    await stage.hear(staged(lot("other", "500")))
    await stage.act(Start(), End(Report()))
    taken = [part.lot_id for fact in await stage.told(MaterialConsumed) for part in fact.lots]
    assert taken == ["other"]


async def test_what_was_staged_before_a_lot_failed_and_is_heard_after_it_is_no_leave_to_begin(
    stage: Stage,
) -> None:
    await lying(stage)
    await stage.hear(asked("p2"))
    await stage.do(commands.InspectLot("bar", passed=False, properties=()))
    await stage.hear(staged(lot("bar", "500"), planned_order_id="p2"))
    assert await stage.rows("SELECT DISTINCT state, staged_runs_micro FROM runs") == [("scheduled", 0)]
    assert await stage.parked() == []


async def test_a_run_that_took_some_of_a_lot_that_fails_goes_on_with_other_material(stage: Stage) -> None:
    await lying(stage)
    await stage.act(Start(), Report(Quantity(200)))
    await stage.do(commands.InspectLot("bar", passed=False, properties=()))
    with pytest.raises(Invalid, match="no report of this run"):
        await stage.act(Report(Quantity(100)))
    await stage.hear(staged(lot("other", "300")))
    assert (await stage.act(End(Report()))).state == "closed"
    taken = [
        (part.lot_id, part.quantity) for fact in await stage.told(MaterialConsumed) for part in fact.lots
    ]
    assert taken == [("bar", Quantity(200)), ("other", Quantity(300))]
    entries = await stage.rows("SELECT entry FROM run_entries")
    assert sum("lot bar" in entry and "went back" in entry for (entry,) in entries) == 1


async def test_recalled_lots_that_were_staged_before_and_are_heard_of_later_are_not_taken(
    stage: Stage,
) -> None:
    await stage.opened()
    recall = await stage.do(commands.OpenRecall("brittle", (), "heat-1", None, None, "quinn"))
    reached = RecalledLot("bar", "shaft", "plant-1", "heat-1", "blocked", Quantity(500), Quantity(0))
    await stage.hear(asked(), RecallTraced(recall.recall_id, "brittle", (reached,), complete=True))
    await stage.hear(staged(lot("bar", "500")))
    with pytest.raises(WrongState, match="scheduled"):
        await stage.act(Start())
