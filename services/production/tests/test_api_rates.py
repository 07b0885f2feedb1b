"""What an hour at a work centre costs over HTTP: said, listed with its moments, taken back, refused."""

from __future__ import annotations

from typing import Any

from services.production.tests.door import OPERATOR, PLANNER, QUALITY, Door
from services.production.tests.test_api import FURNACE, opened

RATES = "/v1/work-centres/furnace/rates"


def body(**changes: Any) -> dict[str, Any]:
    made = {"labour_rate_minor": 4_000, "machine_rate_minor": 6_000, "overhead_rate": "0.1"}
    return {**made, "holds_from": "2026-04-01T00:00:00Z", **changes}


async def listed(door: Door) -> list[tuple[int, str, str | None]]:
    return [(each["rate_no"], each["state"], each["holds_until"]) for each in await door.page(QUALITY, RATES)]


async def test_rates_are_said_ahead_listed_and_hold_at_their_moment(door: Door) -> None:
    await opened(door)
    said = await door.post(PLANNER, RATES, body(), status=201)
    assert (said["rate_no"], said["by"]) == (2, "a-planner")
    assert await listed(door) == [(2, "coming", None), (1, "holds", "2026-04-01T00:00:00Z")]
    first = (await door.page(QUALITY, RATES))[1]
    assert (first["holds_from"], first["currency"]) == ("1970-01-01T00:00:00Z", "EUR")
    shown = await door.get(QUALITY, "/v1/work-centres/furnace")
    assert shown["labour_rate_minor"] == FURNACE["labour_rate_minor"]
    door.stage.clock.advance(door.stage.clock.now().replace(month=4))
    assert await listed(door) == [(2, "holds", None), (1, "was", "2026-04-01T00:00:00Z")]
    assert (await door.get(QUALITY, "/v1/work-centres/furnace"))["labour_rate_minor"] == 4_000
    (centre,) = await door.page(QUALITY, "/v1/work-centres")
    assert centre["labour_rate_minor"] == 4_000
    page = await door.client.get(f"{RATES}?limit=1", headers=door.issuer.headers(*QUALITY))
    following = await door.get(QUALITY, f"{RATES}?limit=1&after={page.json()['next']}")
    assert [each["rate_no"] for each in following["items"]] == [1]


async def test_rates_that_do_not_hold_yet_are_taken_back(door: Door) -> None:
    await opened(door)
    await door.post(PLANNER, RATES, body(), status=201)
    gone = await door.post(PLANNER, f"{RATES}/2/withdrawal", status=200)
    assert (gone["withdrawn_by"], gone["rate_no"]) == ("a-planner", 2)
    assert await door.post(PLANNER, f"{RATES}/2/withdrawal") == gone, "twice is once"
    assert await listed(door) == [(2, "withdrawn", None), (1, "holds", None)]
    now = await door.post(PLANNER, RATES, body(holds_from=None), status=201)
    assert now["holds_from"] == "2026-03-02T08:00:00Z"
    await door.post(PLANNER, f"{RATES}/3/withdrawal", status=409)
    await door.post(PLANNER, f"{RATES}/9/withdrawal", status=404)
    await door.post(PLANNER, f"{RATES}/0/withdrawal", status=404)
    await door.post(OPERATOR, f"{RATES}/3/withdrawal", status=403)


async def test_rates_that_cannot_be_are_refused(door: Door) -> None:
    await opened(door)
    for wrong, pointer in (
        (body(holds_from="2026-03-02T07:59:00Z"), "/holds_from"),
        (body(holds_from="2026-04-01T00:00:00"), "/holds_from"),
        (body(labour_rate_minor=-1), "/labour_rate_minor"),
        (body(overhead_rate="101"), "/overhead_rate"),
    ):
        refused = await door.post(PLANNER, RATES, wrong, status=422)
        assert refused["errors"][0]["pointer"] == pointer
    await door.post(PLANNER, RATES.replace("furnace", "none"), body(), status=404)
    await door.get(PLANNER, RATES.replace("furnace", "none"), status=404)
    await door.post(OPERATOR, RATES, body(), status=403)
    assert await listed(door) == [(1, "holds", None)]


async def test_another_currency_is_refused_while_rates_are_to_come(door: Door) -> None:
    lone = {**FURNACE, "work_centre_id": "kiln"}
    await opened(door)
    await door.post(PLANNER, "/v1/work-centres", lone, status=201)
    await door.post(PLANNER, RATES.replace("furnace", "kiln"), body(), status=201)
    refused = await door.post(PLANNER, "/v1/work-centres", {**lone, "currency": "USD"}, status=409)
    assert (refused["errors"][0]["pointer"], refused["type"]) == ("/currency", "/problems/rates-to-come")
    assert (await door.get(PLANNER, "/v1/work-centres/kiln"))["currency"] == "EUR"
