"""Bills and uses over HTTP: what is in force at a moment and a site, in pages, and refused."""

from __future__ import annotations

from services.production.tests.door import APPROVER, PLANNER, Door
from services.production.tests.test_api import RECIPE, opened


async def composed(door: Door) -> None:
    """An axle of two hardened shafts and a pin; its second version, from April on, takes three and no pin."""
    await opened(door)
    shafts = {"sku": "shaft", "quantity": "2", "operation_no": 10}
    window = [{"name": "hardness", "scale": "HRC", "minimum": "55"}]
    axle = {
        **RECIPE, "recipe_id": "axle", "kind": "congregation", "title": "axle",
        "inputs": [{**shafts, "window": window}, {"sku": "pin", "quantity": "1", "operation_no": 10}],
        "outputs": [{"sku": "axle", "quantity": "1", "role": "main"}],
    }  # fmt: skip
    later = {**axle, "effective_from": "2026-04-01T00:00:00Z"}
    later["inputs"] = [{**shafts, "quantity": "3", "window": window}]
    for number, body in ((1, axle), (2, later)):
        await door.post(PLANNER, "/v1/recipes", body, status=201)
        await door.post(PLANNER, f"/v1/recipes/axle/versions/{number}/submission")
        await door.post(APPROVER, f"/v1/recipes/axle/versions/{number}/approval")


async def read(door: Door, path: str) -> list[tuple[int, str, str]]:
    return [(each["level"], each["sku"], each["quantity"]) for each in await door.page(PLANNER, path)]


async def test_a_bill_follows_the_versions_in_force_at_a_moment(door: Door) -> None:
    await composed(door)
    assert await read(door, "/v1/bills/axle") == [
        (0, "axle", "1"), (1, "shaft", "2"), (2, "shaft", "2"), (1, "pin", "1")
    ]  # fmt: skip
    april = "?at=2026-04-02T00:00:00Z"
    assert await read(door, "/v1/bills/axle" + april) == [
        (0, "axle", "1"),
        (1, "shaft", "3"),
        (2, "shaft", "3"),
    ]
    assert await read(door, "/v1/uses/pin") == [(1, "axle", "1")]
    assert await read(door, "/v1/uses/pin" + april) == [], "the newest version in force takes none"
    assert await read(door, "/v1/uses/shaft") == [(1, "shaft", "1"), (2, "axle", "2")]
    assert await read(door, "/v1/uses/shaft?site_id=plant-2") == []
    assert await read(door, "/v1/bills/none") == [(0, "none", "1")]


async def test_a_bill_is_read_in_pages(door: Door) -> None:
    await composed(door)
    seen, after = [], ""
    for _ in range(4):
        page = await door.get(PLANNER, f"/v1/bills/axle?limit=1{after}")
        seen += [(each["level"], each["sku"]) for each in page["items"]]
        after = f"&after={page['next']}"
    assert seen == [(0, "axle"), (1, "shaft"), (2, "shaft"), (1, "pin")]
    await door.get(PLANNER, "/v1/bills/axle?at=then", status=422)
    await door.get(("customer", "c1"), "/v1/uses/axle", status=403)
