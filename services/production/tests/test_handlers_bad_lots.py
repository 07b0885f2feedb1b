"""Lots that turn out bad go back from the runs they lay ready for; what a rework leaves is decided on again."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy import text

from backbone.errors import Invalid
from contracts.answers import ActionMessageAccepted
from contracts.production import LotDisposed, MaterialConsumed, MaterialProduced, RunRefused
from contracts.recalls import RecalledLot, RecallTraced
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine
from production import commands
from production.domain.act import Abort, Act, End, Measure, Reading, Report, Start
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


async def reworking(stage: Stage) -> str:
    """The run that is to put a blocked lot of 500 shafts right, with the lot lying ready."""
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start(), Measure((Reading(10, "temperature", Quantity(900)),)), End(Report()))
    made = (await stage.told(MaterialProduced))[0].lots[0].part
    await stage.do(commands.DisposeLot(made.lot_id, "rework", "too soft", "quinn", "harden"))
    await stage.hear(asked("p2", rework_lot_id=made.lot_id), staged(made, planned_order_id="p2"))
    return await stage.run("p2")


async def lot_of(stage: Stage) -> tuple[str, str]:
    """The id of the lot that was made first, and its state."""
    ((lot_id, state),) = await stage.rows("SELECT lot_id, state FROM lots ORDER BY lot_id LIMIT 1")
    return lot_id, state


async def act(stage: Stage, run_id: str, *acts: Act) -> None:
    for each in acts:
        await stage.do(commands.ActOnRun(run_id, each, "olga"))


@pytest.mark.parametrize(
    "acts",
    [(Abort("no gas"),), (Start(), Report(Quantity(200)), End(Report(), "nothing", "the furnace broke"))],
    ids=["given up", "ended with a part of it"],
)
async def test_what_a_rework_leaves_of_its_lot_is_decided_on_again(
    stage: Stage, acts: tuple[Act, ...]
) -> None:
    run_id = await reworking(stage)
    await act(stage, run_id, *acts)
    lot_id, state = await lot_of(stage)
    assert state == "blocked"
    await stage.do(commands.DisposeLot(lot_id, "scrap", "not worth it", "quinn", None))
    assert [fact.disposition for fact in await stage.told(LotDisposed)] == ["rework", "scrap"]


async def test_a_lot_of_which_a_rework_took_all_is_decided_on(stage: Stage) -> None:
    run_id = await reworking(stage)
    await act(stage, run_id, Start(), End(Report()))
    assert (await lot_of(stage))[1] == "reworked"


async def test_what_a_part_of_a_rework_leaves_waits_until_the_other_part_is_over(stage: Stage) -> None:
    run_id = await reworking(stage)
    parted = await stage.do(commands.SplitRun(run_id, Quantity(100), "olga"))
    await act(stage, run_id, Abort("no gas"))
    assert (await lot_of(stage))[1] == "reworked"
    await act(stage, parted.others[0].run_id, Start(), End(Report()))
    lot_id, state = await lot_of(stage)
    assert state == "blocked"
    await stage.do(commands.DisposeLot(lot_id, "rework", "once more", "quinn", "harden"))
    again = lot(lot_id, "400")
    await stage.hear(
        asked("p3", "400", rework_lot_id=lot_id), staged(again, planned_order_id="p3", runs="400")
    )
    await act(stage, await stage.run("p3"), Start(), End(Report()))
    assert (await lot_of(stage))[1] == "reworked"


async def test_a_lot_whose_rework_is_cancelled_or_has_no_place_is_decided_on_again(stage: Stage) -> None:
    await reworking(stage)
    await stage.hear(ActionMessageAccepted("p2", "cancel", Quantity(500), None))
    lot_id, state = await lot_of(stage)
    assert state == "blocked"
    await stage.do(commands.DisposeLot(lot_id, "rework", "once more", "quinn", "harden"))
    await stage.do(commands.RetireRecipe("harden", 1))
    await stage.hear(asked("p3", rework_lot_id=lot_id))
    assert [fact.planned_order_id for fact in await stage.told(RunRefused)] == ["p3"]
    assert (await lot_of(stage))[1] == "blocked"


async def test_lots_that_reworks_left_before_wait_for_a_decision_after_the_migration(stage: Stage) -> None:
    run_id = await reworking(stage)
    await act(stage, run_id, Abort("no gas"))
    migration = import_module("production.migrations.0018_reworks_left")
    async with stage.host.engine.begin() as sql:
        await sql.execute(text("UPDATE lots SET state = 'reworked'"))
        await sql.execute(text(migration.LOTS))
    assert (await lot_of(stage))[1] == "blocked"
