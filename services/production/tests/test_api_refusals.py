"""What cannot be done is answered with its reason: with runs that were refused, and work centres that are relied on."""

from __future__ import annotations

from typing import Any

import pytest

from services.production.tests.door import OPERATOR, PLANNER, Door
from services.production.tests.made import DAY, NOW, asked
from services.production.tests.test_api import FURNACE, RECIPE, allowed, opened
from services.production.tests.test_schedules import HOUR, KEPT, crowded, proposed

MOVE = {"operation_no": 10, "work_centre_id": "furnace", "machine_no": 1, "starts_at": "2026-03-10T08:00:00Z"}


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("start", {}),
        ("report", {"runs": "1"}),
        ("end", {}),
        ("abort", {"reason": "nobody wants it"}),
        ("split", {"runs": "1"}),
        ("merge", {"run_ids": ["another"]}),
        ("moves", {**MOVE, "dry_run": True}),
    ],
)
async def test_nothing_is_done_at_a_run_whose_recipe_nobody_knows(
    door: Door, act: str, body: dict[str, Any]
) -> None:
    await door.stage.hear(asked())
    run_id = await door.stage.run()
    role = PLANNER if act in {"split", "merge", "moves"} else OPERATOR
    refused = await door.post(role, f"/v1/runs/{run_id}/{act}", body, status=409)
    assert refused["detail"] == f"run {run_id} is refused: no version 1 of recipe harden"


async def test_a_machine_that_measures_at_a_run_whose_recipe_nobody_knows_is_told_so(door: Door) -> None:
    await door.stage.hear(asked())
    reading = {
        "run_id": await door.stage.run(), "operation_no": 10, "name": "temperature", "machine": "furnace-1",
        "at": "2026-03-02T08:00:00Z", "value": "850", "unit": "degC",
    }  # fmt: skip
    said = await door.post(OPERATOR, "/v1/readings/batch", {"readings": [reading]})
    assert (said["taken"], [each["place"] for each in said["refused"]]) == (0, [0])


@pytest.mark.parametrize("changed", [{"currency": "USD"}, {"site_id": "plant-2"}], ids=["currency", "site"])
async def test_a_work_centre_that_recipes_name_keeps_its_site_and_its_currency(
    door: Door, changed: dict[str, str]
) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "100"})
    refused = await door.post(PLANNER, "/v1/work-centres", {**FURNACE, **changed}, status=422)
    assert [each["pointer"] for each in refused["errors"]] == [f"/{name}" for name in changed]
    await door.post(PLANNER, "/v1/work-centres", {**FURNACE, "labour_rate_minor": 3_500}, status=201)
    assert (await door.post(OPERATOR, f"/v1/runs/{run_id}/end"))["state"] == "closed"


async def test_a_work_centre_that_no_recipe_names_can_be_put_right(door: Door) -> None:
    await opened(door)
    oven = {**FURNACE, "work_centre_id": "oven"}
    await door.post(PLANNER, "/v1/work-centres", {**oven, "currency": "USD"}, status=201)
    await door.post(PLANNER, "/v1/work-centres", oven, status=201)
    assert (await door.get(PLANNER, "/v1/work-centres/oven"))["currency"] == "EUR"


async def test_an_alternate_is_relied_on_as_the_planned_work_centre_is(door: Door) -> None:
    await opened(door)
    oven = {**FURNACE, "work_centre_id": "oven"}
    await door.post(PLANNER, "/v1/work-centres", oven, status=201)
    operations = [{**RECIPE["operations"][0], "alternates": ["oven"]}]
    await door.post(PLANNER, "/v1/recipes", {**RECIPE, "operations": operations}, status=201)
    refused = await door.post(PLANNER, "/v1/work-centres", {**oven, "currency": "USD"}, status=422)
    assert [each["pointer"] for each in refused["errors"]] == ["/currency"]


async def test_a_schedule_whose_places_have_gone_by_is_not_accepted(door: Door) -> None:
    await crowded(door.stage)
    door.stage.clock.advance(NOW + 5 * HOUR)
    found = await proposed(door)
    before = await door.stage.rows(KEPT)
    door.stage.clock.advance(NOW + 30 * DAY)
    refused = await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance", status=409)
    assert refused["type"] == "/problems/schedule-outdated"
    assert f"{found['moved']} have gone by" in refused["detail"]
    assert await door.stage.rows(KEPT) == before
