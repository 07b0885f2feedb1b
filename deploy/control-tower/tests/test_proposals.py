"""Pages on which a site is scheduled anew and a month is closed, over a real production."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.production.tests.test_schedules import worked
from tests.browser.shop import close_books
from tests.browser.works import Shop, a_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shop(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop of the pictures."""
    async with a_shop(postgres_url, tmp_path_factory.mktemp("shop")) as here:
        yield here


async def proposed(shop: Shop, **fields: str) -> str:
    """The page of a schedule that somebody asked for at the page."""
    form = {"site_id": "plant-1", "frozen_hours": "0", "damping_minutes": "30", **fields}
    place: str = (await shop.act("planner", "/schedules", form)).headers["location"]
    return place


async def test_a_site_is_scheduled_anew_with_its_progress_and_accepted(shop: Shop) -> None:
    place = await proposed(shop)
    making = await shop.see("planner", place)
    assert "computing" in making
    assert "<progress" in making
    assert 'hx-get="/schedules/' in making
    assert "Accept" not in making
    await worked(shop.production)
    assert f'href="{place}"' in await shop.see("planner", "/schedules?site_id=plant-1")
    ready = await shop.see("planner", place)
    for said in ("proposed", "Beside what is", "minutes late", "Accept: move"):
        assert said in ready
    assert "hx-get" not in ready
    # Who only looks is asked nothing.
    assert "Accept: move" not in await shop.see("operator", place)
    await shop.act("operator", place, {"act": "accept"}, 403)
    await shop.act("planner", place, {"act": "dance"}, 422)
    await shop.act("planner", place, {"act": "accept"})
    assert "Accepted by" in await shop.see("planner", place)
    again = await shop.act("planner", place, {"act": "reject"}, 409)
    assert "is accepted" in again.text


async def test_a_schedule_is_rejected_or_goes_no_further(shop: Shop) -> None:
    left = await proposed(shop)
    await worked(shop.production)
    await shop.act("planner", left, {"act": "reject"})
    assert "Rejected by" in await shop.see("planner", left)
    stopped = await proposed(shop)
    await shop.act("planner", stopped, {"act": "cancel"})
    assert "abandoned" in await shop.see("planner", stopped)
    await shop.act("planner", "/schedules", {"site_id": "plant-1", "frozen_hours": "soon"}, 422)
    nowhere = {"site_id": "nowhere", "frozen_hours": "0", "damping_minutes": "0"}
    assert "no work centre at nowhere" in (await shop.act("planner", "/schedules", nowhere, 404)).text
    await shop.act("operator", "/schedules", nowhere, 403)
    await shop.see("planner", "/schedules/none", status=404)


async def test_a_month_is_closed_at_its_page_and_opened_again_by_two_people(shop: Shop) -> None:
    assert "No month of plant-1 was closed yet" in await shop.see("approver", "/periods")
    early = await shop.act("approver", "/periods", {"site_id": "plant-1", "month": "2026-03"}, 409)
    assert "is closed at most 5 days before it ends" in early.text
    await close_books(shop.production.host)
    listed = await shop.see("planner", "/periods?site_id=plant-1")
    assert 'href="/periods/plant-1/2026-03"' in listed
    # A planner looks, and is not asked to close.
    assert "Close the month" not in listed
    month = await shop.see("approver", "/periods/plant-1/2026-03")
    behind = await shop.see("approver", "/periods/plant-1/2026-03?figure=made")
    assert f'href="/production-runs/{shop.names["run"]}"' in behind
    assert re.search(r"figure=material#behind", month)
    assert "Runs behind “made”" in behind
    await shop.see("operator", "/periods/plant-1/2026-03", status=403)
    await shop.act("approver", "/periods/plant-1/2026-03", {"reason": "a wrong invoice"})
    assert "a second person opens it" in await shop.see("admin", "/periods/plant-1/2026-03")
    alone = await shop.act("approver", "/periods/plant-1/2026-03", {"reason": "a wrong invoice"}, 409)
    assert "a second person opens a closed period again" in alone.text
    await shop.act("admin", "/periods/plant-1/2026-03", {"reason": "agreed"})
    opened = await shop.see("approver", "/periods/plant-1/2026-03")
    assert "an opened month is counted by its next close" in opened
    await shop.act("approver", "/periods", {"site_id": "plant-1", "month": "2026-03"})
    await shop.see("approver", "/periods/plant-1/2025-01", status=404)
