"""Decisions at pages in a real browser, by keys alone: records signed, lots, proposals and recalls settled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from contracts.recalls import RecallNotified, RecallTraced
from production import commands
from production.domain.scheduling.proposal import Proposal
from services.production.tests.test_schedules import worked
from tests.browser.look import SCHEMES, Watch, look_at
from tests.browser.tower import served
from tests.browser.works import Shop, a_shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True)
class Desk:
    """A shop, its tower's address, and the browser of those who decide there."""

    shop: Shop
    address: str
    browser: Browser

    @asynccontextmanager
    async def of(self, role: str, status: int = 200) -> AsyncIterator[Page]:
        """The page of somebody in a role; at its end nothing went wrong in it but answers of this status."""
        headers = self.shop.issuer.headers(role)
        context = await self.browser.new_context(base_url=self.address, extra_http_headers=headers)
        page = await context.new_page()
        watch = Watch(page, self.address)
        yield page
        # That a page is a refusal is what a browser says of it, too.
        assert [one for one in watch.wrong if status == 200 or f"status of {status}" not in one] == []
        await context.close()

    def login(self, role: str, subject: str) -> str:
        """The token of a login link, for once."""
        claims = {"jti": new_id(), "sub": subject}
        return self.shop.issuer.token(role, header={"typ": LOGIN_TYPE}, claims=claims)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def desk(
    browser: Browser, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A shop at work and a browser before its tower."""
    folder: Path = tmp_path_factory.mktemp("decisions")
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(a_shop(postgres_url, folder))
        address = await stack.enter_async_context(served(shop.host, shop.issuer))
        yield Desk(shop, address, browser)


async def press(button: Locator) -> None:
    """Press a button by its key."""
    await button.focus()
    await button.press("Enter")


async def choose(select: Locator, value: str, letters: str) -> None:
    """Choose by the letters that the choice begins with."""
    await select.focus()
    await select.press_sequentially(letters)
    await expect(select).to_have_value(value)


async def test_a_record_is_signed_by_who_shows_a_login_of_just_now_and_by_nobody_else(desk: Desk) -> None:
    run = f"/production-runs/{desk.shop.names['run']}"
    token = desk.login("quality", "quinn")
    async with desk.of("operator", 401) as page:
        await page.goto(run)
        form = page.get_by_role("form", name="Sign the batch record")
        shown = form.get_by_label("Login token of just now")
        await choose(form.get_by_label("Meaning"), "reviewed", "rev")
        await shown.focus()
        await page.keyboard.insert_text("what I remember of it")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Not signed")
        await expect(page.get_by_text("Nobody has signed it.")).to_be_visible()
        assert await look_at(page, "sign-refused", *SCHEMES) == []
        await choose(form.get_by_label("Meaning"), "reviewed", "rev")
        await shown.focus()
        # What is shown of it is no more than that something was typed.
        await expect(shown).to_have_attribute("type", "password")
        await page.keyboard.insert_text(token)
        await page.keyboard.press("Enter")
        # The operator is signed in all the while: the signature is another person's.
        await expect(page.locator("#signatures + ul")).to_contain_text("reviewed by quinn")
        await expect(page.get_by_role("banner")).to_contain_text("a-operator")
        assert await look_at(page, "signed", *SCHEMES) == []
        await choose(form.get_by_label("Meaning"), "approved", "app")
        await shown.focus()
        await page.keyboard.insert_text(token)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Not signed")
    rows = await desk.shop.production.rows("SELECT count(*) FROM run_signatures")
    assert rows == [(1,)]


async def test_lots_are_scrapped_by_one_and_used_as_they_are_by_two(desk: Desk) -> None:
    (scrapped, used, *_) = [
        lot_id
        for (lot_id,) in await desk.shop.production.rows(
            "SELECT lot_id FROM lots WHERE state = 'blocked' ORDER BY lot_id"
        )
    ]

    async def decided(page: Page, lot_id: str, value: str, letters: str, button: str) -> None:
        await page.goto("/quality")
        lot = page.get_by_role("article").filter(has=page.get_by_role("link", name=lot_id, exact=True))
        await choose(lot.get_by_label("What becomes of it"), value, letters)
        await lot.get_by_label("Why").focus()
        await page.keyboard.type("too hot, as measured")
        await press(lot.get_by_role("button", name=button))
        await expect(page.get_by_role("heading", name="Quality")).to_be_visible()

    async with desk.of("quality") as page:
        await decided(page, scrapped, "scrap", "sc", "Decide")
        await expect(page.get_by_role("article").filter(has_text=scrapped)).to_have_count(0)
        await decided(page, used, "use-as-is", "us", "Decide")
        await expect(page.get_by_text("a-quality wants to use it as it is")).to_be_visible()
        assert await look_at(page, "quality-proposed", *SCHEMES) == []
    async with desk.of("approver") as page:
        await decided(page, used, "use-as-is", "us", "Second")
        await expect(page.get_by_role("article").filter(has_text=used)).to_have_count(0)
    states = dict(await desk.shop.production.rows("SELECT lot_id, state FROM lots"))
    assert (states[scrapped], states[used]) == ("scrapped", "used-as-is")


async def test_a_proposal_is_rejected_and_the_next_is_accepted(desk: Desk) -> None:
    production = desk.shop.production
    rejected = desk.shop.names["schedule"]
    asked = Proposal(new_id(), "plant-1", 0, 30, "paul", production.clock.now())
    accepted = (await production.do(commands.AskSchedule(asked))).schedule_id
    await worked(production)
    async with desk.of("planner") as page:
        for schedule, button, becomes in (
            (rejected, "Reject", "Rejected by"),
            (accepted, "Accept", "Accepted by"),
        ):
            await page.goto(f"/schedules/{schedule}")
            await press(page.get_by_role("button", name=button))
            await expect(page.locator("dl.facts")).to_contain_text(becomes)
            await expect(page.get_by_role("button", name=button)).to_have_count(0)
            assert await look_at(page, f"proposal-{button.lower()}ed", *SCHEMES) == []
    states = dict(await production.rows("SELECT schedule_id, state FROM schedules"))
    assert (states[rejected], states[accepted]) == ("rejected", "accepted")


async def test_a_recall_is_opened_refused_to_be_closed_and_closed_when_nothing_waits(desk: Desk) -> None:
    production = desk.shop.production

    async def close(page: Page) -> None:
        await page.get_by_label("What was found and done?").focus()
        await page.keyboard.type("looked at all of it")
        await page.keyboard.press("Enter")

    async with desk.of("quality", 409) as page:
        await page.goto("/recalls")
        await page.get_by_label("Why?").focus()
        await page.keyboard.type("brittle steel")
        await page.get_by_label("Vendor's lot").focus()
        await page.keyboard.type("heat 4712")
        await press(page.get_by_role("button", name="Call back"))
        await expect(page.locator("h1")).to_contain_text("Recall")
        recall = page.url.rpartition("/")[2]
        await close(page)
        await expect(page.get_by_role("alert")).to_contain_text("production")
        assert await look_at(page, "recall-refused", *SCHEMES) == []
        await production.hear(RecallTraced(recall, "brittle steel", (), complete=True))
        await production.hear(RecallNotified(recall, (), ()))
        await page.goto(f"/recalls/{recall}")
        await close(page)
        await expect(page.locator("dl.facts")).to_contain_text("closed")
        await expect(page.get_by_role("button", name="Close the recall")).to_have_count(0)
        assert await look_at(page, "recall-closed", *SCHEMES) == []
    assert await production.rows("SELECT state FROM recalls WHERE recall_id = :r", r=recall) == [("closed",)]


async def test_a_run_is_split_and_put_together_again(desk: Desk) -> None:
    run = desk.shop.names["waiting"]
    async with desk.of("planner", 409) as page:
        await page.goto(f"/production-runs/{run}")
        size = page.get_by_label("Runs that become a run of their own")
        await size.focus()
        await page.keyboard.type("900")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("can be split off")
        await size.focus()
        await page.keyboard.type("200")
        await page.keyboard.press("Enter")
        together = page.get_by_role("form", name="Put runs together")
        await expect(together.get_by_label("It makes this run, too")).to_contain_text("200 runs")
        await expect(page.locator("dl.facts")).to_contain_text("0 of 300")
        assert await look_at(page, "run-split", *SCHEMES) == []
        await press(together.get_by_role("button", name="Put together"))
        await expect(page.locator("dl.facts")).to_contain_text("0 of 500")
        await expect(together).to_have_count(0)
    states = await desk.shop.production.rows("SELECT state FROM runs WHERE runs_micro = 200000000")
    assert states == [("merged",)]
