"""Vendors of a real vendors service at the pages, and the clocks of tickets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from contracts.vendors import VendorRegistered
from control_tower.pages.clocks import clocks_of
from services.vendors.tests.made import terms, vendor
from services.vendors.tests.stage import Stage
from services.vendors.tests.test_api_leads import deliveries
from tests.browser.story import Told, records_of
from tests.browser.tower import hidden_fields, tower_over, visitor
from vendors import commands
from vendors.__main__ import SERVICE as VENDORS


async def test_a_buyer_finds_a_vendor_its_figures_and_what_is_behind_them(
    database_of: DatabaseOf, tmp_path: Path
) -> None:
    issuer = Issuer(tmp_path)
    async with tower_over(VENDORS, database_of, issuer) as (vendors, host):
        stage = Stage(vendors)
        await stage.do(commands.RegisterVendor(vendor("steel-ltd", skus=frozenset({"shaft"}))))
        await stage.do(commands.PublishTerms(terms("terms-of-steel")))
        await stage.requested("planned-1")
        async with visitor(host, issuer, "buyer") as buyer:
            assert 'href="/vendors/steel-ltd"' in (await buyer.get("/vendors")).text
            named = VendorRegistered("steel-ltd", "Steel & Sons", "external", None, "EUR")
            await host.hear(records_of([Told(named, 0)]))
            card = (await buyer.get("/vendors/steel-ltd")).text
            assert "Scorecard of Steel &amp; Sons" in card
            assert "On time in full, as acknowledged" in card
            assert 'href="/vendors/steel-ltd/otif"' in card
            assert (await buyer.get("/vendors/steel-ltd/otif")).status_code == 200
            for path in ("/vendors/nobody", "/vendors/steel-ltd/charm"):
                assert (await buyer.get(path)).status_code == 404


async def test_a_planner_plans_with_the_lead_that_deliveries_took(
    database_of: DatabaseOf, tmp_path: Path
) -> None:
    issuer = Issuer(tmp_path)
    async with tower_over(VENDORS, database_of, issuer) as (vendors, host):
        stage = Stage(vendors)
        async with visitor(host, issuer, "planner") as planner:
            assert "Every vendor delivers in the time" in (await planner.get("/leads")).text
            await deliveries(stage, 9, 5, 10)
            shown = (await planner.get("/leads")).text
            assert "Plan with 9 days" in shown
            assert 'href="/vendors/steel-ltd"' in shown
            form = hidden_fields(shown)
            answer = await planner.post("/leads/terms-steel-ltd", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, "/leads")
            assert await stage.rows("SELECT lead_days FROM terms WHERE state = 'published'") == [(9,)]
            again = await planner.post("/leads/nobody", data={**form, "idempotency_key": "another"})
            assert (again.status_code, "no terms nobody" in again.text) == (404, True)
        async with visitor(host, issuer, "quality") as other:
            assert (await other.get("/leads")).status_code == 403


def ticket(name: str, state: str = "open", **clock: Any) -> dict[str, Any]:
    usual = {
        "used_minutes": 10,
        "target_minutes": 60,
        "running": True,
        "broken": False,
        "breaks_at": "2026-03-09T08:00:00Z",
        "stood_at": None,
    }
    clocks = {"first_response": usual, "resolution": usual | clock}
    return {"ticket_id": name, "state": state, "opened_at": at(8), "pauses": [], **clocks}


def at(hour: int) -> str:
    return f"2026-03-09T{hour:02}:00:00Z"


def test_broken_clocks_come_first_then_those_that_break_soon_and_settled_tickets_not_at_all() -> None:
    found = clocks_of(
        [
            ticket("waits", "waiting-client", running=False, breaks_at=None),
            ticket("soon", breaks_at="2026-03-08T08:00:00Z"),
            ticket("late", broken=True),
            ticket("settled", "resolved", broken=True),
        ]
    )
    named = [(one.ticket["ticket_id"], one.title) for one in found]
    assert named[:2] == [("late", "resolution"), ("soon", "resolution")]
    assert named[-1] == ("waits", "resolution")
    assert "settled" not in [name for name, _ in named]


def test_a_clock_is_drawn_where_it_ran_and_hatched_where_it_stood() -> None:
    pauses = [
        {"paused_at": at(10), "resumed_at": at(12), "reason": "waiting-client"},
        {"paused_at": at(14), "resumed_at": None, "reason": "waiting-client"},
    ]
    waiting = ticket("t", "waiting-client", running=False, stood_at=at(14), breaks_at=None)
    found = {one.title: one for one in clocks_of([{**waiting, "pauses": pauses}])}
    now = datetime.fromisoformat(at(16))
    bar = found["resolution"].drawn(now)
    assert [(part.runs, f"{part.begins_at:%H}", f"{part.ends_at:%H}") for part in bar.stretches] == [
        (True, "08", "10"), (False, "10", "12"), (True, "12", "14"), (False, "14", "16"),
    ]  # fmt: skip
    widths = [part.width for part in bar.stretches]
    assert max(widths) - min(widths) < 0.5
    assert bar.breaks_x is None
    # First response runs through all of it, and ends where it was given.
    (whole,) = found["first response"].drawn(now).stretches
    assert (whole.runs, f"{whole.ends_at:%H}") == (True, "16")
    running = ticket("t", breaks_at=at(20))
    drawn = next(one for one in clocks_of([running]) if one.title == "resolution").drawn(now)
    assert drawn.breaks_x is not None
    assert drawn.breaks_x > drawn.now_x
