"""The terminal in a real browser: the network is cut, a server ends, an answer is lost; each act is recorded once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from production import commands
from production.__main__ import SERVICE as PRODUCTION
from production.domain.act import Abort, Hold, Resume
from services.production.tests.stage import Stage
from tests.browser.shop import open_shop
from tests.browser.tower import served, service_host, tower

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL: Final = """() => [...document.querySelectorAll('.terminal button, .terminal input, .terminal select, summary')]
  .filter((one) => one.offsetParent && one.type !== 'hidden' && one.getBoundingClientRect().height < 48)
  .map((one) => one.outerHTML.slice(0, 80))"""


@dataclass
class Floor:
    """An operator's browser at the furnace, the tower it talks to, and the production behind that."""

    page: Page
    production: Stage
    run_id: str
    port: int
    issuer: Issuer

    def job(self) -> Any:
        """The run that is at work."""
        return self.page.locator(f'.job[data-run="{self.run_id}"]')

    async def report(self, quantity: str) -> None:
        """So many are good."""
        form = self.job().locator("form", has=self.page.get_by_role("button", name="Report"))
        await form.locator("[name=quantity]").fill(quantity)
        await form.get_by_role("button").click()

    async def happened(self) -> dict[str, Any]:
        """What production has of the run."""
        ((floor,),) = await self.production.rows("SELECT floor FROM runs WHERE run_id = :r", r=self.run_id)
        found: dict[str, Any] = floor
        return found

    async def made(self) -> list[str]:
        """How much production has of each output."""
        return [each["quantity"] for each in (await self.happened())["made"]]

    def production_again(self) -> Any:
        """Production's door at the address that the tower knows."""
        return served(self.production.host, self.issuer, self.port)


@asynccontextmanager
async def signed_in(browser: Browser, issuer: Issuer, address: str) -> AsyncIterator[Page]:
    """The browser of an operator, on a screen of the size of a tablet."""
    token = issuer.token("operator", header={"typ": LOGIN_TYPE}, claims={"jti": new_id(), "sub": "olga"})
    context = await browser.new_context(base_url=address, viewport={"width": 900, "height": 1100})
    page = await context.new_page()
    await page.goto(f"/login?token={token}&next=/terminal/furnace")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_contain_text("Furnace")
    yield page
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def doors(
    browser: Browser, database_of: DatabaseOf, tmp_path: Path
) -> AsyncIterator[tuple[Floor, AsyncExitStack]]:
    """The floor, and the stack that ends production's door."""
    issuer = Issuer(tmp_path)
    async with AsyncExitStack() as stack:
        production = await stack.enter_async_context(
            service_host(PRODUCTION, await database_of("production"))
        )
        await open_shop(production)
        shop = Stage(production)
        behind = await stack.enter_async_context(AsyncExitStack())
        beside = await behind.enter_async_context(served(production, issuer))
        host = await stack.enter_async_context(
            tower(await database_of("control_tower"), {"production": beside}, issuer.stand_in())
        )
        address = await stack.enter_async_context(served(host, issuer))
        page = await stack.enter_async_context(signed_in(browser, issuer, address))
        port = int(beside.rpartition(":")[2])
        yield Floor(page, shop, await shop.run("p2"), port, issuer), behind


async def test_what_is_done_while_the_network_is_away_is_shown_and_recorded_once_when_it_is_back(
    doors: tuple[Floor, AsyncExitStack],
) -> None:
    floor, _ = doors
    page, job = floor.page, floor.job()
    await page.context.set_offline(True)
    await floor.report("40")
    scrap = job.locator("form", has=page.get_by_role("button", name="Scrap"))
    await scrap.locator("[name=quantity]").fill("2")
    await scrap.locator("[name=reason]").fill("bent")
    await scrap.get_by_role("button").click()
    hold = job.locator("form", has=page.get_by_role("button", name="Hold"))
    await hold.locator("[name=reason]").fill("no power")
    await hold.get_by_role("button").click()
    # What waits counts already: a run that will stand still can be resumed.
    await job.get_by_role("button", name="Resume").click()
    await expect(page.locator("#outbox li")).to_have_count(4)
    await expect(page.locator("#outbox li").first).to_contain_text("Report shaft 40")
    await expect(page.locator("#says")).to_contain_text("No connection")
    assert await floor.made() == []
    await page.context.set_offline(False)
    await expect(page.locator("#outbox")).to_be_hidden()
    await expect(job).to_contain_text("42 of 500 done")
    happened = await floor.happened()
    assert [each["quantity"] for each in happened["made"]] == ["40"]
    assert [(each["quantity"], each["reason"]) for each in happened["scrapped"]] == [("2", "bent")]
    assert [each["reason"] for each in happened["stops"]] == ["no power"]


