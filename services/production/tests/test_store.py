"""Rows: what is written is what is read, a batch is one statement, and the database itself refuses the impossible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from backbone.errors import NotFound
from contracts.production import CalendarChanged
from contracts.shapes import Shift
from contracts.units import Counted
from contracts.values import Quantity
from production import commands, store
from production.domain.act import Report, Scrap
from production.domain.lots import MadeLot
from production.domain.plant import Calendar
from production.domain.recipe import Recipe
from production.domain.reporting import report
from production.domain.run import Run
from production.domain.scheduling import Booking
from services.production.tests.made import (
    CALENDAR,
    DAY,
    FURNACE,
    NOW,
    asked,
    cracking,
    hardening,
    lot,
    staged,
)
from services.production.tests.stage import Stage, record
from services.production.tests.test_run import running, shop


async def kept(stage: Stage, *runs: Run) -> dict[str, Run]:
    """The runs as they come back from their rows."""
    async with stage.host.begin() as tx:
        await store.add_runs(tx, runs)
    async with stage.host.begin() as tx:
        return await store.lock_runs(tx, (run.run_id for run in runs))


def fresh(run_id: str = "r") -> Run:
    run = running()
    return Run(
        run_id, f"for {run_id}", run.recipe_id, 1, "plant-1", run.runs, run.inputs, run.outputs, NOW, 2, "scheduled",
        "need-1", "lot-9",
    )  # fmt: skip


async def test_a_run_comes_back_as_it_was_written_and_as_it_was_saved(stage: Stage) -> None:
    made = fresh()
    assert (await kept(stage, made))["r"] == made
    run = made.staged(Quantity(10), (lot("in-shaft", "10", 1_000),)).started(NOW)[0]
    run, _ = run.held("no power", NOW)
    run, _ = run.resumed(NOW + DAY)
    run, _, _ = report(run, Report(Quantity(4), scraps=(Scrap("shaft", Quantity(1), "bent"),)), shop())
    async with stage.host.begin() as tx:
        await store.lock_runs(tx, ["r"])
        await store.save_runs(tx, [run])
    async with stage.host.begin() as tx:
        assert (await store.lock_runs(tx, ["r"]))["r"] == run
        assert (await store.lock_runs_of_orders(tx, ["for r", "nothing"])) == {"for r": run}


async def test_a_calendar_of_shifts_comes_back_as_it_was_written(stage: Stage) -> None:
    shifts = (Shift((0, 1, 2, 3), 1320, 1800), Shift((0, 1, 2, 3, 4), 360, 690), Shift((4,), 720, 870))
    calendar = Calendar.of_shifts("shifts", shifts, ("2026-12-24",))
    await stage.do(commands.DefineCalendar(calendar, "pat"))
    async with stage.host.begin() as tx:
        assert await store.load_calendars(tx, ["shifts"]) == {"shifts": calendar}
    (told,) = await stage.told(CalendarChanged)
    assert (told.weekdays, told.opens_at_hour, told.closes_at_hour) == ((0, 1, 2, 3, 4), 6, 30)
    assert set(told.shifts) == set(shifts)


async def test_recipes_calendars_and_centres_come_back_as_they_were_written(stage: Stage) -> None:
    await stage.planted()
    draft = Recipe.drafted("crack", 1, cracking(), author="erik")
    async with stage.host.begin() as tx:
        assert await store.lock_recipe_count(tx, "crack") == 0
        draft = await store.add_recipe_version(tx, draft)
    assert draft.version == 1
    async with stage.host.begin() as tx:
        assert await store.lock_recipe(tx, "crack", 1) == draft
        assert await store.load_recipes(tx, [("crack", 1), ("crack", 2)]) == {("crack", 1): draft}
        assert await store.load_approved(tx, ["crack"]) == {}
        assert await store.load_calendars(tx, ["week", "none"]) == {"week": CALENDAR}
        assert await store.load_work_centres(tx, ["furnace"]) == {"furnace": FURNACE}
        assert await store.lock_work_centres(tx, ["furnace", "none"]) == {"furnace": FURNACE}
        with pytest.raises(NotFound):
            await store.lock_recipe(tx, "crack", 2)
    approved = draft.submitted().approved(by="ava")
    async with stage.host.begin() as tx:
        await store.lock_recipe(tx, "crack", 1)
        approved = await store.save_recipe(tx, approved)
        assert approved.version == 2
        assert await store.load_approved(tx, ["crack"]) == {"crack": approved}


async def test_lots_come_back_as_they_were_written_and_a_known_one_stays(stage: Stage) -> None:
    made = MadeLot(
        "L1", None, "shaft", "plant-1", Quantity(5), "blocked", "need-1", reason="hot", parents=("a", "b")
    )
    other = replace(made, state="scrapped", reason=None)
    async with stage.host.begin() as tx:
        await store.add_lots(tx, [made])
    async with stage.host.begin() as tx:
        await store.add_lots(tx, [other])
    async with stage.host.begin() as tx:
        assert await store.lock_lots(tx, ["L1", "none"]) == {"L1": made}
        proposed, _ = made.disposed("use-as-is", "good enough", by="quinn")
        await store.save_lots(tx, [proposed])
    async with stage.host.begin() as tx:
        assert await store.lock_lots(tx, ["L1"]) == {"L1": proposed}


async def test_bookings_of_a_run_that_is_over_are_gone(stage: Stage) -> None:
    await kept(stage, fresh("r1"), fresh("r2"))
    booking = Booking(10, "furnace", 1, NOW, NOW + DAY)
    async with stage.host.begin() as tx:
        await store.add_bookings(tx, {"r1": (booking,), "r2": (replace(booking, machine_no=2),), "r3": ()})
    async with stage.host.begin() as tx:
        assert len(await store.load_bookings(tx, ["furnace"], NOW)) == 2
        assert await store.load_bookings(tx, ["furnace"], NOW + DAY) == []
        runs = await store.lock_runs(tx, ["r1"])
        await store.save_runs(tx, [runs["r1"].aborted("no", NOW)[0]])
    async with stage.host.begin() as tx:
        assert [each.machine_no for each in await store.load_bookings(tx, ["furnace"], NOW)] == [2]


IMPOSSIBLE = (
    "UPDATE runs SET staged_runs_micro = runs_micro + 1",
    "UPDATE runs SET done_runs_micro = -1",
    "UPDATE lots SET quantity_micro = 0",
    "UPDATE recipe_versions SET approver = author",
    "UPDATE recipe_versions SET approver = NULL",
    "UPDATE bookings SET ends_at = starts_at - interval '1 day'",
    "UPDATE work_centres SET machines = 0",
    "UPDATE calendars SET closes_at_hour = opens_at_hour",
    "UPDATE items SET quantum_micro = 0",
    "INSERT INTO runs SELECT 'other', planned_order_id, recipe_id, recipe_version, site_id, runs_micro, inputs, "
    "outputs, starts_at, ends_at, due_at, priority, state, root_id, rework_lot_id, operations, reason, "
    "staged_runs_micro, done_runs_micro, floor, material_at, late_cause, ended_at, version, told FROM runs",
)


@pytest.mark.parametrize("statement", IMPOSSIBLE)
async def test_the_database_refuses_the_impossible(stage: Stage, statement: str) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    async with stage.host.begin() as tx:
        await store.add_lots(tx, [MadeLot("L1", None, "shaft", "plant-1", Quantity(5), "blocked", "need-1")])
        await store.save_items(tx, {"shaft": Counted("shaft", "piece", Quantity(1))})
    with pytest.raises(IntegrityError):
        async with stage.host.begin() as tx:
            await tx.sql.execute(text(statement))


async def test_round_trips_do_not_grow_with_the_batch(stage: Stage) -> None:
    await stage.opened()
    counts: list[int] = []

    def count(*_: Any) -> None:
        counts[-1] += 1

    engine = stage.host.engine.sync_engine
    event.listen(engine, "after_cursor_execute", count)
    try:
        for start, size in ((0, 2), (10, 20)):
            names = [f"p{number}" for number in range(start, start + size)]
            asks = [record(asked(name, runs="1", inputs="1", outputs="1")) for name in names]
            parts = [record(staged(lot(f"bar {n}", "1"), planned_order_id=n, runs="1")) for n in names]
            for records in (asks, parts):
                counts.append(0)
                await stage.host.hear(records)
    finally:
        event.remove(engine, "after_cursor_execute", count)
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]
    assert len(await stage.rows("SELECT run_id FROM runs WHERE state = 'allowed'")) == 22


async def test_two_drafts_at_once_get_numbers_of_their_own(stage: Stage) -> None:
    await stage.planted()
    first = await stage.do(commands.DraftRecipe("harden", hardening(), "erik"))
    second = await stage.do(commands.DraftRecipe("harden", hardening(title="Harden better"), "eva"))
    assert [first.recipe_version, second.recipe_version] == [1, 2]
