"""What lies at vendors as planners see it: by the runs that it is for, now and then."""

from __future__ import annotations

from urllib.parse import quote

from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import aborted, consumed, started
from services.materials.tests.test_handlers_outside import lots_staged, one_more, staged


async def at_vendors(door: Door, more: str = "") -> list[tuple[str, str, str, int]]:
    found = await door.page(PLANNER, f"/v1/stock?store=vendor{more}")
    assert {each["store"] for each in found} <= {"vendor"}
    return [
        (each["planned_order_id"], each["lot_id"], each["on_hand"], each["cost"]["bought_in"])
        for each in found
    ]


async def paged(door: Door, more: str) -> list[str]:
    """The planned orders that are listed, one a page."""
    found, path = [], f"/v1/stock?store=vendor&limit=1{more}"
    while path:
        answer = await door.client.get(path, headers=door.issuer.headers(*PLANNER))
        found += [each["planned_order_id"] for each in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    return found


async def test_what_lies_at_vendors_is_listed_by_the_runs_that_it_is_for_now_and_then(door: Door) -> None:
    stage = door.stage
    one = await staged(stage, {"B": "10"}, "2")
    (first,) = await lots_staged(stage)
    two = await one_more(stage, "q", "5")
    (second,) = await lots_staged(stage)
    assert await at_vendors(door) == []
    await stage.hear(started(one, first), started(two, second))
    whole = sorted([(one, "B", "2", 200), (two, "B", "5", 501)])
    assert await at_vendors(door) == whole
    assert await at_vendors(door, "&sku=gear") == []
    assert await paged(door, "") == [key for key, *_ in whole]
    then = stage.clock.now()
    await stage.pass_time(days=1)
    await stage.hear(consumed(one, first), aborted(two, second))
    assert await at_vendors(door) == []
    past = f"&at={quote(then.isoformat())}"
    assert await at_vendors(door, past) == whole
    assert await paged(door, past) == [key for key, *_ in whole]


async def test_a_lot_says_what_of_it_lies_at_which_run_s_vendor(door: Door) -> None:
    made = await staged(door.stage, {"B": "10"}, "4")
    await door.stage.hear(started(made, *await lots_staged(door.stage)))
    lot = await door.get(PLANNER, "/v1/lots/B")
    assert [(each["store"], each["on_hand"], each["planned_order_id"]) for each in lot["stock"]] == [
        ("main", "6", None),
        ("vendor", "4", made),
    ]
    refused = await door.get(PLANNER, "/v1/stock?store=moon", status=422)
    assert refused["errors"][0]["pointer"] == "?store"
