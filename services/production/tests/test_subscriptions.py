"""Facts of others: each heard again and again, late, early, doubled by meaning, or no longer wanted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

from backbone.wire import Incoming
from contracts.materials import ItemDefined, RunRequested
from contracts.production import LotInspected, MaterialConsumed, MaterialProduced, RunRefused, RunScheduled
from contracts.service_desk import DeliveredLine, HandOverRefused
from contracts.shapes import ItemPart
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, GoodsReturned, ReceivedLine
from production import commands
from production.domain.act import Abort, End, Report, Start
from production.subscriptions import on_goods_received
from services.production.tests.made import DAY, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage, record


def received(*lots: str, kind: str = "external", inspect: bool = True, quantity: str = "5") -> GoodsReceived:
    parts = tuple(lot(lot_id, quantity) for lot_id in lots)
    line = ReceivedLine("l1", "p1", "plant-1", parts, complete=True, inspect=inspect)
    return GoodsReceived("po", "forge", "internal" if kind == "internal" else "external", "r1", (line,))


def returned(lot_id: str, quantity: str) -> GoodsReturned:
    return GoodsReturned(
        "po",
        "l1",
        "p1",
        "forge",
        "plant-1",
        "back-1",
        (lot(lot_id, quantity),),
        replacement=False,
        reason="porous",
    )


async def snapshot(stage: Stage) -> list[object]:
    """All that production keeps and has told."""
    tables = (
        "runs",
        "bookings",
        "lots",
        "items",
        "recipes",
        "recipe_versions",
        "calendars",
        "work_centre_rates",
        "work_centres",
    )
    kept = [await stage.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    return [*kept, await stage.all_told(), await stage.parked()]


async def test_each_fact_heard_five_times_more_changes_nothing(stage: Stage) -> None:
    await stage.opened()
    facts = (
        ItemDefined("shaft", "Shaft", "piece", Quantity(1)),
        asked(),
        staged(lot("bar", "500")),
        received("A", "B"),
        returned("B", "5"),
    )
    records: list[Incoming] = [record(fact) for fact in facts]
    await stage.host.hear(records)
    before = await snapshot(stage)
    for each in records:
        for _ in range(5):
            await stage.host.hear([each])
    await stage.host.hear(records * 5)
    assert await snapshot(stage) == before
    assert await stage.parked() == []


async def test_a_run_that_is_asked_for_again_in_other_words_keeps_its_place(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    await stage.hear(asked(runs="900", due_at=NOW + 30 * DAY))
    first, second = await stage.told(RunScheduled)
    assert first == second
    assert len(await stage.rows("SELECT run_id FROM runs")) == 1
    assert len(await stage.rows("SELECT run_id FROM bookings")) == 1


async def test_a_refused_run_is_refused_for_good(stage: Stage) -> None:
    await stage.hear(asked())
    await stage.opened()
    await stage.hear(asked())
    first, second = await stage.told(RunRefused)
    assert first == second
    await stage.hear(staged(lot("bar", "500")))
    assert await stage.rows("SELECT state, staged_runs_micro FROM runs") == [("refused", 0)]


async def test_runs_that_cannot_begin_are_refused_with_their_reasons(stage: Stage) -> None:
    await stage.opened()
    await stage.opened(hardening(phantom=True), "phantom")
    await stage.opened(hardening(effective_to=NOW + DAY), "old")
    await stage.opened(recipe_id="gone")
    await stage.do(commands.RetireRecipe("gone", 1))
    await stage.do(commands.DraftRecipe("draft", hardening(), "erik"))
    await stage.hear(
        *(asked(name, recipe_id=name) for name in ("phantom", "old", "gone", "draft", "nothing")),
        asked("elsewhere", site_id="plant-2"),
        asked("empty", runs="0"),
        asked("endless", runs="900000", inputs="900000", outputs="900000"),
    )
    reasons = {fact.planned_order_id: fact.reason for fact in await stage.told(RunRefused)}
    assert reasons == {
        "phantom": "recipe phantom version 1 is a phantom: it is part of others and never runs by itself",
        "old": "recipe old version 1 is not in force on 2026-03-10",
        "gone": "recipe gone version 1 is retired",
        "draft": "recipe draft version 1 is draft",
        "nothing": "no version 1 of recipe nothing",
        "empty": "a run is more than nothing",
        "elsewhere": "recipe harden version 1 is run at plant-1",
        "endless": "the work does not fit into the 366 days from 2026-03-10",
    }
    assert await stage.rows("SELECT run_id FROM bookings") == []


async def test_runs_of_one_batch_and_of_later_ones_share_the_machine(stage: Stage) -> None:
    await stage.opened()
    requests = [asked(f"p{number}") for number in range(4)]
    await stage.hear(*requests[:2])
    await stage.hear(*requests[2:])
    places = sorted((fact.starts_at, fact.ends_at) for fact in await stage.told(RunScheduled))
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert max(ends for _, ends in places) <= NOW + 10 * DAY


async def test_an_aborted_run_gives_its_machine_back(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked("p1"))
    await stage.act(Abort("not wanted"))
    assert await stage.rows("SELECT run_id FROM bookings") == []
    await stage.hear(asked("p2"))
    first, second = await stage.told(RunScheduled)
    assert (first.starts_at, first.ends_at) == (second.starts_at, second.ends_at)


async def test_goods_that_are_not_inspected_are_no_business_of_production(stage: Stage) -> None:
    assert on_goods_received(received("A", inspect=False)) is None
    await stage.hear(received("A", inspect=False))
    assert await stage.rows("SELECT lot_id FROM lots") == []


async def test_goods_that_went_back_are_not_inspected_and_a_part_leaves_the_rest(stage: Stage) -> None:
    await stage.hear(received("A", "B"), returned("A", "5"), returned("B", "2"), returned("C", "1"))
    assert await stage.rows("SELECT lot_id, state, quantity_micro FROM lots ORDER BY 1") == [
        ("A", "returned", 5_000_000),
        ("B", "in-inspection", 3_000_000),
    ]


async def test_a_lot_of_another_site_of_ours_is_inspected_where_it_arrives(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start(), End(Report()))
    (made,) = (await stage.last(MaterialProduced)).lots
    await stage.hear(received(made.part.lot_id, kind="internal", quantity="500"))
    assert await stage.rows("SELECT state FROM lots") == [("in-inspection",)]
    await stage.do(commands.InspectLot(made.part.lot_id, passed=True, properties=()))
    assert (await stage.last(LotInspected)).run_id is None
    await stage.hear(received(made.part.lot_id, quantity="500"))
    assert await stage.rows("SELECT state FROM lots") == [("good",)]


async def test_facts_of_a_run_carry_the_need_that_they_began_with(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")), correlation="need-7")
    await stage.act(Start(), End(Report()))
    rows = await stage.rows("SELECT headers FROM outbox WHERE topic = 'production.run.v1'")
    assert len(rows) >= 5
    assert all("need-7" in str(row) for row in rows)


async def test_what_an_item_is_counted_in_follows_the_last_word(stage: Stage) -> None:
    await stage.hear(
        ItemDefined("shaft", "Shaft", "piece", Quantity(1)),
        ItemDefined("shaft", "Shaft", "kg", Quantity("0.5")),
    )
    assert await stage.rows("SELECT sku, quantum_micro FROM items") == [("shaft", 500_000)]


async def test_two_machines_that_plan_at_once_do_not_book_the_same_hour(stage: Stage) -> None:
    await stage.opened()
    requests: list[RunRequested] = [asked(f"p{number}") for number in range(6)]
    await asyncio.gather(*(stage.host.hear([record(each)]) for each in requests))
    places = sorted((fact.starts_at, fact.ends_at) for fact in await stage.told(RunScheduled))
    assert len(places) == len(requests)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


async def test_an_ask_that_names_no_need_takes_the_one_of_whom_it_serves(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), correlation=None)
    assert await stage.rows("SELECT root_id FROM runs") == [("need-1",)]


async def test_a_rework_run_names_its_lot_and_says_so_when_it_takes_it(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(
        asked(rework_lot_id="bar", inputs="500", starts_at=NOW, due_at=NOW + timedelta(days=3)),
        staged(lot("bar", "500")),
    )
    run = await stage.act(Start(), End(Report()))
    assert run.rework_lot_id == "bar"
    assert run.inputs == (ItemPart("shaft", Quantity(500)),)
    assert [fact.rework for fact in await stage.told(MaterialConsumed)] == [True]


async def test_a_run_whose_material_comes_too_late_gets_the_next_free_place_and_says_so(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked("p1"), asked("p2", due_at=NOW + 30 * DAY))
    first, other = await stage.told(RunScheduled)
    stage.clock.advance(first.ends_at + timedelta(hours=2))
    await stage.hear(staged(lot("bar", "500")))
    again = await stage.last(RunScheduled)
    assert (again.run_id, again.planned_order_id) == (first.run_id, "p1")
    assert again.starts_at >= stage.clock.now()
    assert await stage.rows("SELECT starts_at, ends_at FROM bookings WHERE run_id = :r", r=first.run_id) == [
        (again.starts_at, again.ends_at)
    ]
    assert (again.ends_at <= other.starts_at) or (again.starts_at >= other.ends_at)
    run = await stage.act(Start(), End(Report()))
    assert (run.starts_at, run.state) == (again.starts_at, "closed")


async def test_a_run_whose_material_comes_in_time_keeps_its_place(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    (first,) = await stage.told(RunScheduled)
    stage.clock.advance(first.starts_at + timedelta(minutes=30))
    await stage.hear(staged(lot("bar", "500")))
    assert await stage.told(RunScheduled) == [first]


async def test_what_a_client_did_not_take_waits_for_an_inspection_and_a_blocked_lot_stays_so(
    stage: Stage,
) -> None:
    lines = (DeliveredLine("L1", (lot("bar", "3"),)),)
    await stage.hear(HandOverRefused("v1", "o1", "plant-1", lines, "scratched"))
    assert await stage.rows("SELECT lot_id, state, quantity_micro FROM lots") == [
        ("bar", "in-inspection", 3_000_000)
    ]
    await stage.do(commands.InspectLot("bar", False, ()))
    assert await stage.rows("SELECT state FROM lots") == [("blocked",)]
    await stage.hear(HandOverRefused("v2", "o2", "plant-1", lines, "scratched"))
    assert await stage.rows("SELECT state FROM lots") == [("blocked",)]
