"""What work centres have before them: queue and load; lists from either end; a standard cost step by step."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from contracts.values import Quantity
from production.domain.downtime import Downtime
from production.domain.load import Booked, begin_of, loads
from services.production.tests.door import OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import CALENDAR, FURNACE, NOW, asked
from services.production.tests.test_api import allowed, opened
from services.production.tests.test_api_costs import PRICES, SITE
from services.production.tests.test_api_quality import PLAN, found, made

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
QUEUE = "/v1/work-centres/furnace/queue"
LOAD = "/v1/work-centres/furnace/load"


def test_load_and_capacity_count_open_hours_alone_bucket_by_bucket() -> None:
    # Monday 21:00 to Tuesday 07:00 at 06:00 to 22:00: an hour on each day; on Tuesday two hours are down on purpose.
    over_night = Booked("r", NOW + 13 * HOUR, NOW + 23 * HOUR)
    lining = Downtime("d", "furnace", 1, "planned", "lining", NOW + DAY, NOW + DAY + 2 * HOUR, "ann")
    stop = Downtime("e", "furnace", 1, "recorded", "no power", NOW, NOW + HOUR, "ann")
    begin = begin_of(NOW, "day")
    monday, tuesday, wednesday = loads(FURNACE, CALENDAR, begin, "day", 3, [lining, stop], [over_night])
    assert [each.load_minutes for each in (monday, tuesday, wednesday)] == [
        Quantity(60),
        Quantity(60),
        Quantity(0),
    ]
    assert [each.down_minutes for each in (monday, tuesday)] == [Quantity(0), Quantity(120)]
    assert {each.open_minutes for each in (monday, tuesday, wednesday)} == {Quantity(16 * 60)}
    assert (monday.runs, wednesday.runs) == (1, 0)
    assert (monday.ends_at, tuesday.begins_at) == (begin + DAY, begin + DAY)


def test_runs_that_share_a_load_keep_its_machine_once_and_stops_that_overlap_count_once() -> None:
    shared = [Booked(f"r{number}", NOW, NOW + 2 * HOUR, "load-1") for number in range(5)]
    # Two branches of one run at once, on two machines.
    apart = [Booked("other", NOW, NOW + HOUR), Booked("other", NOW, NOW + HOUR)]
    stops = [
        Downtime("d", "furnace", 1, "planned", "lining", NOW, NOW + 2 * HOUR, "ann"),
        Downtime("e", "furnace", 1, "planned", "burner", NOW + HOUR, NOW + 3 * HOUR, "ann"),
    ]
    (day,) = loads(FURNACE, CALENDAR, begin_of(NOW, "day"), "day", 1, stops, [*shared, *apart])
    assert (day.load_minutes, day.down_minutes, day.runs) == (Quantity(240), Quantity(180), 6)


def test_a_week_begins_on_its_monday_and_has_five_working_days() -> None:
    (week,) = loads(FURNACE, CALENDAR, begin_of(NOW + 3 * DAY, "week"), "week", 1, [], [])
    assert (week.begins_at, week.open_minutes) == (begin_of(NOW, "day"), Quantity(5 * 16 * 60))


async def test_the_queue_shows_what_waits_with_what_lies_ready_and_forgets_what_is_over(door: Door) -> None:
    run_id = await allowed(door)
    await door.stage.hear(asked("p2"))
    first, second = await door.page(OPERATOR, QUEUE)
    assert {first["run_id"], second["run_id"]} == {run_id, await door.stage.run("p2")}
    mine = first if first["run_id"] == run_id else second
    assert (mine["state"], mine["operation_no"], mine["title"]) == ("allowed", 10, "Harden")
    assert [part["lot_id"] for part in mine["staged"]] == ["bar"]
    assert [each["name"] for each in mine["parameters"]] == ["temperature"]
    page = await door.get(OPERATOR, f"{QUEUE}?limit=1")
    assert await door.page(OPERATOR, page["next"]) == [second]
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    assert run_id not in {each["run_id"] for each in await door.page(OPERATOR, QUEUE)}
    await door.get(OPERATOR, "/v1/work-centres/none/queue", status=404)


async def test_load_is_shown_by_day_and_by_week(door: Door) -> None:
    await opened(door)
    await door.stage.hear(asked("p1"))
    shown = await door.get(PLANNER, f"{LOAD}?buckets=14")
    # 60 minutes to heat the furnace, half a minute for each of 500.
    assert sum(Decimal(each["load_minutes"]) for each in shown["buckets"]) == 310
    weeks = await door.get(PLANNER, f"{LOAD}?by=week&buckets=2&from=2026-03-04T00:00:00Z")
    assert [each["begins_at"][:10] for each in weeks["buckets"]] == ["2026-03-02", "2026-03-09"]
    assert sum(each["runs"] for each in weeks["buckets"]) == 1
    for wrong in ("by=month", "buckets=0", "buckets=93", "from=yesterday"):
        await door.get(PLANNER, f"{LOAD}?{wrong}", status=422)
    await door.get(PLANNER, "/v1/work-centres/none/load", status=404)


async def test_lists_are_read_from_their_newest_end_page_by_page(door: Door) -> None:
    await opened(door)
    await door.stage.hear(*(asked(f"p{number}", runs="1", inputs="1", outputs="1") for number in range(3)))
    oldest = [each["run_id"] for each in await door.page(OPERATOR, "/v1/runs?recipe_id=harden")]
    seen: list[Any] = []
    path: str | None = "/v1/runs?first=newest&limit=2"
    while path is not None:
        shown = await door.get(OPERATOR, path)
        seen += [each["run_id"] for each in shown["items"]]
        path = shown["next"]
    assert seen == oldest[::-1]
    assert await door.page(OPERATOR, "/v1/runs?recipe_id=none") == []
    await door.get(OPERATOR, "/v1/runs?first=last", status=422)


async def test_plans_versions_and_the_newest_inspections_are_listed(door: Door) -> None:
    lot, other, *_ = await made(door)
    for each in (lot, other):
        await door.post(QUALITY, f"/v1/lots/{each}/samples", found("60", "60"))
    newest = await door.page(QUALITY, "/v1/inspections?first=newest")
    assert newest == (await door.page(QUALITY, "/v1/inspections"))[::-1]
    assert [each["sku"] for each in await door.page(QUALITY, "/v1/inspection-plans")] == [PLAN["sku"]]
    versions = await door.page(PLANNER, "/v1/recipes?recipe_id=harden")
    assert [each["recipe_version"] for each in versions] == [1]
    assert await door.page(PLANNER, "/v1/recipes?recipe_id=other") == []


async def test_a_standard_cost_is_told_step_by_step_and_each_step_adds_up(door: Door) -> None:
    await opened(door)
    await door.post(PLANNER, "/v1/standard-prices", PRICES)
    rolled = await door.post(PLANNER, "/v1/roll-ups", SITE)
    assert await door.page(PLANNER, "/v1/roll-ups?first=newest") == [rolled]
    told = await door.get(PLANNER, f"/v1/roll-ups/{rolled['roll_up_id']}/costs/shaft/steps")
    (step,) = told["steps"]
    assert (step["recipe_id"], step["level"], told["more"]) == ("harden", 1, False)
    (taken,) = step["inputs"]
    assert (taken["sku"], taken["cost"]["bought_in"]) == ("shaft", 90_500_000)

    def whole(cost: dict[str, Any]) -> int:
        return sum(cost[kind] for kind in ("bought_in", "labour", "capital", "overhead"))

    assert whole(step["material"]) + whole(step["work"]) == sum(whole(out["cost"]) for out in step["outputs"])
    assert [out["share"] for out in step["outputs"]] == ["1"]
    await door.get(PLANNER, f"/v1/roll-ups/{rolled['roll_up_id']}/costs/none/steps", status=404)
    await door.get(PLANNER, "/v1/roll-ups/none/costs/shaft/steps", status=404)
