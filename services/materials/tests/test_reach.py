"""A decision loads what it is about; what it takes for that makes no difference to what it decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.errors import NeedsMore
from backbone.service import Batch, Host, Tx
from backbone.service.database import connect
from contracts.orders import OrderCancelled, PromiseWithdrawn
from contracts.shapes import DemandLine
from contracts.values import Quantity
from materials import store
from materials.__main__ import SERVICE
from materials.domain.book import Book
from materials.domain.shares import serves
from materials.store import books, network, reach
from o2d.bench.net_change import facts_of
from o2d.bench.plan_data import site_of
from o2d.bench.plan_ground import SITE, START, laid_down, sku
from services.materials.tests.stage import Stage, record

ORDERS = 14


async def played(database: str) -> tuple[list[Any], ...]:
    """Orders of deep bills with shared parts, some withdrawn, cancelled or let go; then the plan, told without ids."""
    site = site_of(200, 100)
    await laid_down(database.replace("+asyncpg", ""), site, demands=False)
    engine = connect(database, name="test", pool=4)
    stage = Stage(Host(SERVICE, engine, SteppedClock(START)))
    for number in range(ORDERS):
        line = DemandLine(
            f"line-{number}", "good", sku(int(site.demands.item[number])), Quantity(int(site.demands.quantity[number])),
            "piece", SITE, START + timedelta(days=int(site.demands.day[number])),
        )  # fmt: skip
        asked, placed = facts_of(number, line)
        await stage.host.hear([record(asked)])
        if number % 5 == 3:
            await stage.host.hear([record(PromiseWithdrawn(asked.promise_id, asked.need_id, "lost"))])
            continue
        await stage.host.hear([record(placed)])
        if number % 5 == 1:
            gone = OrderCancelled(placed.order_id, placed.promise_id, "not wanted any more")
            await stage.host.hear([record(gone)])
    assert await stage.parked() == []
    plan = await stage.rows(
        "SELECT sku, source, quantity_micro, starts_at, due_at, expected_at, state, held FROM planned_orders "
        "ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
    )
    demands = await stage.rows(
        "SELECT kind, sku, quantity_micro, covered_micro, needed_at, available_at, held FROM demands "
        "ORDER BY 1, 2, 3, 4, 5, 6, 7"
    )
    stocks = await stage.rows("SELECT lot_id, on_hand_micro, reserved_micro FROM stocks ORDER BY 1")
    told = await stage.rows("SELECT topic, count(*) FROM outbox GROUP BY 1 ORDER BY 1")
    await engine.dispose()
    return plan, demands, stocks, told


@pytest.fixture
def everything() -> Iterator[pytest.MonkeyPatch]:
    """Every decision loads all that anything is connected to."""
    with pytest.MonkeyPatch.context() as patch:
        near, end_at = reach.load_reach, Book.end_at

        async def wide(tx: Tx, masters: Any, seeds: store.Seeds, *, wide: bool) -> reach.Reach:
            return await near(tx, masters, seeds, wide=True)

        patch.setattr(books, "load_reach", wide)
        patch.setattr(Book, "end_at", lambda book, _, lying=(): end_at(book, None, lying))
        yield patch


async def test_a_decision_is_the_same_whether_it_loads_little_or_everything(
    database_of: Any, everything: pytest.MonkeyPatch
) -> None:
    whole = await played(await database_of("materials"))
    everything.undo()
    assert await played(await database_of("materials")) == whole
    assert len(whole[0]) > 10 * ORDERS


async def sizes(commands: Batch[str], tx: Tx) -> list[int]:
    """How many planned orders a question about an item loads."""
    book = await store.lock_book(tx, store.Seeds(places={(SITE, each) for each in commands}))
    for order in book.orders:
        with pytest.raises(NeedsMore):
            book.inputs_of(order.planned_order_id)
    return [len(book.orders)] * len(commands)


async def test_a_question_loads_free_supply_alone_and_says_when_it_is_asked_for_more(database: str) -> None:
    await played(database)
    engine = connect(database, name="test", pool=2)
    host = Host(SERVICE, engine, SteppedClock(START))
    async with host.read() as sql:
        rows = await sql.execute(text("SELECT count(*) FROM planned_orders"))
        every = int(rows.scalar_one())
    assert 0 < await host.do(sizes, sku(0)) < every
    await engine.dispose()


async def test_whom_one_supply_serves_is_asked_for_without_the_rest_of_the_plan(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[bool, int]] = []
    near = reach.load_reach

    async def watched(tx: Tx, masters: Any, seeds: store.Seeds, *, wide: bool) -> reach.Reach:
        found = await near(tx, masters, seeds, wide=wide)
        asked.append((wide, len(found.planned_order_ids)))
        return found

    await played(database)
    engine = connect(database, name="test", pool=2)
    host = Host(SERVICE, engine, SteppedClock(START))
    async with host.read() as sql:
        # Something of it is free, so that it comes along with a question about its item; runs take the rest.
        shared = await sql.execute(
            text(
                """
                SELECT receipts.planned_order_id, receipts.sku FROM receipts JOIN pegs ON supply_id = receipt_id
                JOIN demands USING (demand_id)
                WHERE receipts.quantity_micro - received_micro > pegged_micro AND demands.planned_order_id IS NOT NULL
                GROUP BY 1, 2 ORDER BY count(DISTINCT demands.demand_id) DESC, 1 LIMIT 1
                """
            )
        )
        supply, item = shared.one()
        every = int((await sql.execute(text("SELECT count(*) FROM planned_orders"))).scalar_one())

    async def told(commands: Batch[str], tx: Tx) -> list[int]:
        book = await store.lock_book(tx, store.Seeds(places={(SITE, each) for each in commands}))
        return [len(serves(book, supply))] * len(commands)

    monkeypatch.setattr(books, "load_reach", watched)
    assert await host.do(told, item) > 0
    assert [wide for wide, _ in asked] == [False, False]
    assert asked[0][1] < asked[1][1] < every
    await engine.dispose()


async def test_what_lies_below_is_read_at_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    known = network.load_places

    async def watched(tx: Tx, masters: Any, places: Any) -> None:
        new = {*places} - masters.places
        read.extend([len(new)] if new else [])
        await known(tx, masters, places)

    await laid_down(database.replace("+asyncpg", ""), site_of(200, 100), demands=False)
    engine = connect(database, name="test", pool=2)
    monkeypatch.setattr(network, "load_places", watched)
    await Host(SERVICE, engine, SteppedClock(START)).do(sizes, sku(0))
    assert len(read) == 1
    assert read[0] > 10, "an item of seven levels"
    await engine.dispose()
