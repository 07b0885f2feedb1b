"""Vendors of a real vendors service at the pages, and the clocks of tickets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from control_tower.pages.clocks import clocks_of
from services.vendors.tests.made import terms, vendor
from services.vendors.tests.stage import Stage
from tests.browser.tower import served, service_host, tower, visitor
from vendors import commands
from vendors.__main__ import SERVICE as VENDORS


async def test_a_buyer_finds_a_vendor_its_figures_and_what_is_behind_them(
    database_of: DatabaseOf, tmp_path: Path
) -> None:
    issuer = Issuer(tmp_path)
    async with service_host(VENDORS, await database_of("vendors")) as vendors:
        stage = Stage(vendors)
        await stage.do(commands.RegisterVendor(vendor("steel-ltd", skus=frozenset({"shaft"}))))
        await stage.do(commands.PublishTerms(terms("terms-of-steel")))
        await stage.requested("planned-1")
        async with served(vendors, issuer) as address:
            beside = {"vendors": address}
            async with tower(await database_of("control_tower"), beside, issuer.stand_in()) as host:
                async with visitor(host, issuer, "buyer") as buyer:
                    assert 'href="/vendors/steel-ltd"' in (await buyer.get("/vendors")).text
                    card = (await buyer.get("/vendors/steel-ltd")).text
                    assert "On time in full, as acknowledged" in card
                    assert 'href="/vendors/steel-ltd/otif"' in card
                    assert (await buyer.get("/vendors/steel-ltd/otif")).status_code == 200
                    for path in ("/vendors/nobody", "/vendors/steel-ltd/charm"):
                        assert (await buyer.get(path)).status_code == 404


def ticket(name: str, state: str = "open", **clock: Any) -> dict[str, Any]:
    usual = {
        "used_minutes": 10,
        "target_minutes": 60,
        "running": True,
        "broken": False,
        "breaks_at": "2026-03-09T08:00:00Z",
    }
    return {"ticket_id": name, "state": state, "first_response": usual, "resolution": usual | clock}


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
