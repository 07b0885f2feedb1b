"""Rows: what is written is what is read, a batch is one statement, and the database itself refuses the impossible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from contracts.values import Quantity
from services.vendors.tests.made import (
    DAY,
    HARD,
    NOW,
    hardness,
    internal,
    lot,
    order,
    request,
    sourcing,
    terms,
    vendor,
)
from services.vendors.tests.stage import Stage, record
from vendors import commands, store
from vendors.domain.answer import LineAnswer
from vendors.domain.line import Line
from vendors.domain.purchase_order import PurchaseOrder
from vendors.store.vendors import AlreadyThere


async def kept(stage: Stage, *orders: PurchaseOrder) -> dict[str, PurchaseOrder]:
    """The orders as they come back from their rows."""
    async with stage.host.begin() as tx:
        await store.add_vendor(tx, internal("our-boards"))
        await store.add_purchase_orders(tx, orders)
    async with stage.host.begin() as tx:
        return await store.lock_purchase_orders(tx, (each.purchase_order_id for each in orders))


async def test_an_order_comes_back_as_it_was_written_and_as_it_was_saved(stage: Stage) -> None:
    made = order(internal(), properties=(HARD,))
    assert (await kept(stage, made))["po1"] == made
    answered, _ = made.acknowledged([LineAnswer("pl1", at=NOW + 12 * DAY)], NOW)
    line = answered.lines[0].sent(Quantity(5), (lot("L1", "5", 1, 2, 3, 4),), answered.tolerances)
    changed = answered.put(line.arrived(Quantity(2), Quantity(1), answered.tolerances, NOW))
    async with stage.host.begin() as tx:
        await store.lock_purchase_orders(tx, ["po1"])
        await store.save_purchase_orders(tx, [changed])
    async with stage.host.begin() as tx:
        assert (await store.lock_purchase_orders(tx, ["po1"]))["po1"] == replace(changed, version=2)


async def test_terms_vendors_and_sourcings_come_back_as_they_were_written(stage: Stage) -> None:
    marked = vendor(skus=frozenset({"shaft", "bolt"}), calendar_id="office", inspect=True)
    offered = terms(properties=(HARD,), calendar_id="office", inspect=True)
    wanted = sourcing(window=(hardness(55, 60),)).quoting(["steel-ltd"])
    async with stage.host.begin() as tx:
        await store.add_vendor(tx, marked)
        await store.add_terms(tx, offered)
        await store.add_sourcings(tx, [wanted])
    async with stage.host.begin() as tx:
        assert await store.lock_vendors(tx, ["steel-ltd", "nobody"]) == {"steel-ltd": marked}
        assert await store.lock_terms(tx, ["t1"]) == {"t1": offered}
        assert await store.lock_sourcings(tx, ["p1"]) == {"p1": replace(wanted, version=1)}
        _, known = await store.load_vendors_of(tx, ["bolt", "shaft", "nut"])
        assert known == {name: frozenset({"steel-ltd"}) for name in ("bolt", "shaft")}


async def test_what_is_there_already_is_not_taken_up_again(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    with pytest.raises(AlreadyThere):
        await stage.do(commands.RegisterVendor(vendor()))
    with pytest.raises(AlreadyThere):
        await stage.do(commands.PublishTerms(terms("terms-steel-ltd", valid_from=NOW + DAY)))


def twin(of: PurchaseOrder, **changes: Any) -> PurchaseOrder:
    line: Line = replace(of.lines[0], purchase_line_id="pl2", **changes)
    return replace(of, purchase_order_id="po2", lines=(line,))


async def test_a_second_live_line_for_a_planned_order_cannot_be_written(stage: Stage) -> None:
    made = order(internal())
    with pytest.raises(IntegrityError, match="purchase_lines_live"):
        await kept(stage, made, twin(made))
    assert len(await kept(stage, made, twin(made, state="cancelled"))) == 2


async def test_counts_that_cannot_be_are_refused_by_the_database(stage: Stage) -> None:
    made = order(internal())
    impossible: list[dict[str, Any]] = [
        {"returned": Quantity(1)},
        {"shipped": Quantity(-1)},
        {"quantity": Quantity(0)},
    ]
    for change in impossible:
        line = replace(made.lines[0], **change)
        with pytest.raises(IntegrityError, match="counted_up"):
            await kept(stage, made.put(line))


async def test_round_trips_do_not_grow_with_the_batch(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    engine: Any = stage.host.engine.sync_engine
    counts = []
    for size in (1, 40):
        sent: list[str] = []

        def note(*given: Any, into: list[str] = sent) -> None:
            into.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", note)
        await stage.host.hear([record(request(f"{size}-{number}")) for number in range(size)])
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_a_failing_command_leaves_no_row_behind(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    order_id, line_id = await stage.order()
    async with stage.host.engine.connect() as sql:
        before = (await sql.execute(text("SELECT version, told FROM purchase_orders"))).one()
    bad = commands.AcknowledgeOrder(order_id, (LineAnswer(line_id), LineAnswer("other")), None)
    with pytest.raises(Exception, match="no line other"):
        await stage.do(bad)
    async with stage.host.engine.connect() as sql:
        assert (await sql.execute(text("SELECT version, told FROM purchase_orders"))).one() == before
