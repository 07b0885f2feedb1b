"""The planner's pages over a real materials: promises, pegs, what-if and versions of the plan."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backbone.errors import Invalid
from contracts.plans import PlanPublished
from control_tower.domain.pegs import tree_of
from control_tower.pages.what_if import supposed
from services.materials.tests.made import ask, line, placed
from services.materials.tests.plans import work_off
from tests.browser.street import Beside
from tests.browser.tower import hidden_fields, visitor


async def test_a_promise_is_asked_for_with_the_reasons_that_bind_and_atp_beside(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    soon, later = [beside.plan.clock.now() + timedelta(days=days) for days in (1, 60)]
    query = f"/promise?sku=gear&site_id=plant-1&wanted_at={later:%Y-%m-%dT%H:%M}&quantity="
    page = (await planner.get(query + "2")).text
    assert "It can be there when it is wanted." in page
    assert "Available to promise at plant-1" in page
    assert '2 <span class="quiet">pieces</span>' in page
    assert "gear is counted in piece, not in kg" in (await planner.get(query + "2&unit=kg")).text
    hurried = query.replace(f"{later:%Y-%m-%d}", f"{soon:%Y-%m-%d}")
    why = (await planner.get(hurried + "2")).text
    assert ("Why not sooner" in why, "line-1" in why) == (True, False)
    assert "nothing supplies bolt" in (await planner.get(query.replace("gear", "bolt") + "90")).text
    assert "Why not sooner" not in (await planner.get("/promise")).text
    refused = await planner.get(query + "many")
    assert (refused.status_code, "quantity is no number" in refused.text) == (422, True)
    # What was typed stands in the form still.
    assert ('value="many"' in refused.text, 'value="plant-1"' in refused.text) == (True, True)
    unknown = await planner.get(query.replace("gear", "nobody") + "2")
    assert "no item nobody" in unknown.text


async def test_pegs_are_a_tree_and_a_planned_order_says_why_it_is_there(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    page = (await planner.get("/orders/order-g/pegs")).text
    (purchase,) = re.findall(r'href="/planned-orders/([^"]+)"', page)
    assert purchase == await beside.plan.order_of("gear")
    assert '<span class="state late">late: ' in page
    why = (await planner.get(f"/planned-orders/{purchase}")).text
    assert '<a href="/orders/order-g">order order-g</a> line l1' in why
    assert "Nobody said how gear is planned at plant-1" in why
    assert re.search(r">[0-9.]+ pieces gear</a>", why)
    assert re.search(r"<strong>[0-9.]+ pieces gear</strong>", page)
    await beside.plan.planned_by("gear", source="buy", lead_days=5)
    assert "5 working days" in (await planner.get(f"/planned-orders/{purchase}")).text
    assert (await planner.get("/planned-orders/nothing")).status_code == 404
    assert "Nothing covers it" in (await planner.get("/orders/nothing/pegs")).text


async def test_what_if_shows_what_would_follow_and_keeps_nothing(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    counted = "SELECT count(*) FROM demands"
    before = await beside.plan.rows(counted)
    form = hidden_fields((await planner.get("/what-if")).text)
    at = beside.plan.clock.now() + timedelta(days=30)
    more = {"more": "gear", "more_site": "plant-1", "more_quantity": "3", "more_at": f"{at:%Y-%m-%dT%H:%M}"}
    page = (await planner.post("/what-if", data={**form, **more})).text
    assert '<span class="state">new</span>' in page
    assert "What is bought and worked costs <strong>30.00 EUR</strong> instead of 0.00: 30.00 more." in page
    assert 'value="gear"' in page
    assert '3 <span class="quiet">pieces</span>' in page
    anew = hidden_fields((await planner.get("/what-if")).text)
    other = (await planner.post("/what-if", data={**anew, **more, "more_unit": "kg"})).text
    assert "gear is counted in piece, not in kg" in other
    assert await beside.plan.rows(counted) == before
    assert (await planner.post("/what-if", data=form)).status_code == 422


async def test_versions_are_asked_for_looked_at_compared_and_published(
    planner: httpx.AsyncClient, beside: Beside
) -> None:
    later = ask("later", line("gear", "3", 90))
    await beside.plan.hear(later, placed(later))
    for _ in range(2):
        form = hidden_fields((await planner.get("/plans")).text)
        asked = await planner.post("/plans", data={**form, "site_id": "", "keeps": "firm"})
        assert (asked.status_code, asked.headers["location"]) == (303, "/plans")
    listed = (await planner.get("/plans")).text
    assert listed.count("<progress") == 2
    assert 'hx-trigger="every 2s"' in listed
    await work_off(beside.plan)
    listed = (await planner.get("/plans")).text
    assert "hx-trigger" not in listed
    newest, older = re.findall(r'<th scope="row"><a href="/plans/([^"]+)">', listed)
    differs = (await planner.get(f"/plans/difference?was={older}&now={newest}")).text
    assert "Both are the same plan." in differs
    plan = (await planner.get(f"/plans/{newest}")).text
    assert '<span class="quiet">pieces</span>' in plan
    order = re.findall(rf'href="(/plans/{newest}/orders/\d+)"', plan)[0]
    assert "What it takes" in (await planner.get(order)).text
    publish = {**hidden_fields(plan), "act": "publish"}
    assert (await planner.post(f"/plans/{newest}", data=publish)).status_code == 422
    assert 'name="replaces"' in plan
    asked_for = {**publish, "looked": "yes", "accepts_later": "yes", "replaces": "yes"}
    done = await planner.post(f"/plans/{newest}", data=asked_for)
    told = await beside.plan.last(PlanPublished)
    assert (told.dropped, told.planned) == (1, 1)
    assert "Published: its sites go by this version" in done.text
    late = {**publish, "looked": "yes", "act": "cancel", "idempotency_key": "later"}
    assert (await planner.post(f"/plans/{newest}", data=late)).status_code == 409
    assert (await planner.get("/plans/nothing")).status_code == 404


async def test_who_may_not_plan_sees_versions_and_nothing_to_press(beside: Beside) -> None:
    async with visitor(beside.tower, beside.issuer, "buyer") as client:
        assert 'method="post" action="/plans"' not in (await client.get("/plans")).text
        assert (await client.post("/plans", data={"keeps": "firm"})).status_code == 403
        assert (await client.get("/promise")).status_code == 403


MOMENT = "2026-03-09T08:00"
READ = "2026-03-09T08:00:00+00:00"


@pytest.mark.parametrize(
    ("form", "body"),
    [
        (
            {"more": "nut", "more_site": "a", "more_quantity": "2.50", "more_at": MOMENT},
            {"more": [{"sku": "nut", "site_id": "a", "quantity": "2.50", "wanted_at": READ}]},
        ),
        (
            {"demand": "d", "demand_quantity": "0"},
            {"demands": [{"demand_id": "d", "quantity": "0", "wanted_at": None}]},
        ),
        (
            {"supply": "s", "supply_at": MOMENT},
            {"supplies": [{"planned_order_id": "s", "at": READ, "lost": False}]},
        ),
        (
            {"closed": "a", "closed_first": "2026-03-09", "closed_last": "2026-03-10", "anew": "x  y"},
            {"closed": [{"site_id": "a", "first": "2026-03-09", "last": "2026-03-10"}], "anew": ["x", "y"]},
        ),
    ],
)
def test_a_form_supposes_only_what_is_filled_in(form: dict[str, str], body: dict[str, Any]) -> None:
    assert supposed({"demand_at": "", "supply_at": "", **form}) == body


@pytest.mark.parametrize("form", [{}, {"more": "nut"}, {"supply": "s", "supply_at": "soon"}, {"closed": "a"}])
def test_half_a_supposition_is_none(form: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        supposed(form)


def peg(level: int, sku: str, expected: str | None = "2026-03-09T08:00:00Z", **more: Any) -> dict[str, Any]:
    needed = "2026-03-09T08:00:00Z"
    planned = {"planned_order_id": sku, "state": "released", "needed_at": needed, "expected_at": expected}
    return {"level": level, "sku": sku, **planned, **more}


def test_pegs_stand_below_the_supply_that_takes_them_and_lateness_is_seen_from_above() -> None:
    rows = [peg(1, "a"), peg(2, "b"), peg(3, "c", "2026-03-10T08:00:00Z"), peg(2, "d", None), peg(1, "e")]
    first, second = tree_of(rows)
    assert [each.peg["sku"] for each in first.below] == ["b", "d"]
    assert [each.peg["sku"] for each in first.below[0].below] == ["c"]
    assert (first.late, first.late_below, second.late_below) == (False, True, False)
    assert first.below[0].below[0].late
    assert first.below[1].late
    on_hand = peg(1, "f", None, planned_order_id=None)
    ended = peg(1, "g", None, state="closed")
    assert not any(each.late for each in tree_of([on_hand, ended]))
