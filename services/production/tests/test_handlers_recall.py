"""A recall stops what takes its lots, is followed through what was made, and is closed when nothing waits."""

from __future__ import annotations

import pytest

from backbone.deadlines import Deadlines
from backbone.errors import Invalid, NotFound
from contracts.production import MaterialConsumed, MaterialProduced, RunHeld
from contracts.recalls import (
    RecallAnswered,
    RecallClosed,
    RecalledDelivery,
    RecalledLot,
    RecallFollowed,
    RecallNotified,
    RecallOpened,
    RecallTicket,
    RecallTraced,
    RecallWidened,
)
from contracts.values import Quantity
from production import commands
from production.domain.act import Abort, End, Report, Resume, Start
from production.domain.lots import Disposition
from production.domain.material import Take
from production.domain.recall import OutcomesMissing, StillTracing
from production.domain.states import WrongState
from services.production.tests.made import asked, lot, staged
from services.production.tests.stage import Stage


async def opened(stage: Stage) -> str:
    """A recall of the vendor's lot that the bars are of."""
    recall = await stage.do(commands.OpenRecall("brittle", (), "heat-1", None, None, "quinn"))
    return str(recall.recall_id)


def traced(recall_id: str, *lots: str, on_hand: str = "500", complete: bool = True) -> RecallTraced:
    found = tuple(
        RecalledLot(each, "shaft", "plant-1", "heat-1", "blocked", Quantity(on_hand), Quantity(0))
        for each in lots
    )
    return RecallTraced(recall_id, "brittle", found, complete)


async def dues(stage: Stage) -> None:
    async def always(seconds: float) -> bool:
        return True

    for _ in range(2):
        await Deadlines(stage.host, always).fire()


async def close(stage: Stage, recall_id: str) -> None:
    await stage.do(commands.CloseRecall(recall_id, "all scrapped", "ava"))


