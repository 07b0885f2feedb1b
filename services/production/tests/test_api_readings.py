"""Machines that report in bulk: in any order, twice, from the future, out of limits."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.production import LotInspected, ParameterRecorded
from services.production.tests.door import OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import NOW
from services.production.tests.test_api import allowed
from services.production.tests.test_handlers_recall import dues

PLACE = "/v1/readings/batch"


def reading(run_id: str, seconds: int = 0, value: str = "850", **changes: Any) -> dict[str, Any]:
    """The temperature of the furnace so many seconds ago."""
    made = {
        "run_id": run_id,
        "operation_no": 10,
        "name": "temperature",
        "machine": "furnace-1",
        "at": (NOW - timedelta(seconds=seconds)).isoformat(),
        "value": value,
        "unit": "degC",
    }
    return {**made, **changes}


async def running(door: Door) -> str:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    return run_id


async def test_a_machine_that_repeats_a_day_in_any_order_doubles_nothing(door: Door) -> None:
    run_id = await running(door)
    day = [reading(run_id, seconds, str(845 + seconds % 10)) for seconds in range(200)]
    shuffled = random.Random(7).sample(day, len(day))
    first = await door.post(OPERATOR, PLACE, {"readings": shuffled[:150]}, status=200)
    again = await door.post(OPERATOR, PLACE, {"readings": day})
    twice = await door.post(OPERATOR, PLACE, {"readings": [day[0], day[0]]})
    assert [(each["taken"], each["known"]) for each in (first, again, twice)] == [(150, 0), (50, 150), (0, 2)]
    page = await door.page(QUALITY, f"/v1/runs/{run_id}/readings?name=temperature&limit=200")
    shown = [(datetime.fromisoformat(each["at"]), each["value"]) for each in page]
    assert shown == sorted((datetime.fromisoformat(each["at"]), each["value"]) for each in day)


async def test_the_newest_readings_of_all_parameters_can_be_had_in_front(door: Door) -> None:
    run_id = await running(door)
    hours = [reading(run_id, 60 * minutes, machine=f"furnace-{minutes % 2}") for minutes in range(7)]
    await door.post(OPERATOR, PLACE, {"readings": hours})
    first = await door.get(QUALITY, f"/v1/runs/{run_id}/readings?first=newest&limit=4")
    rest = await door.page(QUALITY, first["next"])
    shown = [datetime.fromisoformat(each["at"]) for each in [*first["items"], *rest]]
    assert shown == [NOW - timedelta(minutes=minutes) for minutes in range(7)]
    await door.get(QUALITY, f"/v1/runs/{run_id}/readings?first=middle", status=422)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"run_id": "none"}, "no run"),
        ({"operation_no": 20}, "operation 20 has no parameter"),
        ({"name": "pressure"}, "no parameter pressure"),
        ({"unit": "K"}, "measured in degC"),
        ({"at": (NOW + timedelta(minutes=2)).isoformat()}, "from the future"),
    ],
)
async def test_a_reading_that_cannot_be_is_named_and_the_others_are_taken(
    door: Door, changes: dict[str, Any], why: str
) -> None:
    run_id = await running(door)
    body = {"readings": [reading(run_id, 1), {**reading(run_id), **changes}, reading(run_id, 2)]}
    said = await door.post(OPERATOR, PLACE, body, status=200)
    assert (said["taken"], said["known"]) == (2, 0)
    (refused,) = said["refused"]
    assert refused["place"] == 1
    assert why in refused["detail"]


async def test_the_first_excursion_of_a_run_is_told_once_and_blocks_what_it_makes(door: Door) -> None:
    run_id = await running(door)
    hot = [reading(run_id, 10, "861"), reading(run_id, 20, "862"), reading(run_id, 5)]
    await door.post(OPERATOR, PLACE, {"readings": hot})
    await door.post(OPERATOR, PLACE, {"readings": [*hot, reading(run_id, 1, "870")]})
    (fact,) = await door.stage.told(ParameterRecorded)
    assert (str(fact.value), fact.within) == ("862", False)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "10"})
    (lot,) = await door.page(QUALITY, f"/v1/lots?run_id={run_id}")
    assert lot["state"] == "blocked"


async def test_readings_of_a_run_that_does_not_run_are_kept_and_tell_nothing(door: Door) -> None:
    run_id = await allowed(door)
    said = await door.post(OPERATOR, PLACE, {"readings": [reading(run_id, 1, "900")]})
    assert said["taken"] == 1
    assert await door.stage.told(ParameterRecorded) == []


async def test_a_batch_has_its_limits_and_its_people(door: Door) -> None:
    run_id = await running(door)
    await door.post(OPERATOR, PLACE, {"readings": []}, status=422)
    await door.post(OPERATOR, PLACE, {"readings": [reading(run_id)] * 1_001}, status=422)
    await door.post(OPERATOR, PLACE, {"readings": [reading(run_id, at="2026-03-02T08:00:00")]}, status=422)
    await door.post(OPERATOR, PLACE, {"readings": [reading(run_id) | {"value": 850}]}, status=422)
    await door.post(PLANNER, PLACE, {"readings": [reading(run_id)]}, status=403)
    await door.get(QUALITY, "/v1/runs/none/readings", status=404)
    assert await door.stage.rows("SELECT 1 FROM readings") == []


async def test_an_excursion_before_a_hold_blocks_however_late_it_is_heard_of_and_one_within_it_does_not(
    door: Door,
) -> None:
    run_id = await running(door)

    async def told(at: datetime) -> int:
        hot = reading(run_id, value="900", at=at.isoformat())
        assert (await door.post(OPERATOR, PLACE, {"readings": [hot]}))["taken"] == 1
        return len(await door.stage.told(ParameterRecorded))

    minute = timedelta(minutes=1)
    door.stage.clock.advance(NOW + 10 * minute)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/hold", {"reason": "no power"})
    door.stage.clock.advance(NOW + 30 * minute)
    assert await told(NOW + 20 * minute) == 0
    await door.post(OPERATOR, f"/v1/runs/{run_id}/resume")
    assert await told(NOW + 15 * minute) == 0
    await door.post(OPERATOR, f"/v1/runs/{run_id}/hold", {"reason": "no power again"})
    assert await told(NOW + 9 * minute) == 1
    await door.post(OPERATOR, f"/v1/runs/{run_id}/resume")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end")
    assert [lot["state"] for lot in await door.page(QUALITY, f"/v1/lots?run_id={run_id}")] == ["blocked"]


async def test_what_was_made_after_an_excursion_is_blocked_also_when_it_is_heard_of_after_the_end(
    door: Door,
) -> None:
    run_id = await running(door)
    minute = timedelta(minutes=1)
    for minutes in (10, 20):
        door.stage.clock.advance(NOW + minutes * minute)
        await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "100"})
    door.stage.clock.advance(NOW + 30 * minute)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end")
    door.stage.clock.advance(NOW + 40 * minute)
    cold = reading(run_id, value="20", at=(NOW + 35 * minute).isoformat())
    await door.post(OPERATOR, PLACE, {"readings": [cold]})
    await dues(door.stage)
    assert [lot["state"] for lot in await door.page(QUALITY, f"/v1/lots?run_id={run_id}")] == ["good"] * 3
    hot = reading(run_id, value="900", at=(NOW + 15 * minute).isoformat())
    for _ in range(2):
        await door.post(OPERATOR, PLACE, {"readings": [hot]})
        await dues(door.stage)
    lots = await door.page(QUALITY, f"/v1/lots?run_id={run_id}")
    assert [lot["state"] for lot in lots] == ["good", "blocked", "blocked"]
    told = [(fact.lot_id, fact.passed) for fact in await door.stage.told(LotInspected)]
    assert sorted(told) == sorted((lot["lot_id"], False) for lot in lots[1:])
    assert [str(fact.value) for fact in await door.stage.told(ParameterRecorded)] == ["900"]
