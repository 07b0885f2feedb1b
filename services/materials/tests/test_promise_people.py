"""Promises within the people that operations ask for by their skill, whatever machines there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contracts.crews import CrewDefined
from contracts.materials import PromiseOffered, PromiseRefused
from contracts.production import CalendarChanged, RecipeApproved, RunScheduled, ScheduledOperation
from contracts.recipes import Operation
from contracts.values import ZERO, Quantity
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe
from services.materials.tests.stage import Stage
from services.materials.tests.test_promise_capacity import SHIFT, centre

ROUND_THE_CLOCK = CalendarChanged("always", (0, 1, 2, 3, 4, 5, 6), 0, 24)
MINUTE_MICRO = 1_000_000


def crew(crew_id: str, people: int, calendar_id: str = "shift", skill: str = "hardening") -> CrewDefined:
    return CrewDefined(crew_id, "plant-1", crew_id, skill, people, calendar_id)


def gears(minutes: int = 480, people: int = 1, centre_id: str = "wc-1") -> RecipeApproved:
    """A gear a run, of nothing, in a day, by so many who can harden."""
    step = Operation(10, "harden", centre_id, ZERO, Quantity(minutes), people, Quantity(1), skill="hardening")
    return replace(recipe("cut", {}, {"gear": "1"}, lead_days=1), operations=(step,))


async def opened(
    stage: Stage, *crews: CrewDefined, machines: int = 9, made: RecipeApproved | None = None
) -> None:
    await stage.opened("gear")
    await stage.hear(SHIFT, ROUND_THE_CLOCK, centre(machines), *crews)
    await stage.hear(made or gears())


async def minutes(stage: Stage) -> dict[str, int]:
    """What is taken of all people by day, in minutes of one; it is what is kept added up."""
    of_people = "WHERE resource_id = 'people for hardening@plant-1'"
    rows = await stage.rows(f"SELECT day, sum(load_micro) FROM loads {of_people} GROUP BY day ORDER BY day")
    assert rows == await stage.rows(
        f"SELECT day, load_micro FROM taken_days {of_people} AND load_micro <> 0 ORDER BY day"
    )
    return {day: int(micro) // MINUTE_MICRO for day, micro in rows}


async def offered_days(stage: Stage) -> list[str]:
    return [step.at.date().isoformat() for step in (await stage.last(PromiseOffered)).steps]


async def test_one_person_hardens_one_gear_a_day_on_however_many_machines(stage: Stage) -> None:
    await opened(stage, crew("early", 1))
    await stage.hear(ask("p", line("gear", "2", 4)))
    await stage.hear(ask("q", line("gear", "1", 4)))
    offered = await stage.last(PromiseOffered)
    assert [step.at.date().isoformat() for step in offered.steps] == ["2026-03-07"], "made on friday"
    assert offered.reasons[0] == "capacity of people for hardening at plant-1 for gear"


async def test_people_of_two_crews_of_one_skill_are_there_together(stage: Stage) -> None:
    await opened(stage, crew("early", 1), crew("late", 1), crew("painters", 5, skill="painting"))
    await stage.hear(ask("p", line("gear", "1", 4)))
    await stage.hear(ask("q", line("gear", "1", 4)))
    assert await minutes(stage) == {"2026-03-05": 960}
    await stage.hear(ask("r", line("gear", "1", 4)))
    assert await minutes(stage) == {"2026-03-04": 480, "2026-03-05": 960}, "the third is a day before"


async def test_twenty_who_ask_at_once_share_the_days_of_two_people(stage: Stage) -> None:
    await opened(stage, crew("early", 2))
    asks = [ask(f"p{number}", line("gear", "1", 4)) for number in range(20)]
    await asyncio.gather(*(stage.hear(each) for each in asks))
    found = await minutes(stage)
    assert sum(found.values()) == 20 * 480
    assert max(found.values()) == 960, "no day has more than both"
    await stage.books_are_whole()


async def test_a_long_operation_lasts_as_many_days_as_its_people_come(stage: Stage) -> None:
    made = gears(24 * 60, centre_id="furnace")
    await opened(stage, crew("early", 4), made=made)
    await stage.hear(ask("p", line("gear", "1", 30)))
    taken = await minutes(stage)
    assert list(taken.values()) == [480, 480, 480], "one of four stays with it, eight hours a day"
    assert max(taken) == "2026-03-31"


async def test_an_operation_of_more_people_than_any_crew_has_is_not_promised(stage: Stage) -> None:
    await opened(stage, crew("early", 2), crew("late", 1), made=gears(people=3))
    await stage.hear(ask("p", line("gear", "1", 4)))
    refused = await stage.last(PromiseRefused)
    assert refused.reason == (
        "nothing supplies gear at plant-1; capacity of people for hardening at plant-1 for gear"
    )
    assert await minutes(stage) == {}


async def test_a_skill_of_which_no_crew_is_known_limits_nothing(stage: Stage) -> None:
    await opened(stage, crew("painters", 1, skill="painting"))
    for name in ("p", "q", "r"):
        await stage.hear(ask(name, line("gear", "1", 4)))
    assert await minutes(stage) == {}
    assert await offered_days(stage) == ["2026-03-06"]


async def test_the_schedule_of_a_run_replaces_what_was_planned_of_its_people(stage: Stage) -> None:
    await opened(stage, crew("early", 2), made=gears(people=2))
    asked = ask("p", line("gear", "1", 4))
    await stage.hear(asked, placed(asked))
    assert await minutes(stage) == {"2026-03-05": 960}, "both, for eight hours"
    key = await stage.order_of("gear")
    await stage.pass_time(days=3)
    starts = datetime(2026, 3, 10, 8, tzinfo=UTC)
    step = ScheduledOperation(10, "wc-1", starts, starts + timedelta(hours=26), Quantity(600))
    await stage.hear(RunScheduled("run", key, (step,), starts, starts + timedelta(hours=26)))
    assert await minutes(stage) == {"2026-03-10": 960, "2026-03-11": 240}
    await stage.hear(ask("q", line("gear", "1", 10), hold_until=NOW + 4 * DAY))
    assert (await minutes(stage))["2026-03-09"] == 960, "the day before is free"


async def test_other_hours_of_a_crew_move_what_is_planned_with_its_people(stage: Stage) -> None:
    await opened(stage, crew("early", 1, "always"), made=gears(960, centre_id="furnace"))
    await stage.hear(ask("p", line("gear", "1", 30)))
    assert await minutes(stage) == {"2026-03-31": 960}
    await stage.hear(replace(ROUND_THE_CLOCK, opens_at_hour=8, closes_at_hour=16))
    await stage.pass_time(minutes=1)
    assert await minutes(stage) == {"2026-03-30": 480, "2026-03-31": 480}


async def test_what_is_let_go_gives_its_people_back(stage: Stage) -> None:
    await opened(stage, crew("early", 1))
    await stage.hear(ask("p", line("gear", "1", 4)))
    assert await minutes(stage) != {}
    await stage.pass_time(days=3)
    assert await minutes(stage) == {}, "the hold has ended"
