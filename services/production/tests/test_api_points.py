"""Inspection points over HTTP: planned, waited for, failed, decided on, charted, and in the record."""

from __future__ import annotations

from typing import Any

from contracts.production import RunHeld, RunResumed
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.test_api import allowed

POINT = {
    "recipe_id": "harden",
    "operation_no": 10,
    "sku": "shaft",
    "characteristics": [
        {"name": "hardness", "kind": "variable", "scale": "HRC", "minimum": "58", "maximum": "62"},
        {"name": "scratched", "kind": "attribute"},
    ],
    "sampling": [{"from_quantity": "0", "sample_size": 2, "accept": 0}],
}
PLACE = "/v1/inspection-points/harden/10/shaft"


def found(*values: str, bad: int = 0, **more: Any) -> dict[str, Any]:
    """A sample behind the only operation."""
    scratched = {"name": "scratched", "looked_at": 2, "bad": bad}
    samples = [{"name": "hardness", "values": list(values)}, scratched]
    return {"operation_no": 10, "sku": "shaft", "samples": samples, **more}


def decision(verdict: str, **more: Any) -> dict[str, Any]:
    return {"operation_no": 10, "sku": "shaft", "verdict": verdict, "reason": "hard enough", **more}


async def begun(door: Door) -> str:
    """The place of a run of 500 that waits behind its operation."""
    run_id = await allowed(door)
    await door.post(QUALITY, "/v1/inspection-points", POINT, status=201)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    return f"/v1/runs/{run_id}"


async def test_a_run_waits_until_its_operation_has_passed(door: Door) -> None:
    run = await begun(door)
    refused = await door.post(OPERATOR, f"{run}/report", {"runs": "10"}, status=409)
    assert "operation 10 has to be inspected" in refused["detail"]
    await door.post(OPERATOR, f"{run}/end", {}, status=409)
    (queued,) = await door.page(OPERATOR, "/v1/work-centres/furnace/queue")
    assert [(each["operation_no"], each["passed"]) for each in queued["points"]] == [(10, "0")]
    said = await door.post(OPERATOR, f"{run}/samples", found("59", "61", runs="10"), status=200)
    assert said["passed"] is True
    await door.post(OPERATOR, f"{run}/report", {"runs": "10"}, status=200)
    await door.post(OPERATOR, f"{run}/report", {"runs": "10"}, status=409)
    await door.post(OPERATOR, f"{run}/samples", found("60", "60"))
    assert (await door.get(OPERATOR, "/v1/work-centres/furnace/queue"))["items"][0]["points"] == []
    assert (await door.post(OPERATOR, f"{run}/end", {}, status=200))["state"] == "closed"


async def test_what_fails_is_held_decided_by_two_and_written_in_the_record(door: Door) -> None:
    run = await begun(door)
    said = await door.post(OPERATOR, f"{run}/samples", found("57", "61", bad=1), status=200)
    assert said["passed"] is False
    held = await door.stage.last(RunHeld)
    assert held.reason == (
        "operation 10 failed its inspection: hardness 59 HRC, 1 of 2 bad, scratched 1 of 2 bad"
    )
    await door.post(OPERATOR, f"{run}/resume", status=409)
    await door.post(OPERATOR, f"{run}/decision", decision("use-as-is"), status=403)
    (failed,) = await door.page(QUALITY, "/v1/inspections?verdict=failed")
    assert (failed["run_id"], failed["operation_no"], failed["runs"], failed["lot_id"], failed["state"]) == (
        run[9:], 10, "500", None, "undecided"
    )  # fmt: skip
    await door.post(QUALITY, f"{run}/decision", decision("use-as-is"), status=200)
    await door.post(QUALITY, f"{run}/decision", decision("use-as-is"), status=409)
    assert (await door.get(OPERATOR, run))["state"] == "held"
    done = await door.post(APPROVER, f"{run}/decision", decision("use-as-is"), status=200)
    assert done["state"] == "running"
    assert await door.stage.last(RunResumed)
    (failed,) = await door.page(QUALITY, f"/v1/inspections?run_id={run[9:]}")
    assert (failed["state"], failed["reason"]) == ("use-as-is", "hard enough")
    await door.post(OPERATOR, f"{run}/end", {}, status=200)
    record = await door.get(QUALITY, f"{run}/batch-record")
    assert [each["entry"]["what"] for each in record["entries"]][2:5] == [
        "inspected operation 10 by shaft: failed",
        "proposed use-as-is at operation 10",
        "decided use-as-is at operation 10",
    ]
    assert [each["name"] for each in record["entries"][2]["entry"]["found"]] == ["hardness", "scratched"]
    assert [each["inspection_id"] for each in record["inspections"]] == [said["inspection_id"]]
    assert record["intact"] is True