async def test_a_run_that_has_not_begun_gives_recalled_material_back_and_waits_for_other(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    recall_id = await opened(stage)
    await stage.hear(traced(recall_id, "bar"))
    with pytest.raises(WrongState, match="scheduled"):
        await stage.act(Start())
    (followed,) = await stage.told(RecallFollowed)
    assert (followed.lot_ids, followed.run_ids) == (("bar",), (await stage.run(),))
    await stage.hear(staged(lot("other", "500")))
    run = await stage.act(Start(), End(Report()))
    assert run.state == "closed"
    assert [part.lot_id for fact in await stage.told(MaterialConsumed) for part in fact.lots] == ["other"]


async def test_other_material_that_is_staged_before_the_recall_is_heard_is_kept(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    recall_id = await opened(stage)
    await stage.hear(staged(lot("other", "500")))
    await stage.hear(traced(recall_id, "bar"))
    assert (await stage.act(Start(), End(Report()))).state == "closed"
    assert (await stage.told(RecallFollowed))[0].run_ids == ()


async def test_a_run_that_took_some_is_held_and_what_it_makes_of_it_is_blocked_and_called_back(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    ahead = Report(takes=(Take("bar", Quantity(50)),))
    await stage.act(Start(), Report(Quantity(200)), ahead)
    recall_id = await opened(stage)
    await stage.hear(traced(recall_id, "bar", on_hand="250"))
    assert [fact.reason for fact in await stage.told(RunHeld)] == [f"recall {recall_id}: brittle"]
    (widened,) = await stage.told(RecallWidened)
    (first,) = (made.part.lot_id for fact in await stage.told(MaterialProduced) for made in fact.lots)
    assert widened.lot_ids == (first,)
    await stage.hear(traced(recall_id, first, on_hand="200"), staged(lot("other", "300", 30_000)))
    run = await stage.act(Resume(), End(Report()))
    assert run.state == "closed"
    taken = [
        (part.lot_id, part.quantity) for fact in await stage.told(MaterialConsumed) for part in fact.lots
    ]
    assert taken == [("bar", Quantity(200)), ("bar", Quantity(50)), ("other", Quantity(250))]
    last = (await stage.last(MaterialProduced)).lots[0]
    assert last.blocked
    await dues(stage)
    assert (await stage.last(RecallWidened)).lot_ids == (last.part.lot_id,)
    assert await stage.parked() == []


async def test_what_is_made_of_other_material_alone_is_not_blocked(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    await stage.act(Start(), Report(Quantity(200)))
    recall_id = await opened(stage)
    await stage.hear(traced(recall_id, "bar", on_hand="300"), staged(lot("other", "500", 30_000)))
    await stage.act(Resume(), End(Report()))
    (last,) = (await stage.last(MaterialProduced)).lots
    assert (last.blocked, last.parents, last.part.quantity) == (False, ("other",), Quantity(300))
    await dues(stage)
    assert all(last.part.lot_id not in fact.lot_ids for fact in await stage.told(RecallWidened))


async def test_a_recall_is_closed_only_when_each_lot_has_its_outcome_and_each_customer_an_answer(
    stage: Stage,
) -> None:
    await stage.opened()
    recall_id = await opened(stage)
    with pytest.raises(StillTracing):
        await close(stage, recall_id)
    await stage.hear(traced(recall_id, "bar"), traced(recall_id, "gone", on_hand="0"))
    with pytest.raises(StillTracing):
        await close(stage, recall_id)
    ticket = RecallTicket("t1", "c1", "o1", (RecalledDelivery("gone", Quantity(3)),))
    await stage.hear(RecallNotified(recall_id, ("bar", "gone"), (ticket,)))
    with pytest.raises(OutcomesMissing, match="lot bar, ticket t1"):
        await close(stage, recall_id)
    await stage.do(commands.DisposeLot("bar", "scrap", "brittle", "quinn", None))
    with pytest.raises(OutcomesMissing, match="for ticket t1"):
        await close(stage, recall_id)
    await stage.hear(RecallAnswered(recall_id, "t1", "sent others"))
    await stage.hear(RecallAnswered(recall_id, "t1", None))
    with pytest.raises(OutcomesMissing):
        await close(stage, recall_id)
    await stage.hear(RecallAnswered(recall_id, "t1", "sent others and a credit"))
    await close(stage, recall_id)
    assert await stage.told(RecallClosed) == [RecallClosed(recall_id, "ava", "all scrapped")]
    with pytest.raises(WrongState, match="closed already"):
        await close(stage, recall_id)
    with pytest.raises(NotFound):
        await close(stage, "none")


async def test_a_recall_begins_at_lots_a_vendors_lot_or_a_run(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    run_id = await stage.run()
    for lot_ids, vendor_lot, cause in (((), None, None), (("a",), "heat-1", None), ((), "heat-1", run_id)):
        with pytest.raises(Invalid):
            await stage.do(commands.OpenRecall("brittle", lot_ids, vendor_lot, None, cause, "quinn"))
    with pytest.raises(Invalid, match="nothing to call back"):
        await stage.do(commands.OpenRecall("hot", (), None, None, run_id, "quinn"))
    with pytest.raises(NotFound):
        await stage.do(commands.OpenRecall("hot", (), None, None, "none", "quinn"))
    await stage.act(Start(), End(Report()))
    (made,) = (await stage.last(MaterialProduced)).lots
    await stage.do(commands.OpenRecall("hot", (), None, None, run_id, "quinn"))
    assert (await stage.last(RecallOpened)).lot_ids == (made.part.lot_id,)
    await stage.do(commands.OpenRecall("hot", (made.part.lot_id, "bought"), None, None, None, "quinn"))
    fact = await stage.last(RecallOpened)
    assert (fact.lot_ids, fact.other_lot_ids) == ((made.part.lot_id,), ("bought",))


async def test_facts_of_a_recall_in_any_order_lead_to_the_same(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    recall_id = await opened(stage)
    ticket = RecallTicket("t1", "c1", "o1", (RecalledDelivery("bar", Quantity(3)),))
    await stage.hear(RecallNotified(recall_id, ("bar",), (ticket,)), RecallAnswered(recall_id, "t1", "told"))
    await stage.hear(RecallNotified("unknown", (), ()))
    await stage.hear(traced(recall_id, "bar"), traced(recall_id, "bar"))
    assert [wait for *_, wait in await stage.parked()] == ["unknown"]
    assert await stage.rows("SELECT state FROM lots WHERE lot_id = 'bar'") == [("blocked",)]
    await stage.act(Abort("no other material"))
    await stage.do(commands.DisposeLot("bar", "scrap", "brittle", "quinn", None))
    await close(stage, recall_id)


@pytest.mark.parametrize("decision", ["rework", "release"])
async def test_what_is_made_of_a_lot_that_was_decided_on_keeps_no_recall_open(
    stage: Stage, decision: Disposition
) -> None:
    await stage.opened()
    recall_id = await opened(stage)
    await stage.hear(traced(recall_id, "bar"), RecallNotified(recall_id, ("bar",), ()))
    recipe_id = "harden" if decision == "rework" else None
    await stage.do(commands.DisposeLot("bar", decision, "soft, not brittle", "quinn", recipe_id))
    rework = "bar" if decision == "rework" else None
    await stage.hear(asked(rework_lot_id=rework), staged(lot("bar", "500")))
    await stage.act(Start(), Report(Quantity(200)))
    await dues(stage)
    if decision == "rework":
        await stage.act(End(Report(), "nothing", "the furnace broke"))
        await stage.do(commands.DisposeLot("bar", "scrap", "not worth it", "quinn", None))
    await close(stage, recall_id)
    assert [fact.recall_id for fact in await stage.told(RecallClosed)] == [recall_id]


async def test_a_run_that_is_named_is_held_if_it_is_at_work_and_goes_on_when_a_person_says_so(
    stage: Stage,
) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    await stage.act(Start(), Report(Quantity(200)))
    run_id = await stage.run()
    recall = await stage.do(commands.OpenRecall("cracked", (), None, None, run_id, "quinn"))
    (opened_,) = await stage.told(RecallOpened)
    assert len(opened_.lot_ids) == 1
    (held,) = await stage.told(RunHeld)
    assert (held.run_id, held.reason) == (run_id, f"recall {recall.recall_id}: cracked")
    with pytest.raises(WrongState, match="held"):
        await stage.act(Report(Quantity(100)))
    again = await stage.do(commands.OpenRecall("cracked, too", (), None, None, run_id, "quinn"))
    assert again.state == "tracing"
    assert len(await stage.told(RunHeld)) == 1, "it stands still already"
    assert (await stage.act(Resume(), End(Report()))).state == "closed"
    await stage.do(commands.OpenRecall("all of it", (), None, None, run_id, "quinn"))
    assert len((await stage.told(RecallOpened))[-1].lot_ids) == 2, "what is over is called back as it was"
