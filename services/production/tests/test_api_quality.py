"""Inspection by plan over HTTP: from the sample to the blocked lot, its disposition, the chart and the certificate."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import ItemDefined
from contracts.production import LotInspected
from contracts.service_desk import DeliveredLine, HandOverRefused
from contracts.values import Quantity
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import NOW
from services.production.tests.made import lot as part
from services.production.tests.test_api import allowed

PLAN = {
    "sku": "shaft",
    "characteristics": [
        {"name": "hardness", "kind": "variable", "scale": "HRC", "minimum": "58", "maximum": "62"},
        {"name": "scratched", "kind": "attribute"},
    ],
    "sampling": [{"from_quantity": "0", "sample_size": 2, "accept": 0}],
}


def found(*values: str, bad: int = 0) -> dict[str, object]:
    """A sample of a lot."""
    scratched = {"name": "scratched", "looked_at": 2, "bad": bad}
    return {"samples": [{"name": "hardness", "values": list(values)}, scratched]}


async def made(door: Door) -> list[str]:
    """A plan, and lots of a run that was reported on four times."""
    run_id = await allowed(door)
    await door.post(QUALITY, "/v1/inspection-plans", PLAN, status=201)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    for _ in range(4):
        await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "10"})
    return [str(each["lot_id"]) for each in await door.page(QUALITY, f"/v1/lots?run_id={run_id}")]


async def test_a_lot_that_passes_carries_its_means_and_gets_a_certificate(door: Door) -> None:
    lot, *_ = await made(door)
    await door.get(QUALITY, f"/v1/lots/{lot}/certificate", status=409)
    said = await door.post(QUALITY, f"/v1/lots/{lot}/samples", found("59", "61"), status=200)
    assert said["passed"] is True
    fact = await door.stage.last(LotInspected)
    assert (fact.lot_id, fact.passed) == (lot, True)
    assert [(each.name, str(each.value)) for each in fact.properties] == [("hardness", "60")]
    certificate = await door.get(QUALITY, f"/v1/lots/{lot}/certificate")
    assert certificate["lot"]["lot_id"] == lot
    hardness = certificate["inspection"]["characteristics"][0]
    assert (hardness["minimum"], hardness["maximum"], hardness["mean"]) == ("58", "62", "60")


async def test_a_lot_that_fails_is_blocked_and_shown_until_it_is_disposed_of(door: Door) -> None:
    lot, other, *_ = await made(door)
    assert (await door.post(QUALITY, f"/v1/lots/{lot}/samples", found("57", "61")))["passed"] is False
    await door.post(QUALITY, f"/v1/lots/{other}/samples", found("60", "60"))
    (failed,) = await door.page(QUALITY, "/v1/inspections?verdict=failed&sku=shaft")
    assert (failed["lot_id"], failed["state"], failed["inspected_by"]) == (lot, "blocked", "a-quality")
    await door.get(QUALITY, f"/v1/lots/{lot}/certificate", status=409)
    await door.post(QUALITY, f"/v1/lots/{lot}/samples", found("60", "61"), status=409)
    scrap = {"disposition": "scrap", "reason": "too soft"}
    await door.post(QUALITY, f"/v1/lots/{lot}/disposition", scrap, status=200)
    await door.post(APPROVER, f"/v1/lots/{lot}/disposition", scrap, status=409)
    (failed,) = await door.page(QUALITY, f"/v1/inspections?lot_id={lot}")
    assert (failed["state"], failed["reason"]) == ("scrapped", "too soft")


async def test_the_chart_shows_each_lot_and_the_rules_that_it_breaks(door: Door) -> None:
    lots = await made(door)
    for lot, value in zip(lots, ("60", "60.2", "60", "62"), strict=True):
        await door.post(QUALITY, f"/v1/lots/{lot}/samples", found(value, value))
    place = "/v1/inspection-plans/shaft/chart?characteristic=hardness"
    chart = await door.get(QUALITY, f"{place}&baseline=3")
    assert [(each["mean"], each["rules"]) for each in chart["points"]] == [
        ("60", []), ("60.2", []), ("60", []), ("62", [1])
    ]  # fmt: skip
    assert (chart["scale"], chart["chart"]["centre"]) == ("HRC", "60.066667")
    assert (await door.get(QUALITY, place))["chart"]["centre"] == "60.55"
    await door.get(QUALITY, "/v1/inspection-plans/shaft/chart?characteristic=colour", status=404)
    await door.get(QUALITY, f"{place}&baseline=none", status=422)


async def test_a_plan_is_followed_as_it_stands_and_only_where_there_is_one(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "10"})
    (lot,) = await door.page(QUALITY, f"/v1/lots?run_id={run_id}")
    place = f"/v1/lots/{lot['lot_id']}/samples"
    await door.post(QUALITY, place, found("60", "60"), status=409)
    await door.get(QUALITY, "/v1/inspection-plans/shaft", status=404)
    await door.post(QUALITY, "/v1/inspection-plans", PLAN)
    larger = {**PLAN, "sampling": [{"from_quantity": "0", "sample_size": 3, "accept": 0}]}
    assert (await door.post(QUALITY, "/v1/inspection-plans", larger))["version"] == 2
    refused = await door.post(QUALITY, place, found("60", "60"), status=422)
    assert refused["errors"][0]["pointer"] == "/samples/0"
    assert (await door.get(QUALITY, "/v1/inspection-plans/shaft"))["sampling"][0]["sample_size"] == 3
    await door.post(QUALITY, "/v1/inspection-plans", {**PLAN, "sampling": []}, status=422)
    await door.post(PLANNER, "/v1/inspection-plans", PLAN, status=403)
    await door.post(QUALITY, "/v1/lots/none/samples", found("60", "60"), status=404)


async def test_one_piece_that_came_back_is_inspected_by_the_plan_of_its_item(door: Door) -> None:
    await door.post(QUALITY, "/v1/inspection-plans", PLAN, status=201)
    await door.stage.hear(ItemDefined("shaft", "Shaft", "piece", Quantity(1)))
    lines = (DeliveredLine("l1", (part("bar", "1"),)),)
    await door.stage.hear(HandOverRefused("v1", "o1", "plant-1", lines, "scratched"))
    one = {
        "samples": [{"name": "hardness", "values": ["60"]}, {"name": "scratched", "looked_at": 1, "bad": 0}]
    }
    assert (await door.post(QUALITY, "/v1/lots/bar/samples", one))["passed"] is True


async def test_what_is_released_is_good_output_of_its_run_and_what_is_blocked_later_is_not(
    door: Door,
) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", {"runs": "100"})
    door.stage.clock.advance(NOW + timedelta(hours=1))
    hot = {"readings": [{"operation_no": 10, "name": "temperature", "value": "861"}]}
    await door.post(OPERATOR, f"/v1/runs/{run_id}/parameters", hot)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})

    async def figures() -> tuple[str, str, str]:
        (made,) = (await door.get(OPERATOR, f"/v1/runs/{run_id}"))["floor"]["made"]
        (learned,) = (await door.get(PLANNER, "/v1/recipes/harden/versions/1/yields"))["yields"]
        used = await door.get(PLANNER, "/v1/work-centres/furnace/effectiveness")
        return made["blocked"], learned["learned"], used["quality"]

    assert await figures() == ("400", "0.2", "0.2")
    (lot,) = [each["lot_id"] for each in await door.page(QUALITY, "/v1/lots?state=blocked")]
    release = {"disposition": "release", "reason": "hard enough"}
    await door.post(QUALITY, f"/v1/lots/{lot}/disposition", release)
    assert await figures() == ("0", "1", "1")
    await door.post(QUALITY, f"/v1/lots/{lot}/inspection", {"passed": False})
    await door.post(QUALITY, f"/v1/lots/{lot}/disposition", {**release, "disposition": "scrap"})
    assert await figures() == ("400", "0.2", "0.2")