async def test_what_failed_is_worked_again_or_scrapped_in_part(door: Door) -> None:
    run = await begun(door)
    await door.post(OPERATOR, f"{run}/samples", found("57", "61"))
    await door.post(QUALITY, f"{run}/decision", decision("rework"), status=200)
    await door.post(OPERATOR, f"{run}/report", {"runs": "10"}, status=409)
    await door.post(OPERATOR, f"{run}/samples", found("57", "61"))
    await door.post(QUALITY, f"{run}/decision", decision("scrap", runs="501"), status=422)
    await door.post(QUALITY, f"{run}/decision", decision("scrap", runs="20"), status=200)
    await door.post(OPERATOR, f"{run}/end", {}, status=200)
    assert [lot["quantity"] for lot in await door.page(QUALITY, f"/v1/lots?run_id={run[9:]}")] == ["480"]
    states = [one["state"] for one in await door.page(QUALITY, f"/v1/inspections?run_id={run[9:]}")]
    assert states == ["rework", "scrap"]


async def test_a_run_that_failed_is_given_up_and_its_cost_written_off(door: Door) -> None:
    run = await begun(door)
    await door.post(OPERATOR, f"{run}/samples", found("60", "60", runs="10"))
    await door.post(OPERATOR, f"{run}/report", {"runs": "10"})
    await door.post(OPERATOR, f"{run}/samples", found("57", "61"))
    gone = await door.post(QUALITY, f"{run}/decision", decision("abort"), status=200)
    assert gone["state"] == "aborted"
    await door.post(QUALITY, f"{run}/decision", decision("rework"), status=409)


async def test_points_are_planned_changed_and_given_up(door: Door) -> None:
    run = await begun(door)
    assert (await door.get(PLANNER, PLACE))["version"] == 1
    await door.post(QUALITY, "/v1/inspection-points", {**POINT, "in_force": False}, status=201)
    (kept,) = await door.page(PLANNER, "/v1/inspection-points?recipe_id=harden")
    assert (kept["version"], kept["in_force"]) == (2, False)
    assert await door.page(PLANNER, "/v1/inspection-points?recipe_id=crack") == []
    # A run that has begun keeps its point: two people let it go on.
    refused = await door.post(OPERATOR, f"{run}/samples", found("60", "60"), status=409)
    assert "any more" in refused["detail"]
    await door.post(QUALITY, f"{run}/decision", decision("use-as-is"), status=200)
    await door.post(APPROVER, f"{run}/decision", decision("use-as-is"), status=200)
    await door.post(OPERATOR, f"{run}/end", {}, status=200)
    faults: list[dict[str, Any]] = [
        {"recipe_id": "none"},
        {"operation_no": 20},
        {"sku": "bar"},
        {"sampling": []},
    ]
    for wrong in faults:
        await door.post(QUALITY, "/v1/inspection-points", {**POINT, **wrong}, status=422)
    await door.post(OPERATOR, "/v1/inspection-points", POINT, status=403)
    for place in ("harden/10/bar", "harden/20/shaft", "harden/x/shaft"):
        await door.get(PLANNER, f"/v1/inspection-points/{place}", status=404)
    await door.post(OPERATOR, "/v1/runs/none/samples", found("60", "60"), status=404)
    await door.post(QUALITY, "/v1/runs/none/decision", decision("rework"), status=404)


async def test_the_chart_of_a_point_shows_each_sample_and_a_certificate_names_them(door: Door) -> None:
    run = await begun(door)
    for value in ("60", "60.2", "60", "62"):
        await door.post(OPERATOR, f"{run}/samples", found(value, value, runs="10"))
    chart = await door.get(QUALITY, f"{PLACE}/chart?characteristic=hardness&baseline=3")
    assert [(each["mean"], each["rules"], each["run_id"]) for each in chart["points"]] == [
        ("60", [], run[9:]), ("60.2", [], run[9:]), ("60", [], run[9:]), ("62", [1], run[9:])
    ]  # fmt: skip
    await door.get(QUALITY, f"{PLACE}/chart?characteristic=colour", status=404)
    await door.post(OPERATOR, f"{run}/report", {"runs": "40"})
    (lot,) = [each["lot_id"] for each in await door.page(QUALITY, f"/v1/lots?run_id={run[9:]}")]
    plan = {name: POINT[name] for name in ("sku", "characteristics", "sampling")}
    await door.post(QUALITY, "/v1/inspection-plans", plan)
    whole = {"samples": found("60", "60")["samples"]}
    await door.post(QUALITY, f"/v1/lots/{lot}/samples", whole)
    certificate = await door.get(QUALITY, f"/v1/lots/{lot}/certificate")
    assert len(certificate["in_process"]) == 4
    lots = await door.get(QUALITY, "/v1/inspection-plans/shaft/chart?characteristic=hardness")
    assert [each["lot_id"] for each in lots["points"]] == [lot]
