"""Plans of whole sites over HTTP: asked for, followed, read, compared, published, and what is refused."""

from __future__ import annotations

import pytest

from services.materials.tests.door import PLANNER, WAREHOUSE, Door
from services.materials.tests.made import ask, line, placed, terms
from services.materials.tests.plans import work_off


async def opened(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", 20))
    await door.stage.hear(asked, placed(asked))


async def made(door: Door) -> str:
    answer = await door.send(PLANNER, "POST", "/v1/plans", {"site_id": "plant-1"})
    assert answer.status_code == 202
    plan_id = str(answer.json()["id"])
    assert answer.headers["location"] == f"/v1/operations/{plan_id}"
    await work_off(door.stage)
    return plan_id


async def test_a_plan_is_asked_for_followed_read_compared_and_published(door: Door) -> None:
    await opened(door)
    first, second = await made(door), await made(door)
    done = await door.get(PLANNER, f"/v1/operations/{first}")
    assert (done["state"], done["done"], done["total"]) == ("done", 2, 2)
    listed = await door.page(PLANNER, "/v1/plans")
    assert [each["plan_id"] for each in listed] == [second, first]
    assert (listed[0]["state"], listed[0]["sites"], listed[0]["orders"]) == ("ready", ["plant-1"], 1)
    (order,) = await door.page(PLANNER, f"/v1/plans/{first}/orders?sku=gear&site_id=plant-1")
    assert (order["quantity"], order["due_on"], order["source"]) == ("10", "2026-03-22", "buy")
    (peg,) = await door.page(PLANNER, f"/v1/plans/{first}/orders/{order['order_no']}/pegs")
    assert (peg["for_demand_id"], peg["quantity"]) == ("p/l1/1/gear", "10")
    assert await door.page(PLANNER, f"/v1/plans/{first}/delays") == []
    assert await door.page(PLANNER, f"/v1/plans/{first}/difference/{second}") == []
    await door.post(PLANNER, f"/v1/plans/{second}/publication")
    assert (await door.get(PLANNER, f"/v1/plans/{second}"))["state"] == "live"
    refused = await door.post(PLANNER, f"/v1/plans/{second}/publication", status=409)
    assert refused["detail"] == "the plan is live; one that is ready can be published"


async def test_the_same_key_twice_asks_for_one_plan(door: Door) -> None:
    await opened(door)
    answers = [
        await door.send(PLANNER, "POST", "/v1/plans", {}, **{"idempotency-key": "once"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert await door.stage.rows("SELECT count(*) FROM plan_versions") == [(1,)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/plans/none", 404),
        ("/v1/plans/none/orders", 404),
        ("/v1/plans/none/difference/none", 404),
        ("/v1/plans?after=x", 422),
        ("/v1/plans/{plan}/orders?after=-1", 422),
        ("/v1/plans/{plan}/orders/x/pegs", 422),
        ("/v1/plans/{plan}/orders/0/pegs?after=[1,%22x%22,0,0]", 422),
        ("/v1/plans/{plan}/difference/{plan}?after=[1]", 422),
        ("/v1/plans/{plan}/difference/{plan}?after={{", 422),
        ("/v1/plans/{plan}/delays?after=99999999999", 422),
    ],
)
async def test_what_cannot_be_shown_is_refused(door: Door, path: str, status: int) -> None:
    await opened(door)
    plan = await made(door)
    refused = await door.get(PLANNER, path.format(plan=plan), status=status)
    assert refused["status"] == status


async def test_only_planners_ask_for_plans_and_only_of_sites_that_are_there(door: Door) -> None:
    await door.post(PLANNER, "/v1/plans", {"site_id": "nowhere"}, status=404)
    await door.post(PLANNER, "/v1/plans", {}, status=404)
    await door.post(WAREHOUSE, "/v1/plans", {}, status=403)
    await door.post(PLANNER, "/v1/plans", {"keeps": "nothing"}, status=422)
    await door.post(PLANNER, "/v1/plans/none/publication", status=404)
    assert await door.page(PLANNER, "/v1/plans") == []
