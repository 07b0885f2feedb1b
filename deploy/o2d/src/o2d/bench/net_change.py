"""Net change in a site of known size: a promise asked for, an order placed, from the fact to its rows and answers.

Each order of a deep bill makes dozens to hundreds of planned orders, over parts that many orders share. The facts are
heard one at a time, as on a quiet day; the orders that lie there already grow meanwhile, so that the last quarter
beside the first shows what a fuller plan costs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.service import Host
from backbone.service.database import connect
from backbone.wire import Incoming, encode
from contracts.orders import OrderLine, OrderPlaced, PromiseRequested
from contracts.shapes import DemandLine
from contracts.topics import topic_of, type_name
from contracts.values import Money, Quantity
from o2d.bench.ground import Wrong
from o2d.bench.plan_data import SEED, site_of
from o2d.bench.plan_ground import SITE, START, shelf, sku

if TYPE_CHECKING:
    from materials.domain.planning.site import Site

ITEMS: Final = 2_000
DEMANDS: Final = 1_000
ORDERS: Final = 100
HOLD: Final = timedelta(days=5)
PRICE: Final = Money(100, "EUR")
_PLANNED: Final = text("SELECT count(*) FROM planned_orders")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of each promise and each order, in the order in which they were heard, and what they came to."""

    promises: tuple[float, ...]
    orders: tuple[float, ...]
    planned: int


async def run(server: str, rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for promises and one for orders: milliseconds at the middle and near the end, and growth."""
    paces = [await measured(server, ITEMS, DEMANDS, ORDERS) for _ in range(rounds)]
    lines = []
    for name, samples in (
        ("net-change-promise", [pace.promises for pace in paces]),
        ("net-change-order", [pace.orders for pace in paces]),
    ):
        lines.append(line_of(name, samples, paces[0].planned))
        say(f"{name}: p50 {lines[-1]['p50_ms']} ms, p99 {lines[-1]['p99_ms']} ms")
    return lines


def line_of(name: str, samples: list[tuple[float, ...]], planned: int) -> dict[str, Any]:
    """A line of a benchmark: `samples` are the seconds of each fact or act of each round, in order."""
    every = sorted(seconds for sample in samples for seconds in sample)
    quarter = len(samples[0]) // 4
    growth = [median(sample[-quarter:]) / median(sample[:quarter]) for sample in samples]
    return {
        "name": name,
        "unit": "facts/s",
        "ours": round(len(every) / sum(every), 1),
        "p50_ms": round(median(every) * 1_000, 1),
        "p99_ms": round(quantiles(every, n=100)[98] * 1_000, 1),
        "growth": round(median(growth), 2),
        "planned_orders": planned,
        "samples": {"ours": [sum(sample) for sample in samples]},
    }


async def measured(server: str, items: int, demands: int, orders: int) -> Pace:
    """One round: so many of the site's demands come as promises and orders, drawn by a known seed; all is checked."""
    from materials.domain.planning.site import Rows

    site = site_of(items, demands)
    empty = replace(site, demands=Rows.none(), receipts=Rows.none(), movable=site.receipts)
    async with shelf(server, empty) as dsn:
        engine = connect(dsn, name="bench", pool=4)
        pace = await _play(engine, site, orders)
        await engine.dispose()
        await _check(dsn, orders)
    return pace


async def _play(engine: Any, site: Site, orders: int) -> Pace:
    from materials.__main__ import SERVICE

    host = Host(SERVICE, engine, SteppedClock(START))
    drawn = random.Random(SEED).sample(range(site.demands.item.size), orders)  # noqa: S311 - the same each time
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in drawn:
        line = demanded(site, number)
        for fact, spent in zip(facts_of(number, line), seconds, strict=True):
            record = record_of(fact)
            began = time.perf_counter()
            await host.hear([record])
            spent.append(time.perf_counter() - began)
    async with host.read() as sql:
        planned = (await sql.execute(_PLANNED)).scalar_one()
    return Pace(tuple(seconds[0]), tuple(seconds[1]), planned)


def demanded(site: Site, number: int) -> DemandLine:
    """The line that stands for a demand of a site."""
    demands = site.demands
    quantity, wanted_at = (
        Quantity(int(demands.quantity[number])),
        START + timedelta(days=int(demands.day[number])),
    )
    return DemandLine(
        f"line-{number}", "good", sku(int(demands.item[number])), quantity, "piece", SITE, wanted_at
    )


def facts_of(number: int, line: DemandLine) -> tuple[PromiseRequested, OrderPlaced]:
    """What is heard when a line is promised, and when it is ordered."""
    promise, need = f"promise-{number}", f"need-{number}"
    asked = PromiseRequested(promise, need, 1, (line,), "complete-order", 2, START + HOLD)
    placed = OrderPlaced(
        f"order-{number}", need, f"quote-{number}", promise, "customer", "contact", "address", 2, "complete-order",
        (OrderLine(line, PRICE, line.wanted_at),),
    )  # fmt: skip
    return asked, placed


def record_of(fact: object) -> Incoming:
    """A fact as it comes from Kafka."""
    topic = topic_of(type(fact))
    headers = (("ce_id", new_id()), ("ce_type", type_name(type(fact))), ("ce_correlationid", "bench"))
    return Incoming(topic.name, 0, 0, getattr(fact, topic.key), headers, encode(fact), 1)


async def _check(dsn: str, orders: int) -> None:
    """Every order is planned whole, its pegs and its demands agree, and nothing waits; raises `Wrong`."""
    sql = await asyncpg.connect(dsn)
    row = await sql.fetchrow(
        """
        SELECT (SELECT count(*) FROM parked_key) AS parked,
               (SELECT count(*) FROM demands WHERE kind = 'order') AS placed,
               (SELECT count(*) FROM demands WHERE quantity_micro - done_micro <> covered_micro) AS uncovered,
               (SELECT count(*) FROM demands d WHERE covered_micro <> (
                    SELECT coalesce(sum(p.quantity_micro), 0) FROM pegs p WHERE p.demand_id = d.demand_id)) AS unlike
        """
    )
    await sql.close()
    if row is None or tuple(row) != (0, orders, 0, 0):
        raise Wrong(f"net change left something undone: {row}")
