"""Promises on a loaded site of known size, whose work centres are limited: inquired about, and held.

Orders lie there already and have taken days of the work centres. Then what could be promised is asked, which keeps
nothing, and the same is asked for again and held. No day of a work centre and no piece may be given twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.service.database import connect
from contracts.production import CalendarChanged, WorkCentreDefined
from contracts.shapes import DemandLine
from contracts.values import MICRO
from o2d.bench.capacity import AT_ONCE_COUNT
from o2d.bench.ground import Wrong
from o2d.bench.net_change import HOLD, demanded, facts_of, line_of, record_of
from o2d.bench.plan_data import SEED, site_of
from o2d.bench.plan_ground import CENTRES_COUNT, DAY_MINUTES, SITE, START, centre, shelf

ITEMS: Final = 2_000
DEMANDS: Final = 1_000
LOADED_COUNT: Final = 200
ASKED_COUNT: Final = 100
KEPT: Final = text(
    """
    SELECT (SELECT count(*) FROM demands), (SELECT count(*) FROM holds), (SELECT count(*) FROM planned_orders),
           (SELECT sum(load_micro) FROM loads), (SELECT sum(quantity_micro) FROM pegs), (SELECT count(*) FROM outbox)
    """
)
OVER_BOOKED: Final = text(
    """
    SELECT (SELECT count(*) FROM (SELECT FROM loads GROUP BY resource_id, day HAVING sum(load_micro) > :day) AS d)
         + (SELECT count(*) FROM receipts r WHERE pegged_micro > quantity_micro - received_micro OR pegged_micro <>
               (SELECT coalesce(sum(p.quantity_micro), 0) FROM pegs p WHERE p.supply_id = r.receipt_id))
         + (SELECT count(*) FROM (SELECT resource_id, day, sum(load_micro) AS load FROM loads GROUP BY 1, 2) AS l
               FULL JOIN taken_days t USING (resource_id, day) WHERE coalesce(load, 0) <> coalesce(load_micro, 0))
         + (SELECT count(*) FROM stocks WHERE reserved_micro > on_hand_micro)
         + (SELECT count(*) FROM demands d WHERE covered_micro <>
               (SELECT coalesce(sum(p.quantity_micro), 0) FROM pegs p WHERE p.demand_id = d.demand_id)) AS wrong,
           (SELECT count(*) FROM holds) AS holds, (SELECT count(*) FROM planned_orders) AS planned,
           (SELECT count(*) FROM loads) AS loads, (SELECT count(*) FROM parked_key) AS parked
    """
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Seconds of each inquiry and each promise that was held, in order, and how many orders were planned in the end.

    `own_cpu` are seconds of this process's processor for all of the ones and for all of the others.
    """

    inquiries: tuple[float, ...]
    quotes: tuple[float, ...]
    own_cpu: tuple[float, float]
    planned: int


async def run(server: str, rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for inquiries and one for quotes: milliseconds at the middle and near the end."""
    found = [await measured(server, ITEMS, DEMANDS, LOADED_COUNT, ASKED_COUNT) for _ in range(rounds)]
    lines = []
    for place, (name, samples) in enumerate(
        (
            ("promise-inquiry", [each.inquiries for each in found]),
            ("promise-quote", [each.quotes for each in found]),
        )
    ):
        own = sum(each.own_cpu[place] for each in found) / sum(map(len, samples))
        line = line_of(name, samples, found[0].planned) | {"own_cpu_ms": round(own * 1_000, 1)}
        say(
            f"{name}: p50 {line['p50_ms']} ms, p99 {line['p99_ms']} ms, own processor {line['own_cpu_ms']} ms each"
        )
        lines.append(line)
    return lines


async def measured(server: str, items: int, demands: int, loaded: int, asked: int) -> Asking:
    """One round: of the site's demands so many are ordered, and so many others asked for; all is checked."""
    from materials.__main__ import SERVICE
    from materials.domain.planning.site import Rows

    site = site_of(items, demands)
    empty = replace(site, demands=Rows.none(), receipts=Rows.none(), movable=site.receipts)
    drawn = random.Random(SEED).sample(range(demands), loaded + asked)  # noqa: S311 - the same each time
    lines = {number: demanded(site, number) for number in drawn}
    async with shelf(server, empty) as dsn:
        engine = connect(dsn, name="bench", pool=4)
        host = Host(SERVICE, engine, SteppedClock(START))
        await host.hear([record_of(fact) for fact in _centres()])
        for number in drawn[:loaded]:
            for fact in facts_of(number, lines[number]):
                await host.hear([record_of(fact)])
        found = await _ask(host, {number: lines[number] for number in drawn[loaded:]})
        planned = await _check(host, loaded + asked)
        await engine.dispose()
    return Asking(*found, planned)


def _centres() -> Sequence[object]:
    """Every work centre has machines for so many runs at a time, on every day."""
    shift = CalendarChanged("shift", tuple(range(7)), 8, 8 + DAY_MINUTES // 60)
    centres = (
        WorkCentreDefined(centre(number), SITE, "", shift.calendar_id, AT_ONCE_COUNT, 0, 0, Decimal(0), "EUR")
        for number in range(CENTRES_COUNT)
    )
    return [shift, *centres]


async def _ask(
    host: Host, lines: dict[int, DemandLine]
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, float]]:
    """Seconds of each inquiry, then of each promise that is held; raises `Wrong` where an inquiry keeps anything."""
    from materials import commands, handlers

    before = await _kept(host)
    inquiries, quotes, spent = [], [], [time.process_time()]
    for line in lines.values():
        command = commands.InquirePromise((line,), "complete-order", 2, START + HOLD)
        began = time.perf_counter()
        answer = await host.do(handlers.inquire_promise, command)
        inquiries.append(time.perf_counter() - began)
        if not answer.steps and answer.refused is None:
            raise Wrong(f"nothing was answered for {line.line_id}")
    spent.append(time.process_time())
    if await _kept(host) != before:
        raise Wrong("an inquiry has left something behind")
    for number, line in lines.items():
        record = record_of(facts_of(number, line)[0])
        began = time.perf_counter()
        await host.hear([record])
        quotes.append(time.perf_counter() - began)
    spent.append(time.process_time())
    return tuple(inquiries), tuple(quotes), (spent[1] - spent[0], spent[2] - spent[1])


async def _kept(host: Host) -> tuple[object, ...]:
    async with host.read() as sql:
        return tuple((await sql.execute(KEPT)).one())


async def _check(host: Host, promises: int) -> int:
    """How many orders are planned; nothing is given twice, and every promise was answered. Raises `Wrong`."""
    async with host.read() as sql:
        row = (await sql.execute(OVER_BOOKED, {"day": AT_ONCE_COUNT * DAY_MINUTES * MICRO})).one()
    if row.wrong or row.parked or row.holds != promises or not row.loads:
        raise Wrong(f"promises gave something twice, or not at all: {row}")
    return int(row.planned)
