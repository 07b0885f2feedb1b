"""The HTTP door of production: who may draft, approve and run, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from backbone.web.app import operations_of
from contracts.policy import POLICY
from contracts.policy.everywhere import OPERATIONS
from production.api import ROUTERS
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import asked, lot, staged

CALENDAR = {"calendar_id": "week", "weekdays": [0, 1, 2, 3, 4], "opens_at_hour": 6, "closes_at_hour": 22}
FURNACE = {
    "work_centre_id": "furnace",
    "site_id": "plant-1",
    "title": "Furnace",
    "calendar_id": "week",
    "machines": 1,
    "labour_rate_minor": 3000,
    "machine_rate_minor": 6000,
    "overhead_rate": "0.1",
}
RECIPE: dict[str, Any] = {
    "recipe_id": "harden",
    "kind": "modification",
    "title": "Harden",
    "site_id": "plant-1",
    "inputs": [{"sku": "shaft", "quantity": "1", "operation_no": 10}],
    "outputs": [
        {
            "sku": "shaft",
            "quantity": "1",
            "role": "main",
            "properties": [{"name": "hardness", "value": "60", "scale": "HRC"}],
        }
    ],
    "operations": [
        {
            "operation_no": 10,
            "title": "harden",
            "work_centre_id": "furnace",
            "setup_minutes": "60",
            "run_minutes": "0.5",
            "people": 1,
            "operation_yield": "1",
            "parameters": [
                {"name": "temperature", "unit": "degC", "target": "850", "minimum": "840", "maximum": "860"}
            ],
        }
    ],
    "effective_from": "2026-01-01T00:00:00Z",
    "lead_days": 2,
}


async def opened(door: Door) -> None:
    await door.post(PLANNER, "/v1/calendars", CALENDAR, status=201)
    await door.post(PLANNER, "/v1/work-centres", FURNACE, status=201)
    await door.post(PLANNER, "/v1/recipes", RECIPE, status=201)
    await door.post(PLANNER, "/v1/recipes/harden/versions/1/submission", status=200)
    await door.post(APPROVER, "/v1/recipes/harden/versions/1/approval", status=200)


async def allowed(door: Door) -> str:
    await opened(door)
    await door.stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    (run,) = await door.page(OPERATOR, "/v1/runs?state=allowed")
    return str(run["run_id"])


async def test_an_operator_starts_measures_reports_and_ends_a_run(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start", status=200)
    readings = {"readings": [{"operation_no": 10, "name": "temperature", "value": "851"}]}
    await door.post(OPERATOR, f"/v1/runs/{run_id}/parameters", readings, status=200)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "100"}, status=200)
    shown = await door.get(OPERATOR, f"/v1/runs/{run_id}")
    assert (shown["state"], shown["done_runs"]) == ("running", "100")
    ended = await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {}, status=200)
    assert ended["state"] == "closed"
    lots = await door.page(QUALITY, "/v1/lots?state=good")
    assert sorted(each["quantity"] for each in lots) == ["100", "400"]


async def test_many_runs_are_ended_at_once(door: Door) -> None:
    run_id = await allowed(door)
    body = {"acts": [{"run_id": run_id, "act": "start"}, {"run_id": "none", "act": "end"}]}
    answers = (await door.post(OPERATOR, "/v1/run-acts/batch", body, status=200))["answers"]
    assert [(each["status"], each["state"]) for each in answers] == [(200, "running"), (404, None)]
    too_many = {"acts": [{"run_id": run_id, "act": "end"}] * 101}
    await door.post(OPERATOR, "/v1/run-acts/batch", too_many, status=422)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"outputs": []}, "/outputs"),
        ({"operations": []}, "/operations"),
        ({"lead_days": 9_999}, "/lead_days"),
        ({"lead_days": "2"}, ""),
        ({"kind": "separation"}, "/outputs"),
        ({"unknown": 1}, ""),
    ],
)
async def test_a_recipe_that_could_never_run_is_refused(door: Door, change: Any, pointer: str) -> None:
    answer = await door.send(PLANNER, "POST", "/v1/recipes", {**RECIPE, **change})
    assert answer.status_code == 422, answer.text
    assert pointer in answer.text


async def test_whoever_drafts_cannot_approve_and_an_operator_cannot_draft(door: Door) -> None:
    await opened(door)
    assert (await door.send(OPERATOR, "POST", "/v1/recipes", RECIPE)).status_code == 403
    assert (await door.send(PLANNER, "POST", "/v1/recipes/harden/versions/1/approval")).status_code == 403
    shown = await door.get(PLANNER, "/v1/recipes/harden/versions/1")
    assert shown["state"] == "approved"
    assert [each["recipe_version"] for each in await door.page(PLANNER, "/v1/recipes?state=approved")] == [1]
    await door.get(PLANNER, "/v1/recipes/harden/versions/7", status=404)


async def test_calendars_and_work_centres_are_listed(door: Door) -> None:
    await opened(door)
    assert [each["calendar_id"] for each in await door.page(PLANNER, "/v1/calendars")] == ["week"]
    assert [each["work_centre_id"] for each in await door.page(PLANNER, "/v1/work-centres")] == ["furnace"]


async def test_quality_decides_over_a_blocked_lot(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    hot = {"readings": [{"operation_no": 10, "name": "temperature", "value": "900"}]}
    await door.post(OPERATOR, f"/v1/runs/{run_id}/parameters", hot)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    (made,) = await door.page(QUALITY, "/v1/lots?state=blocked")
    path = f"/v1/lots/{made['lot_id']}"
    assert (await door.get(QUALITY, path))["quantity"] == "500"
    await door.post(QUALITY, f"{path}/disposition", {"disposition": "release", "reason": ""}, status=422)
    await door.post(
        QUALITY, f"{path}/disposition", {"disposition": "release", "reason": "measured again"}, status=200
    )
    answer = await door.post(QUALITY, f"{path}/inspection", {"passed": True}, status=200)
    assert answer["state"] == "good"


async def test_every_operation_has_its_row_in_the_policy_and_no_client_role_sees_a_run() -> None:
    everywhere = {name.split(".")[1] for name in OPERATIONS}
    ours = {name: may for name, may in POLICY.items() if name.startswith("production.")}
    assert {name.split(".")[1] for name in ours} - everywhere == set(operations_of(ROUTERS))
    assert not [name for name, may in ours.items() if may & {"customer", "vendor", "link"}]
