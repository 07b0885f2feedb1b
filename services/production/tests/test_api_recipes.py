"""Recipes over HTTP: copied, compared, found by what they use, and beside what their runs yielded."""

from __future__ import annotations

from contracts.materials import ItemDefined
from contracts.values import Quantity
from services.production.tests.door import APPROVER, OPERATOR, PLANNER, Door
from services.production.tests.test_api import FURNACE, RECIPE, allowed, opened

VERSIONS = "/v1/recipes/harden/versions"


async def test_a_copy_is_a_draft_of_whoever_copied_it(door: Door) -> None:
    await opened(door)
    copied = await door.post(PLANNER, f"{VERSIONS}/1/copy", {"recipe_id": "harden"}, status=201)
    assert (copied["recipe_version"], copied["state"], copied["author"]) == (2, "draft", "a-planner")
    difference = await door.get(PLANNER, f"{VERSIONS}/2/difference")
    assert (difference["version_was"], difference["version_now"], difference["changes"]) == (1, 2, [])
    await door.post(PLANNER, f"{VERSIONS}/2/submission")
    await door.post(PLANNER, f"{VERSIONS}/2/approval", status=403)


async def test_a_copy_for_another_site_needs_its_work_centres(door: Door) -> None:
    await opened(door)
    elsewhere = {"recipe_id": "harden-2", "site_id": "plant-2"}
    refused = await door.post(PLANNER, f"{VERSIONS}/1/copy", elsewhere, status=422)
    assert refused["errors"][0]["pointer"] == "/operations/0/work_centre_id"
    later = {"recipe_id": "harden-2", "title": "Later", "effective_from": "2027-01-01T00:00:00Z"}
    copied = await door.post(PLANNER, f"{VERSIONS}/1/copy", later, status=201)
    assert (copied["content"]["title"], copied["content"]["effective_to"]) == ("Later", None)
    await door.post(PLANNER, f"{VERSIONS}/9/copy", later, status=404)


async def test_versions_differ_from_the_one_before_or_from_any(door: Door) -> None:
    await opened(door)
    await door.post(PLANNER, "/v1/recipes", {**RECIPE, "lead_days": 5})
    await door.post(PLANNER, "/v1/recipes", {**RECIPE, "lead_days": 7})
    (change,) = (await door.get(PLANNER, f"{VERSIONS}/3/difference"))["changes"]
    assert (change["field"], change["was"], change["now"]) == ("lead_days", "5", "7")
    (change,) = (await door.get(PLANNER, f"{VERSIONS}/3/difference?from=1"))["changes"]
    assert (change["was"], change["now"]) == ("2", "7")
    await door.get(PLANNER, f"{VERSIONS}/3/difference?from=8", status=404)
    await door.get(PLANNER, f"{VERSIONS}/3/difference?from=x", status=422)


async def test_recipes_are_found_by_site_day_and_what_they_take_or_give(door: Door) -> None:
    await opened(door)
    await door.post(PLANNER, "/v1/work-centres", {**FURNACE, "work_centre_id": "oven"})
    ends = {"effective_to": "2026-02-01T00:00:00Z"}
    inputs = [*RECIPE["inputs"], {"sku": "oil", "quantity": "1", "operation_no": 10}]
    await door.post(PLANNER, "/v1/recipes", {**RECIPE, **ends, "recipe_id": "old", "inputs": inputs})

    async def names(query: str) -> list[str]:
        return [each["recipe_id"] for each in await door.page(PLANNER, f"/v1/recipes?{query}")]

    assert await names("uses=shaft") == ["harden", "old"]
    assert await names("uses=oil") == ["old"]
    assert await names("makes=oil") == []
    assert await names("makes=shaft&state=approved") == ["harden"]
    assert await names("site_id=plant-2") == []
    assert await names("at=2026-03-01T00:00:00Z") == ["harden"]
    assert await names("at=2026-01-15T00:00:00Z&site_id=plant-1") == ["harden", "old"]
    await door.get(PLANNER, "/v1/recipes?at=yesterday", status=422)
    await door.get(PLANNER, "/v1/recipes?at=2026-01-15T00:00:00", status=422)


async def test_yields_are_learned_from_closed_runs(door: Door) -> None:
    run_id = await allowed(door)
    (before,) = (await door.get(PLANNER, f"{VERSIONS}/1/yields"))["yields"]
    assert (before["runs"], before["learned"]) == (0, None)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    scraps = [{"sku": "shaft", "quantity": "50", "reason": "bent"}]
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {"report": {"scraps": scraps}})
    (after,) = (await door.get(PLANNER, f"{VERSIONS}/1/yields"))["yields"]
    assert (after["runs"], after["stated"], after["learned"], after["proposed"]) == (1, "1", "0.9", None)
    await door.get(PLANNER, f"{VERSIONS}/4/yields", status=404)


async def test_a_recipe_that_makes_mass_of_nothing_is_refused(door: Door) -> None:
    await opened(door)
    for sku, unit in (("crude", "kg"), ("tar", "kg"), ("gas", "kg")):
        await door.stage.hear(ItemDefined(sku, sku, unit, Quantity("0.001")))
    heavy = {
        **RECIPE,
        "recipe_id": "crack",
        "kind": "separation",
        "inputs": [{"sku": "crude", "quantity": "100", "operation_no": 10}],
        "outputs": [
            {"sku": "tar", "quantity": "60", "role": "main"},
            {"sku": "gas", "quantity": "41", "role": "co-product"},
        ],
    }
    refused = await door.post(PLANNER, "/v1/recipes", heavy, status=422)
    assert refused["errors"] == [{"pointer": "/outputs", "detail": "1 kg more than goes in"}]
    heavy["outputs"][1]["quantity"] = "40"
    await door.post(PLANNER, "/v1/recipes", heavy, status=201)
    await door.post(APPROVER, "/v1/recipes/crack/versions/1/copy", {"recipe_id": "x"}, status=403)


async def test_a_recipe_whose_work_a_vendor_does_is_drafted_and_told_with_its_days(door: Door) -> None:
    await opened(door)
    work = {"sku": "hardening", "quantity": "1", "out_days": 1, "work_days": 3, "back_days": 1}
    (step,) = RECIPE["operations"]
    free = {"setup_minutes": "0", "run_minutes": "0", "people": 0}
    abroad = {
        **RECIPE,
        "recipe_id": "abroad",
        "lead_days": 7,
        "operations": [{**step, **free, "outside": work}],
    }
    drafted = await door.post(PLANNER, "/v1/recipes", abroad, status=201)
    (operation,) = drafted["content"]["operations"]
    assert operation["outside"] == work
    assert operation["setup_minutes"] == str(5 * 16 * 60)
    wrong = {**step, **free, "outside": {**work, "work_days": 0, "sku": "shaft"}}
    refused = await door.post(PLANNER, "/v1/recipes", {**abroad, "operations": [wrong]}, status=422)
    assert [each["pointer"] for each in refused["errors"]] == [
        "/operations/0/outside/sku", "/operations/0/outside/work_days",
    ]  # fmt: skip
