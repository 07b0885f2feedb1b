"""Crews over HTTP: defined, narrowed, shown, and asked for by recipes."""

from __future__ import annotations

from typing import Any

from contracts.crews import CrewDefined
from services.production.tests.door import OPERATOR, PLANNER, Door
from services.production.tests.test_api import CALENDAR, FURNACE, RECIPE

HARDENERS: dict[str, Any] = {
    "crew_id": "hardeners", "site_id": "plant-1", "title": "Hardening crew", "skill": "hardening", "people": 2,
    "calendar_id": "week",
}  # fmt: skip
MANNED = {**RECIPE, "operations": [{**RECIPE["operations"][0], "skill": "hardening", "people": 2}]}


async def planted(door: Door) -> None:
    await door.post(PLANNER, "/v1/calendars", CALENDAR, status=201)
    await door.post(PLANNER, "/v1/work-centres", FURNACE, status=201)


async def test_a_crew_is_defined_told_shown_and_narrowed(door: Door) -> None:
    await planted(door)
    await door.post(PLANNER, "/v1/crews", HARDENERS, status=201)
    await door.post(PLANNER, "/v1/crews", {**HARDENERS, "people": 3}, status=201)
    assert [each.people for each in await door.stage.told(CrewDefined)] == [2, 3]
    assert await door.get(OPERATOR, "/v1/crews/hardeners") == {**HARDENERS, "people": 3}
    assert len(await door.page(OPERATOR, "/v1/crews?site_id=plant-1&skill=hardening")) == 1
    assert await door.page(OPERATOR, "/v1/crews?skill=welding") == []
    assert await door.page(OPERATOR, "/v1/crews?site_id=plant-2") == []
    await door.get(OPERATOR, "/v1/crews/none", status=404)


async def test_a_crew_that_cannot_be_is_refused(door: Door) -> None:
    await planted(door)
    assert (await door.send(OPERATOR, "POST", "/v1/crews", HARDENERS)).status_code == 403
    for change, where in (
        ({"calendar_id": "none"}, "/calendar_id"),
        ({"people": -1}, "/people"),
        ({"skill": " "}, "/skill"),
    ):
        answer = await door.send(PLANNER, "POST", "/v1/crews", {**HARDENERS, **change})
        assert (answer.status_code, where in answer.text) == (422, True), answer.text
    assert await door.stage.rows("SELECT count(*) FROM crews") == [(0,)]
    await door.post(PLANNER, "/v1/crews", HARDENERS, status=201)
    moved = await door.send(PLANNER, "POST", "/v1/crews", {**HARDENERS, "site_id": "plant-2"})
    assert (moved.status_code, "keeps its site" in moved.text) == (422, True)


async def test_a_recipe_that_nobody_at_its_site_could_do_is_refused(door: Door) -> None:
    await planted(door)
    refused = await door.send(PLANNER, "POST", "/v1/recipes", MANNED)
    assert (refused.status_code, "/operations/0/skill" in refused.text) == (422, True), refused.text
    await door.post(PLANNER, "/v1/crews", {**HARDENERS, "people": 1}, status=201)
    refused = await door.send(PLANNER, "POST", "/v1/recipes", MANNED)
    assert (refused.status_code, "/operations/0/people" in refused.text) == (422, True), refused.text
    await door.post(PLANNER, "/v1/crews", HARDENERS, status=201)
    await door.post(PLANNER, "/v1/recipes", MANNED, status=201)
    shown = await door.get(PLANNER, "/v1/recipes/harden/versions/1")
    assert shown["content"]["operations"][0]["skill"] == "hardening"
    changes = {name: value for name, value in RECIPE.items() if name != "recipe_id"}
    welding = {**changes, "operations": [{**MANNED["operations"][0], "skill": "welding"}]}
    path = "/v1/recipes/harden/versions/1"
    rewritten = await door.send(PLANNER, "PUT", path, welding, **{"if-match": f'"{shown["version"]}"'})
    assert (rewritten.status_code, "/operations/0/skill" in rewritten.text) == (422, True), rewritten.text
