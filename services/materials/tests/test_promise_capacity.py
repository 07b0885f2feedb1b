"""Promises within the capacity of work centres: the last free day is given once, and who gets none is told why."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.materials import PromiseOffered, PromiseRefused, RunRequested
from contracts.orders import PromiseWithdrawn
from contracts.production import (
    CalendarChanged,
    RecipeApproved,
    RunScheduled,
    ScheduledOperation,
    WorkCentreDefined,
)
from contracts.recipes import Operation
from contracts.shapes import Shift
from contracts.values import ZERO, Quantity
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.stage import Stage, record

# Eight hours on every weekday; one machine makes a gear in eight hours.
SHIFT = CalendarChanged("shift", (0, 1, 2, 3, 4), 8, 16)


def centre(machines: int = 1) -> WorkCentreDefined:
    return WorkCentreDefined(
        "wc-1", "plant-1", "the work", "shift", machines, 0, 0, Quantity(0).decimal, "EUR"
    )


def gears(**changes: Any) -> RecipeApproved:
    """A gear a run, of nothing, in a day."""
    step = Operation(10, "work", "wc-1", ZERO, Quantity(480), 1, Quantity(1))
    return replace(recipe("cut", {}, {"gear": "1"}, lead_days=1, **changes), operations=(step,))


async def opened(stage: Stage, machines: int = 1) -> None:
    await stage.opened("gear", "gearbox")
    await stage.hear(SHIFT, centre(machines))
    await stage.hear(gears())


async def loads(stage: Stage) -> list[tuple[str, int]]:
    """Minutes of the work centre by day, which are what is taken of it."""
    rows = await stage.rows("SELECT day, sum(load_micro) FROM loads GROUP BY day ORDER BY day")
    assert rows == await stage.rows(
        "SELECT day, load_micro FROM taken_days WHERE load_micro <> 0 ORDER BY day"
    )
    return [(day, int(micro) // 1_000_000) for day, micro in rows]


async def dates(stage: Stage) -> list[str]:
    """The days that were promised, in order."""
    return sorted(
        step.at.date().isoformat() for each in await stage.told(PromiseOffered) for step in each.steps
    )


async def test_twenty_who_ask_at_once_share_the_days_of_a_work_centre_one_each(stage: Stage) -> None:
    await opened(stage)
    asks = [ask(f"p{number}", line("gear", "1", 4)) for number in range(20)]
    await asyncio.gather(*(stage.host.hear([record(each)]) for each in asks))
    found = await loads(stage)
    assert len(found) == 20, "a day each"
    assert {minutes for _, minutes in found} == {480}
    assert all(datetime.fromisoformat(day).weekday() < 5 for day, _ in found)
    promised = await dates(stage)
    assert promised[:2] == ["2026-03-06", "2026-03-06"], "wednesday and thursday are free after the hold"
    assert len(set(promised[2:])) == 18, "nobody else gets a day that is given away"
    await stage.books_are_whole()


async def test_who_finds_the_work_centre_full_gets_the_next_day_and_the_reason(stage: Stage) -> None:
    await opened(stage)
    await stage.hear(ask("p", line("gear", "2", 4)))
    await stage.hear(ask("q", line("gear", "1", 4)))
    offered = await stage.last(PromiseOffered)
    assert [step.at.date().isoformat() for step in offered.steps] == ["2026-03-07"], "made on friday"
    assert offered.reasons[0] == "capacity of wc-1 at plant-1 for gear"


async def test_two_machines_make_two_a_day_and_no_run_is_on_both(stage: Stage) -> None:
    await opened(stage, machines=2)
    await stage.hear(ask("p", line("gear", "2", 30)))
    assert await loads(stage) == [("2026-03-30", 480), ("2026-03-31", 480)], "one machine, two days"
    await stage.hear(ask("q", line("gear", "2", 30)))
    assert await loads(stage) == [("2026-03-30", 960), ("2026-03-31", 960)]


async def test_what_is_let_go_gives_its_days_back(stage: Stage) -> None:
    await opened(stage)
    asked = ask("p", line("gear", "3", 30))
    await stage.hear(asked)
    assert len(await loads(stage)) == 3
    await stage.hear(PromiseWithdrawn("p", asked.need_id, "changed"))
    assert await loads(stage) == []
    await stage.hear(ask("q", line("gear", "3", 30)))
    await stage.pass_time(days=3)
    assert await loads(stage) == [], "a hold that ends gives them back, too"


async def test_the_schedule_of_a_run_replaces_what_was_planned_of_it(stage: Stage) -> None:
    await opened(stage)
    asked = ask("p", line("gear", "1", 4))
    await stage.hear(asked, placed(asked))
    key = await stage.order_of("gear")
    assert await loads(stage) == [("2026-03-05", 480)]
    await stage.pass_time(days=3)
    assert await stage.told(RunRequested), "its time has come"
    starts = datetime(2026, 3, 10, 8, tzinfo=UTC)
    step = ScheduledOperation(10, "wc-1", starts, starts + timedelta(hours=8), Quantity(480))
    await stage.hear(RunScheduled("run", key, (step,), starts, starts + timedelta(hours=8)))
    assert await loads(stage) == [("2026-03-10", 480)]
    await stage.hear(ask("q", line("gear", "1", 9), hold_until=NOW + 4 * DAY))
    assert await loads(stage) == [("2026-03-09", 480), ("2026-03-10", 480)], "the day before is free"


async def test_inputs_that_come_late_move_the_run_to_the_next_free_day(stage: Stage) -> None:
    await opened(stage)
    await stage.hear(terms("steel", 10))
    await stage.opened("steel", "shaft")
    step = Operation(10, "turn", "wc-1", ZERO, Quantity(480), 1, Quantity(1))
    turning = replace(recipe("turn", {"steel": "1"}, {"shaft": "1"}, lead_days=1), operations=(step,))
    await stage.hear(turning)
    await stage.hear(ask("p", line("gear", "1", 15)))
    assert await loads(stage) == [("2026-03-16", 480)]
    await stage.hear(ask("q", line("shaft", "1", 4), hold_until=NOW + 4 * DAY))
    offered = await stage.last(PromiseOffered)
    assert [at.at.date().isoformat() for at in offered.steps] == ["2026-03-18"], "monday is taken: tuesday"
    assert await loads(stage) == [("2026-03-16", 480), ("2026-03-17", 480)]


async def test_a_work_centre_of_which_nothing_is_known_is_not_limited(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(gears())
    for name in ("p", "q", "r"):
        await stage.hear(ask(name, line("gear", "5", 4)))
    assert await dates(stage) == ["2026-03-06"] * 3
    assert await loads(stage) == []


@pytest.mark.parametrize("quantity", ["400"])
async def test_what_no_work_centre_can_make_within_a_year_is_refused(stage: Stage, quantity: str) -> None:
    await opened(stage)
    await stage.hear(ask("p", line("gear", quantity, 30)))
    assert (await stage.last(PromiseRefused)).reason == (
        "nothing supplies gear at plant-1; capacity of wc-1 at plant-1 for gear"
    )
    assert await loads(stage) == []


async def test_a_day_of_a_calendar_of_shifts_has_what_its_days_have_on_average(stage: Stage) -> None:
    shifts = (Shift((0, 1, 2, 3), 360, 840), Shift((0, 1, 2, 3), 870, 1_320), Shift((4,), 360, 720))
    await stage.hear(CalendarChanged("shift", (0, 1, 2, 3, 4), 6, 22, (), shifts))
    assert await stage.rows("SELECT day_minutes FROM calendars") == [((4 * (480 + 450) + 360) // 5,)]