async def test_an_act_waits_for_a_server_that_ends_and_survives_a_page_that_is_loaded_anew(
    doors: tuple[Floor, AsyncExitStack],
) -> None:
    floor, behind = doors
    await behind.aclose()
    await floor.report("30")
    await expect(floor.page.locator("#outbox li")).to_have_count(1)
    await floor.page.reload()
    await expect(floor.page.locator("#outbox li")).to_contain_text("waits to be sent")
    async with floor.production_again():
        await expect(floor.page.locator("#outbox")).to_be_hidden()
        assert await floor.made() == ["30"]


async def test_an_act_whose_answer_is_lost_is_sent_again_and_recorded_once(
    doors: tuple[Floor, AsyncExitStack],
) -> None:
    floor, _ = doors
    lost: list[str] = []

    async def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            answer = await route.fetch()
            lost.append(await answer.text())
            await route.abort()
        else:
            await route.continue_()

    await floor.page.route("**/terminal/furnace", lose)
    await floor.report("20")
    await expect(floor.page.locator("#says")).to_contain_text("No connection")
    await expect(floor.page.locator("#outbox")).to_be_hidden()
    assert '"recorded"' in lost[0]
    assert await floor.made() == ["20"]


async def test_a_refused_act_is_shown_and_waits_for_a_person_and_so_does_what_follows_it(
    doors: tuple[Floor, AsyncExitStack],
) -> None:
    floor, _ = doors
    page = floor.page
    await page.context.set_offline(True)
    await floor.report("10")
    await floor.report("11")
    # Somebody else gives the run up meanwhile.
    await floor.production.do(commands.ActOnRun(floor.run_id, Abort("no power"), "otto"))
    await page.context.set_offline(False)
    refused = page.locator("#outbox li").first
    await expect(refused).to_contain_text("refused: answers 409")
    await expect(page.locator("#outbox li").nth(1)).to_contain_text("waits to be sent")
    await refused.get_by_role("button", name="Give up").click()
    await expect(page.locator("#outbox li")).to_have_count(1)
    await expect(page.locator("#outbox li")).to_contain_text("refused: answers 409")
    await page.get_by_role("button", name="Give up").click()
    await expect(page.locator("#outbox")).to_be_hidden()
    assert await floor.made() == []


async def test_a_refused_act_is_tried_again_as_an_act_of_its_own(doors: tuple[Floor, AsyncExitStack]) -> None:
    floor, _ = doors
    page = floor.page
    await page.context.set_offline(True)
    await floor.report("10")
    # Somebody else lets the run stand still meanwhile, and go on again.
    await floor.production.do(commands.ActOnRun(floor.run_id, Hold("no power"), "otto"))
    await page.context.set_offline(False)
    refused = page.locator("#outbox li").first
    await expect(refused).to_contain_text("refused: answers 409")
    await floor.production.do(commands.ActOnRun(floor.run_id, Resume(), "otto"))
    await refused.get_by_role("button", name="Try again").click()
    await expect(page.locator("#says")).to_contain_text("Recorded: Report shaft 10")
    await expect(page.locator("#outbox")).to_be_hidden()
    assert await floor.made() == ["10"]


async def test_a_scanner_finds_runs_and_lots_and_fingers_hit_what_they_touch(
    doors: tuple[Floor, AsyncExitStack],
) -> None:
    floor, _ = doors
    page, job = floor.page, floor.job()
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.type(await floor.production.run("p3"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".job[open]")).to_have_count(1)
    await expect(page.locator(".job[open]")).to_contain_text("does not lie ready yet")
    await page.locator("#code").focus()
    await page.keyboard.type("rod")
    await page.keyboard.press("Enter")
    await expect(job.locator(".lot")).to_have_value("rod")
    await expect(job.locator("form").nth(3).locator("[name=quantity]")).to_be_focused()
    await page.keyboard.type("5")
    await job.locator("[name=lot_quantity]").fill("7")
    await page.keyboard.press("Enter")
    await expect(page.locator("#says")).to_contain_text("Recorded: Report shaft 5 rod 7")
    assert [each["quantity"] for each in (await floor.happened())["consumed"]] == ["7"]
    await expect(page.locator("#code")).to_be_focused()
    await page.keyboard.type("nowhere")
    await page.keyboard.press("Enter")
    await expect(page.locator("#says")).to_contain_text("Nothing here has the code nowhere.")
    assert await page.evaluate(SMALL) == []
