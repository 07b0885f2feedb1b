"""Machines that stand still: nothing is scheduled there, and OEE says what it cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from contracts.production import RunScheduled
from contracts.values import Quantity
from production import commands, queries
from production.domain.act import End, Report, Start
from production.domain.downtime import Downtime, Worked, effectiveness, open_minutes
from services.production.tests.door import OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import CALENDAR, FURNACE, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_api import allowed, opened

MINUTE = timedelta(minutes=1)
DOWNTIMES = "/v1/work-centres/furnace/downtimes"


def still(kind: Any, starts_at: datetime, minutes: int) -> Downtime:
    return Downtime("d", "furnace", 1, kind, "why", starts_at, starts_at + minutes * MINUTE, "olga")


def test_a_shift_is_as_effective_as_the_published_example_says() -> None:
    # oee.com, "OEE Calculation": 480 minutes with 60 of breaks and 47 of stops, 19,271 pieces of which 423 are bad, one
    # second each: 88.81 %, 86.11 %, 97.80 % and 74.79 %.
    worked = Worked("r", Fraction(19_271, 60), Fraction(19_271 - 423, 19_271))
    stops = [still("planned", NOW + 60 * MINUTE, 60), still("recorded", NOW + 200 * MINUTE, 47)]
    found = effectiveness(FURNACE, CALENDAR, NOW, NOW + 480 * MINUTE, stops, [worked])
    parts = (found.availability, found.performance, found.quality, found.oee)
    assert [round(part.decimal * 100, 2) for part in parts if part is not None] == [
        Quantity("88.81").decimal,
        Quantity("86.11").decimal,
        Quantity("97.80").decimal,
        Quantity("74.79").decimal,
    ]
    assert (found.downtimes, found.runs) == (tuple(stops), ("r",))


def test_a_time_without_work_or_without_hours_has_no_effectiveness() -> None:
    sunday = NOW - timedelta(days=1)
    closed = effectiveness(FURNACE, CALENDAR, sunday, sunday + 60 * MINUTE, [], [])
    assert (closed.availability, closed.performance, closed.quality, closed.oee) == (None, None, None, None)
    idle = effectiveness(FURNACE, CALENDAR, NOW, NOW + 60 * MINUTE, [], [])
    assert (idle.availability, idle.performance, idle.quality) == (Quantity(1), Quantity(0), None)


def test_only_open_hours_within_the_time_count() -> None:
    # Monday 08:00 to Tuesday 08:00 at 06:00 to 22:00: fourteen hours, and two.
    assert open_minutes(CALENDAR, NOW, NOW + timedelta(days=1)) == 16 * 60
    long = still("recorded", NOW - timedelta(days=3), 5 * 24 * 60)
    found = effectiveness(FURNACE, CALENDAR, NOW, NOW + 60 * MINUTE, [long], [])
    assert (found.down_minutes, found.availability) == (Quantity(60), Quantity(0))


def test_stops_that_overlap_count_once_and_a_stop_inside_a_planned_one_is_no_loss() -> None:
    stops = [
        still("planned", NOW, 60), still("planned", NOW + 30 * MINUTE, 60),
        still("recorded", NOW + 80 * MINUTE, 20), still("recorded", NOW + 90 * MINUTE, 30),
        replace(still("recorded", NOW + 95 * MINUTE, 10), machine_no=2),
    ]  # fmt: skip
    found = effectiveness(replace(FURNACE, machines=2), CALENDAR, NOW, NOW + 240 * MINUTE, stops, [])
    assert (found.loading_minutes, found.down_minutes) == (Quantity(480 - 90), Quantity(30 + 10))


def body(kind: str, begin: datetime, minutes: int, **changes: Any) -> dict[str, Any]:
    made = {"machine_no": 1, "kind": kind, "reason": "new lining", "starts_at": begin.isoformat()}
    return {**made, "ends_at": (begin + minutes * MINUTE).isoformat(), **changes}


async def test_no_run_gets_its_place_while_the_furnace_stands_still(door: Door) -> None:
    await opened(door)
    begin = NOW + timedelta(days=8)
    await door.stage.hear(asked("p1"))
    before = (await door.stage.last(RunScheduled)).starts_at
    told = await door.post(PLANNER, DOWNTIMES, body("planned", before, 6 * 60), status=201)
    assert (told["kind"], told["by"]) == ("planned", "a-planner")
    await door.stage.hear(asked("p2", starts_at=begin))
    scheduled = await door.stage.last(RunScheduled)
    assert scheduled.planned_order_id == "p2"
    ends = before + 6 * 60 * MINUTE
    assert all(each.ends_at <= before or each.starts_at >= ends for each in scheduled.operations)
    assert [each["downtime_id"] for each in await door.page(QUALITY, DOWNTIMES)] == [told["downtime_id"]]


async def test_effectiveness_opens_the_stops_and_runs_behind_it(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    scraps = [{"sku": "shaft", "quantity": "50", "reason": "bent"}]
    door.stage.clock.advance(NOW + 600 * MINUTE)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {"report": {"scraps": scraps}})
    told = await door.post(OPERATOR, DOWNTIMES, body("recorded", NOW, 100))
    place = "/v1/work-centres/furnace/effectiveness"
    window = f"?from={NOW:%Y-%m-%dT%H:%M:%SZ}&to={NOW + 600 * MINUTE:%Y-%m-%dT%H:%M:%SZ}"
    found = await door.get(QUALITY, place + window)
    # 500 shafts at half a minute in 500 of 600 minutes, a tenth of them bent.
    assert [found[name] for name in ("availability", "performance", "quality", "oee")] == [
        "0.833333", "0.5", "0.9", "0.375"
    ]  # fmt: skip
    assert (found["runs"], [each["downtime_id"] for each in found["downtimes"]]) == (
        [run_id],
        [told["downtime_id"]],
    )
    assert (await door.get(QUALITY, place))["runs"] == [run_id]
    await door.get(QUALITY, f"{place}?from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z", status=422)
    await door.get(QUALITY, "/v1/work-centres/none/effectiveness", status=404)


async def test_a_run_that_was_done_at_an_alternate_is_behind_the_figures_of_that_one(stage: Stage) -> None:
    await stage.planted()
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, work_centre_id="oven"), "pat"))
    operations = (replace(hardening().operations[0], alternates=("oven",)),)
    await stage.opened(hardening(operations=operations))
    await stage.hear(asked())
    begin = NOW + timedelta(days=8)
    run_id = await stage.run()
    await stage.do(
        commands.MoveOperation(run_id, 10, "oven", 1, begin, dry_run=False, forced=True, reason="", by="pat")
    )
    await stage.hear(staged(lot("bar", "500")))
    stage.clock.advance(begin)
    await stage.act(Start(), End(Report()))
    async with stage.host.read() as sql:
        furnace, oven = [
            await queries.find_effectiveness(sql, centre, begin - MINUTE, begin + 600 * MINUTE)
            for centre in ("furnace", "oven")
        ]
    assert (furnace.runs, furnace.ideal_minutes) == ((), Quantity(0))
    assert (oven.runs, oven.ideal_minutes) == ((run_id,), Quantity(250))


async def test_what_an_end_writes_off_is_scrap_once(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "300"})
    door.stage.clock.advance(NOW + 600 * MINUTE)
    scraps = [{"sku": "shaft", "quantity": "200", "reason": "bent"}]
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {"report": {"scraps": scraps}})
    shown = await door.get(QUALITY, "/v1/work-centres/furnace/effectiveness")
    assert shown["quality"] == "0.6"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (body("planned", NOW, 0), "/ends_at"),
        (body("planned", NOW, 60, machine_no=2), "/machine_no"),
        (body("recorded", NOW, 60), "/ends_at"),
        (body("planned", NOW, 60, reason=" "), "/reason"),
    ],
)
async def test_a_downtime_that_cannot_be_is_refused(door: Door, wrong: dict[str, Any], pointer: str) -> None:
    await opened(door)
    refused = await door.post(OPERATOR, DOWNTIMES, wrong, status=422)
    assert refused["errors"][0]["pointer"] == pointer
    await door.post(OPERATOR, "/v1/work-centres/none/downtimes", wrong | {"reason": "why"}, status=404)
    await door.post(QUALITY, DOWNTIMES, wrong, status=403)


async def test_a_planned_downtime_is_taken_back_and_its_time_is_free_again(door: Door) -> None:
    await opened(door)
    begin = NOW + timedelta(days=8)
    told = await door.post(PLANNER, DOWNTIMES, body("planned", begin, 4 * 24 * 60), status=201)
    back = f"{DOWNTIMES}/{told['downtime_id']}/withdrawal"
    taken = await door.post(PLANNER, back)
    assert (taken["withdrawn_at"], taken["withdrawn_by"]) == ("2026-03-02T08:00:00Z", "a-planner")
    assert await door.post(PLANNER, back) == taken, "twice is once"
    await door.post(PLANNER, back.replace("furnace", "oven"), status=404)
    assert [each["withdrawn_by"] for each in await door.page(QUALITY, DOWNTIMES)] == ["a-planner"]
    await door.stage.hear(asked(starts_at=begin))
    scheduled = await door.stage.last(RunScheduled)
    assert begin < scheduled.starts_at < scheduled.ends_at < begin + timedelta(days=4), "within that time"
    shown = await door.get(PLANNER, "/v1/board?from=2026-03-08T00:00:00Z&to=2026-03-12T00:00:00Z")
    assert not shown["stops"]


async def test_what_is_under_way_ends_when_it_is_taken_back_and_counts_until_then(door: Door) -> None:
    await opened(door)
    told = await door.post(PLANNER, DOWNTIMES, body("planned", NOW + 60 * MINUTE, 240), status=201)
    door.stage.clock.advance(NOW + 120 * MINUTE)
    await door.post(PLANNER, f"{DOWNTIMES}/{told['downtime_id']}/withdrawal")
    door.stage.clock.advance(NOW + 480 * MINUTE)
    window = f"?from={NOW:%Y-%m-%dT%H:%M:%SZ}&to={NOW + 480 * MINUTE:%Y-%m-%dT%H:%M:%SZ}"
    found = await door.get(QUALITY, "/v1/work-centres/furnace/effectiveness" + window)
    assert [(each["starts_at"], each["ends_at"]) for each in found["downtimes"]] == [
        ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")
    ]
    assert found["loading_minutes"] == "420"
