"""Lists and their pages, recipes on their way, acts in bulk, and what a malformed request gets."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from backbone.web.app import operations_of
from contracts.production import LotInspected, MaterialProduced, RunStarted
from contracts.vendors import GoodsReceived, ReceivedLine
from production.api import ROUTERS
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.made import asked, lot, staged
from services.production.tests.test_api import CALENDAR, FURNACE, RECIPE, allowed, opened

HUGE = 10**30
VERSION = "/v1/recipes/harden/versions/1"
CONTENT = {name: value for name, value in RECIPE.items() if name != "recipe_id"}


async def planted(door: Door) -> None:
    await door.post(PLANNER, "/v1/calendars", CALENDAR)
    await door.post(PLANNER, "/v1/work-centres", FURNACE)


async def drafted(door: Door) -> None:
    await planted(door)
    await door.post(PLANNER, "/v1/recipes", RECIPE, status=201)


async def test_a_recipe_is_given_back_rewritten_by_its_author_and_approved(door: Door) -> None:
    await drafted(door)
    await door.post(PLANNER, f"{VERSION}/submission")
    assert (await door.send(PLANNER, "PUT", VERSION, CONTENT)).status_code == 428
    assert (await door.send(PLANNER, "PUT", VERSION, CONTENT, **{"if-match": '"1"'})).status_code == 412
    refused = await door.send(PLANNER, "PUT", VERSION, CONTENT, **{"if-match": '"2"'})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/wrong-state")
    assert (await door.post(APPROVER, f"{VERSION}/rejection"))["state"] == "draft"
    changed = await door.send(
        PLANNER, "PUT", VERSION, {**CONTENT, "title": "Harden well"}, **{"if-match": '"3"'}
    )
    assert changed.headers["etag"] == '"4"'
    assert (changed.status_code, changed.json()["content"]["title"]) == (200, "Harden well")
    await door.post(PLANNER, f"{VERSION}/submission")
    assert (await door.post(APPROVER, f"{VERSION}/approval"))["approver"]
    assert (await door.post(APPROVER, f"{VERSION}/retirement"))["state"] == "retired"
    assert (await door.post(APPROVER, f"{VERSION}/approval", status=409))["type"] == "/problems/wrong-state"


async def test_the_second_person_is_another_one_in_whatever_role(door: Door) -> None:
    await drafted(door)
    admin = ("admin", None)
    await door.post(admin, "/v1/recipes", {**RECIPE, "recipe_id": "own"}, status=201)
    await door.post(admin, "/v1/recipes/own/versions/1/submission")
    for act in ("approval", "rejection"):
        refused = await door.post(admin, f"/v1/recipes/own/versions/1/{act}", status=409)
        assert refused["type"] == "/problems/second-person-needed"
    mine = await door.send(admin, "PUT", VERSION, CONTENT, **{"if-match": '"1"'})
    assert mine.json()["type"] == "/problems/written-by-another"


async def test_masters_are_shown_and_what_is_not_there_is_not_found(door: Door) -> None:
    await opened(door)
    assert (await door.get(OPERATOR, "/v1/calendars/week"))["weekdays"] == [0, 1, 2, 3, 4]
    assert (await door.get(OPERATOR, "/v1/work-centres/furnace"))["overhead_rate"] == "0.1"
    for path in ("/v1/calendars/none", "/v1/work-centres/none", "/v1/runs/none", "/v1/lots/none"):
        await door.get(OPERATOR, path, status=404)
    for version in ("2", "0", "-1", "x", str(HUGE), "٣"):
        await door.get(OPERATOR, f"/v1/recipes/harden/versions/{version}", status=404)


async def test_pages_follow_one_another_under_the_same_filters(door: Door) -> None:
    await opened(door)
    await door.stage.hear(*(asked(f"p{number}", runs="1", inputs="1", outputs="1") for number in range(5)))
    path: str | None = "/v1/runs?state=scheduled&site_id=plant-1&limit=2"
    seen: list[str] = []
    while path is not None:
        shown = await door.get(OPERATOR, path)
        seen += [each["planned_order_id"] for each in shown["items"]]
        path = shown["next"]
    assert sorted(seen) == ["p0", "p1", "p2", "p3", "p4"]
    assert len(set(seen)) == len(seen)
    assert await door.page(OPERATOR, "/v1/runs?state=closed") == []
    assert await door.page(OPERATOR, "/v1/runs?site_id=elsewhere") == []
    for limit in ("0", "201", "x"):
        await door.get(OPERATOR, f"/v1/runs?limit={limit}", status=422)


async def test_bookings_show_when_machines_are_taken(door: Door) -> None:
    await opened(door)
    await door.stage.hear(asked("p1"), asked("p2"))
    bookings = await door.page(PLANNER, "/v1/work-centres/furnace/bookings")
    assert {each["run_id"] for each in bookings} == {await door.stage.run("p1"), await door.stage.run("p2")}
    assert [each["machine_no"] for each in bookings] == [1, 1]
    first = await door.get(PLANNER, "/v1/work-centres/furnace/bookings?limit=1")
    assert await door.page(PLANNER, first["next"]) == bookings[1:]


async def test_lots_are_followed_up_and_down(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    (made,) = await door.page(QUALITY, "/v1/lots?parent=bar")
    assert (made["run_id"], made["parents"]) == (run_id, ["bar"])
    assert await door.page(QUALITY, f"/v1/lots?run_id={run_id}&state=good") == [made]
    assert await door.page(QUALITY, "/v1/lots?parent=other") == []
    run = await door.get(OPERATOR, f"/v1/runs/{run_id}")
    assert [part["lot_id"] for part in run["floor"]["consumed"]] == ["bar"]


async def test_a_shift_is_worked_in_bulk_and_each_act_sees_the_one_before(door: Door) -> None:
    run_id = await allowed(door)
    reading = {"operation_no": 10, "name": "temperature", "value": "851"}
    acts: list[dict[str, Any]] = [
        {"run_id": run_id, "act": "start"},
        {"run_id": run_id, "act": "parameters", "readings": [reading]},
        {"run_id": run_id, "act": "report", "report": {"runs": "200"}},
        {"run_id": run_id, "act": "hold", "reason": "no power"},
        {"run_id": run_id, "act": "report", "report": {"runs": "1"}},
        {"run_id": run_id, "act": "resume"},
        {"run_id": run_id, "act": "report", "report": {"runs": "301"}},
        {"run_id": run_id, "act": "end"},
        {"run_id": run_id, "act": "abort", "reason": "too late"},
    ]
    answers = (await door.post(OPERATOR, "/v1/run-acts/batch", {"acts": acts}))["answers"]
    assert [each["status"] for each in answers] == [200, 200, 200, 200, 409, 200, 422, 200, 409]
    assert (answers[7]["state"], answers[8]["type"]) == ("closed", "/problems/wrong-state")
    made = [each for fact in await door.stage.told(MaterialProduced) for each in fact.lots]
    assert [str(each.part.quantity) for each in made] == ["200", "300"]


async def test_the_same_key_gives_the_same_answer_and_one_act(door: Door) -> None:
    run_id = await allowed(door)
    key = {"idempotency-key": "once"}
    path = f"/v1/runs/{run_id}/start"
    answers = [await door.send(OPERATOR, "POST", path, {}, **key) for _ in range(5)]
    assert len({answer.content for answer in answers}) == 1
    assert len(await door.stage.told(RunStarted)) == 1
    other = await door.send(OPERATOR, "POST", path, {"x": 1}, **key)
    assert other.status_code == 422
    bare = await door.client.post(path, content=b"{}", headers=door.issuer.headers(*OPERATOR))
    assert bare.status_code in {400, 415}


async def test_incoming_goods_are_inspected_and_a_bad_lot_is_decided_on(door: Door) -> None:
    line = ReceivedLine("l1", "p1", "plant-1", (lot("A", "5"), lot("B", "5")), complete=True, inspect=True)
    await door.stage.hear(GoodsReceived("po", "forge", "external", "r1", (line,)))
    waiting = await door.page(QUALITY, "/v1/lots?state=in-inspection")
    assert [each["lot_id"] for each in waiting] == ["A", "B"]
    soft = {"passed": False, "properties": [{"name": "hardness", "value": "150", "scale": "HB"}]}
    assert (await door.post(QUALITY, "/v1/lots/A/inspection", soft))["state"] == "blocked"
    assert (await door.post(QUALITY, "/v1/lots/B/inspection", {"passed": True}))["state"] == "good"
    again = await door.post(QUALITY, "/v1/lots/A/inspection", {"passed": True}, status=409)
    assert "disposition" in again["detail"]
    assert [(fact.lot_id, fact.run_id, fact.passed) for fact in await door.stage.told(LotInspected)] == [
        ("A", None, False),
        ("B", None, True),
    ]
    rework = {"disposition": "rework", "reason": "too soft", "recipe_id": "harden"}
    refused = await door.post(QUALITY, "/v1/lots/A/disposition", rework, status=422)
    assert refused["errors"][0]["pointer"] == "/recipe_id"
    await opened(door)
    assert (await door.post(QUALITY, "/v1/lots/A/disposition", rework))["state"] == "reworked"


MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/calendars", {**CALENDAR, "calendar_id": " "}, "/calendar_id"),
    ("/v1/calendars", {**CALENDAR, "opens_at_hour": HUGE}, "/closes_at_hour"),
    ("/v1/calendars", {**CALENDAR, "weekdays": [9]}, "/weekdays"),
    ("/v1/calendars", {**CALENDAR, "days_off": ["2026-02-30"]}, "/days_off"),
    ("/v1/calendars", {**CALENDAR, "colour": "red"}, "/colour"),
    ("/v1/work-centres", {**FURNACE, "work_centre_id": "x" * 201}, "/work_centre_id"),
    ("/v1/work-centres", {**FURNACE, "calendar_id": "none"}, "/calendar_id"),
    ("/v1/work-centres", {**FURNACE, "machines": HUGE}, "/machines"),
    ("/v1/work-centres", {**FURNACE, "labour_rate_minor": HUGE}, "/labour_rate_minor"),
    ("/v1/work-centres", {**FURNACE, "overhead_rate": 0.1}, "/overhead_rate"),
    ("/v1/work-centres", {**FURNACE, "currency": "euro"}, "/currency"),
    ("/v1/recipes", {**RECIPE, "recipe_id": ""}, "/recipe_id"),
    ("/v1/recipes", {**RECIPE, "title": "x" * 201}, "/title"),
    ("/v1/recipes", {**RECIPE, "kind": "magic"}, "/kind"),
    ("/v1/recipes", {**RECIPE, "effective_from": "2026-01-01T00:00:00"}, "/effective_from"),
    ("/v1/recipes", {**RECIPE, "effective_to": "2025-01-01T00:00:00Z"}, "/effective_to"),
    ("/v1/recipes", {**RECIPE, "lead_days": HUGE}, "/lead_days"),
    ("/v1/recipes", {**RECIPE, "over_points": -1}, "/over_points"),
    ("/v1/recipes", {**RECIPE, "site_id": "plant-2"}, "/operations/0/work_centre_id"),
    ("/v1/recipes", {**RECIPE, "state": "approved"}, "/state"),
    ("/v1/recipes", {**RECIPE, "author": "somebody"}, "/author"),
]


@pytest.mark.parametrize(("path", "body", "pointer"), MALFORMED)
async def test_a_malformed_master_gets_a_pointer_and_has_no_effect(
    door: Door, path: str, body: dict[str, Any], pointer: str
) -> None:
    await planted(door)
    before = await door.stage.all_told()
    refused = await door.post(PLANNER, path, body, status=422)
    assert pointer in [each["pointer"] for each in refused["errors"]]
    assert await door.stage.all_told() == before


@pytest.mark.parametrize(
    "change",
    [
        {"operation_no": HUGE},
        {"people": HUGE},
        {"people": -1},
        {"setup_minutes": "-1"},
        {"run_minutes": "999999999"},
        {"operation_yield": "0"},
        {"work_centre_id": "nowhere"},
        {"send_ahead": "0"},
        {"send_ahead": "10"},
    ],
)
async def test_an_operation_that_cannot_be_is_refused(door: Door, change: dict[str, Any]) -> None:
    await planted(door)
    inputs = [{**RECIPE["inputs"][0], "operation_no": change.get("operation_no", 10)}]
    body = {**RECIPE, "inputs": inputs, "operations": [{**RECIPE["operations"][0], **change}]}
    refused = await door.post(PLANNER, "/v1/recipes", body, status=422)
    assert refused["errors"][0]["pointer"].startswith("/operations/0")


async def test_impossible_figures_of_acts_are_refused_and_never_break_anything(door: Door) -> None:
    run_id = await allowed(door)
    at = f"/v1/runs/{run_id}"
    await door.post(OPERATOR, f"{at}/start")
    told = await door.stage.all_told()
    shaft: dict[str, Any] = {"sku": "shaft", "quantity": "1"}
    for act, body in (
        ("parameters", {"readings": []}),
        ("parameters", {"readings": [{"operation_no": HUGE, "name": "x", "value": "1"}]}),
        ("parameters", {"readings": [{"operation_no": 10, "name": "temperature", "value": 1}]}),
        ("report", {"runs": "-1"}),
        ("report", {"runs": "501"}),
        ("report", {"consumed": [{"lot_id": "bar", "quantity": "501"}]}),
        ("report", {"consumed": [{"lot_id": "bar", "quantity": "0"}]}),
        ("report", {"consumed": [{"lot_id": "bar", "quantity": "1"}] * 201}),
        ("report", {"outcomes": [{**shaft, "quantity": "999999999999"}]}),
        ("report", {"outcomes": [shaft, shaft]}),
        ("report", {"outcomes": [{**shaft, "serials": [""]}]}),
        ("report", {"outcomes": [{**shaft, "serials": ["s"] * 1_001}]}),
        ("report", {"scraps": [{**shaft, "reason": " "}]}),
        ("report", {"scraps": [{**shaft, "quantity": "-1", "reason": "x"}]}),
        ("report", {"by": "somebody else"}),
        ("end", {"rest": "some"}),
        ("end", {"rest": "nothing"}),
        ("end", {"report": {"outcomes": [{"sku": "nut"}]}}),
        ("hold", {"reason": ""}),
        ("abort", {"reason": "x" * 501}),
        ("resume", {"reason": "x"}),
    ):
        await door.post(OPERATOR, f"{at}/{act}", body, status=422)
    for body in ({"acts": []}, {"acts": [{"run_id": run_id, "act": "dance"}]}):
        await door.post(OPERATOR, "/v1/run-acts/batch", body, status=422)
    assert await door.stage.all_told() == told
    assert await door.stage.rows("SELECT state FROM runs") == [("running",)]


async def test_no_client_and_no_vendor_sees_or_touches_anything(door: Door) -> None:
    run_id = await allowed(door)
    for role in (("customer", "c1"), ("vendor", "forge")):
        for path in ("/v1/runs", f"/v1/runs/{run_id}", "/v1/lots", "/v1/recipes", "/v1/work-centres"):
            await door.get(role, path, status=403)
        for act in ("start", "report", "end", "abort"):
            await door.post(role, f"/v1/runs/{run_id}/{act}", {}, status=403)
        await door.post(
            role, "/v1/run-acts/batch", {"acts": [{"run_id": run_id, "act": "start"}]}, status=403
        )
    assert (await door.client.get("/v1/runs")).status_code == 401


async def test_the_description_is_valid_openapi_and_names_every_operation(door: Door) -> None:
    described = (await door.client.get("/openapi.json")).json()
    validate(described)
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("description") for each in operations)
    assert len(operations) == len(operations_of(ROUTERS))
    bodies = [
        each["requestBody"]["content"]["application/json"] for each in operations if "requestBody" in each
    ]
    assert all("example" in each for each in bodies)


async def test_material_in_parts_is_reported_by_named_lots(door: Door) -> None:
    await opened(door)
    await door.stage.hear(asked(), staged(lot("a", "300", 300), lot("b", "200", 400)))
    run_id = await door.stage.run()
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    named = {"runs": "200", "consumed": [{"lot_id": "b", "quantity": "200"}]}
    await door.post(OPERATOR, f"/v1/runs/{run_id}/report", named)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    made = [
        each.part.cost.bought_in for fact in await door.stage.told(MaterialProduced) for each in fact.lots
    ]
    assert made == [400, 300]
