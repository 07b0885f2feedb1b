"""A street to look at: a control tower that has heard three orders, beside services, one of which has parked keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, StorageState

from backbone.auth import LOGIN_TYPE
from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.imports.definition import Receiving
from backbone.imports.reading import Row
from backbone.imports.receiving import (
    OpenImport,
    StartImport,
    TakePart,
    open_import,
    start_import,
    take_part,
)
from backbone.service import Handler, Host
from backbone.testing import DatabaseOf, drop_database, migrated_database
from backbone.testing_issuer import Issuer
from materials import commands
from materials.__main__ import SERVICE as MATERIALS
from production.__main__ import SERVICE as PRODUCTION
from service_desk import commands as desk_commands
from service_desk import handlers as desk_handlers
from services.materials.tests.made import acknowledged, ask, issued, line, placed, terms
from services.materials.tests.plans import work_off
from services.materials.tests.stage import Stage
from tests.browser.pages import SERVICES, TOWER
from tests.browser.shop import call_back, close_books, open_shop
from tests.browser.story import START, half_story, late_story, masters, records_of, whole_story
from tests.browser.tower import served, service_host, tower

NOW: Final = START + timedelta(days=12)
AWAY: Final = "http://127.0.0.1:9"
FILE: Final = Receiving("import-1", "items", "jsonl", dry_run=True, asked_by="ann")


@dataclass(frozen=True, slots=True)
class Street:
    """Where each service answers, and who signs the tokens of those who walk there."""

    addresses: Mapping[str, str]
    tower: Host
    orders: Host
    issuer: Issuer
    # What addresses of pages name in braces: ids that are made anew each time.
    names: Mapping[str, str]

    def login(self, role: str = "admin") -> str:
        """A token that signs in at a page, once."""
        return self.issuer.token(role, header={"typ": LOGIN_TYPE}, claims={"jti": new_id(), "sub": "ada"})

    async def signed_in(self, browser: Browser, role: str = "admin") -> StorageState:
        """What a browser keeps of somebody who signed in."""
        context = await browser.new_context(base_url=self.addresses[TOWER])
        page = await context.new_page()
        await page.goto(f"/login?token={self.login(role)}")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("/")
        state = await context.storage_state()
        await context.close()
        return state


@dataclass(frozen=True, slots=True)
class Beside:
    """A control tower beside a materials that has something to plan."""

    materials: Host
    tower: Host
    issuer: Issuer

    @property
    def plan(self) -> Stage:
        """What materials is told, and what it tells."""
        return Stage(self.materials)


@asynccontextmanager
async def beside_materials(database_of: DatabaseOf, folder: Path) -> AsyncIterator[Beside]:
    """The two of them."""
    issuer = Issuer(folder)
    async with service_host(MATERIALS, await database_of("materials")) as materials:
        await lay_in(materials)
        async with served(materials, issuer) as address:
            beside = {"materials": address}
            async with tower(await database_of("control_tower"), beside, issuer.stand_in()) as host:
                yield Beside(materials, host, issuer)


@asynccontextmanager
async def street(postgres_url: str, folder: Path, *, silent: bool = False) -> AsyncIterator[Street]:
    """The street; `silent` before anybody told anything there."""
    issuer = Issuer(folder)
    async with AsyncExitStack() as stack:
        kept = ("orders", "materials", "production", "service_desk", "control_tower")
        databases = {name: await a_database(stack, postgres_url, name) for name in kept}
        hosts = {
            # Of the others no more is asked than their description.
            service.name: await stack.enter_async_context(
                service_host(service, databases.get(service.name.replace("-", "_"), databases["orders"]))
            )
            for service in SERVICES
        }
        addresses = {
            name: await stack.enter_async_context(served(host, issuer)) for name, host in hosts.items()
        }
        asked = ("orders", "materials", "production", "service-desk")
        beside = {**{name: addresses[name] for name in asked}, "vendors": AWAY}
        host = await stack.enter_async_context(
            tower(databases["control_tower"], {} if silent else beside, issuer.stand_in())
        )
        addresses[TOWER] = await stack.enter_async_context(served(host, issuer))
        names: Mapping[str, str] = {}
        if not silent:
            names = await open_shop(hosts["production"]) | await call_back(hosts["production"])
            # Books are closed weeks later than all else is looked at.
            async with service_host(PRODUCTION, databases["production"]) as later:
                await close_books(later)
            await wait_for_client(hosts["service-desk"])
            await park(hosts["orders"], 3)
            await lay_in(hosts["materials"])
            names = {**names, **await look_ahead(hosts["materials"])}
            await tell(host)
        yield Street(addresses, host, hosts["orders"], issuer, names)


async def tell(host: Host) -> None:
    """Three orders: one is delivered, one is at risk, one is half made; twelve days after they were placed."""
    stories = (
        whole_story("order-1"),
        late_story("order-2", "brass-and-daughters"),
        half_story("order-3", "gearworks"),
    )
    first = 0
    for story in stories:
        await host.hear(records_of(story, first))
        first += len(story)
    await host.hear(records_of(masters(), first))
    assert isinstance(host.clock, SteppedClock)
    host.clock.advance(NOW)


async def park(orders: Host, keys: int) -> None:
    """Let orders hear facts that nobody can read, each of a key of its own."""
    need = next(one for one in records_of(late_story()) if one.topic == "orders.need.v1")
    broken = [
        replace(need, value=b"{", key=f"need-{number}", headers=_renewed(need.headers))
        for number in range(1, keys + 1)
    ]
    await orders.hear(broken)


async def wait_for_client(desk: Host) -> None:
    """Somebody complains, is asked something twice and has answered once; somebody else waits for an answer."""
    assert isinstance(desk.clock, SteppedClock)

    async def told(hours: int, handler: Handler[Any, Any], command: Any) -> None:
        desk.clock.advance(desk.clock.now() + timedelta(hours=hours))
        await desk.do(handler, command)

    for name in ("t-1", "t-2"):
        opening = desk_commands.OpenTicket(name, "gearworks", None, "complaint", 3, "where is it?")
        await told(0, desk_handlers.open_ticket, opening)
    waiting = desk_commands.AwaitClient("t-1")
    await told(2, desk_handlers.await_client, waiting)
    said = desk_commands.WriteMessage("m-1", "gearworks", None, "here it is", None, "gearworks", "gearworks")
    await told(3, desk_handlers.write_message, said)
    await told(20, desk_handlers.await_client, waiting)


async def lay_in(materials: Host) -> None:
    """Ten bolts, four of them sold, and an order of twenty that nothing supplies; of nuts there are none.

    Eight gears were bought in time and will come fifteen days late.
    """
    plan = Stage(materials)
    await plan.opened("bolt", "nut")
    await plan.stock("B", "bolt", "10")
    sold, more = ask("p", line("bolt", "4", 20)), ask("q", line("bolt", "20", 34))
    await plan.hear(sold, placed(sold), placed(more))
    await plan.opened("gear")
    geared = ask("g", line("gear", "8", 10))
    await plan.hear(terms("gear", 5), geared, placed(geared))
    await plan.pass_time(days=5)
    purchase = await plan.order_of("gear")
    late = acknowledged(purchase, "gear", "8", plan.clock.now() + timedelta(days=20))
    await plan.hear(issued(purchase, "gear", "8"), late)


async def look_ahead(materials: Host) -> Mapping[str, str]:
    """A version of the plan, and a file of one item and a broken row; what each is called, and the late purchase."""
    plan = Stage(materials)
    await plan.do(commands.AskPlan("plan-1", None, "firm", "ann"))
    await materials.do(open_import, OpenImport(FILE))
    rows = [Row(1, 1, '{"sku": "pin", "title": "Pin", "unit": "piece", "quantum": "1"}'), Row(2, 2, "{")]
    await materials.do(take_part, TakePart(FILE.import_id, 0, replace(FILE, bytes=60, lines=2, rows=2), rows))
    await materials.do(start_import, StartImport(FILE.import_id, frozenset({FILE.kind})))
    await work_off(plan)
    return {"gear": await plan.order_of("gear"), "plan": "plan-1", "import": FILE.import_id}


def _renewed(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, new_id() if name == "ce_id" else value) for name, value in headers)


async def a_database(stack: AsyncExitStack, postgres_url: str, package: str) -> str:
    """The address of a database of a service, dropped with the stack."""
    address = await migrated_database(postgres_url, package)
    stack.push_async_callback(drop_database, postgres_url, address)
    return address
