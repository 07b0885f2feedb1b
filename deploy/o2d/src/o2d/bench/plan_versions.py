"""The plan of a whole site from database to database: loaded, computed, copied back with its pegs, keyed, committed."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from dataclasses import replace
from typing import Any, NamedTuple

import asyncpg
import psutil

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.operations.working import Working
from backbone.service import Host
from backbone.service.database import connect
from o2d.bench.cpu import database_seconds
from o2d.bench.ground import Wrong
from o2d.bench.plan import MEGABYTE, SIZES, Size
from o2d.bench.plan_ground import START, shelf


async def measured(server: str, size: Size, rounds: int) -> dict[str, Any]:
    """Seconds of each round, from the ask to the version that is ready, and of its parts; every version is checked."""
    from materials.domain.planning.plan import plan
    from materials.domain.planning.site import Rows
    from o2d.bench.plan_data import site_of

    dated = site_of(size.items, size.demands)
    made = plan(dated)
    if (made.orders.item.size, int(made.orders.quantity.sum())) != (size.orders, size.quantity):
        raise Wrong(f"{size.name} has other orders than are known")
    # In the database a receipt is a purchase, which may be asked to come earlier before anything new is bought.
    site = replace(dated, receipts=Rows.none(), movable=dated.receipts)
    made = plan(site)
    known = (made.orders.item.size, int(made.orders.quantity.sum()) * 1_000_000, int(made.orders.due.sum()))
    del made, dated
    async with shelf(server, site) as dsn:
        return {"rounds": [await _round(dsn, known) for _ in range(rounds)], "orders": known[0]}


async def _round(dsn: str, known: tuple[int, int, int]) -> dict[str, float]:
    from materials import commands, handlers
    from materials.__main__ import SERVICE

    engine = connect(dsn, name="bench", pool=4)
    host = Host(SERVICE, engine, SteppedClock(START))
    plan_id = new_id()
    began = time.perf_counter()
    await host.do(handlers.ask_plan, commands.AskPlan(plan_id, None, "firm", "bench"))
    working = Working(host)
    holder = await _holder(dsn)
    steps = [Spent(began, time.process_time(), database_seconds(holder))]
    while await working._step():
        steps.append(Spent(time.perf_counter(), time.process_time(), database_seconds(holder)))
    await engine.dispose()
    await _check(dsn, plan_id, known)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE
    found = {"peak_mb": float(peak)}
    for name, first, last in (("", 0, -1), ("load_", 0, 1), ("plan_", 1, 2), ("write_", 2, -1)):
        spent = zip(Spent._fields, steps[first], steps[last], strict=True)
        found |= {f"{name}{field}": after - before for field, before, after in spent}
    return found


class Spent(NamedTuple):
    """Seconds that have passed, and those of processors that this process and the database have used."""

    seconds: float
    own_cpu: float
    database_cpu: float


async def _holder(dsn: str) -> int:
    """The number of the process below which the database runs."""
    sql = await asyncpg.connect(dsn)
    holder = int(psutil.Process(await sql.fetchval("SELECT pg_backend_pid()")).ppid())
    await sql.close()
    return holder


async def _check(dsn: str, plan_id: str, known: tuple[int, int, int]) -> None:
    """The same orders as in memory, every requirement pegged whole; raises `Wrong`."""
    sql = await asyncpg.connect(dsn)
    row = await sql.fetchrow(
        """
        SELECT state, plan_no, orders_count, pegs_count,
               (SELECT count(*) FROM plan_orders o WHERE o.plan_no = v.plan_no) AS orders,
               (SELECT sum(quantity_micro) FROM plan_orders o WHERE o.plan_no = v.plan_no) AS quantity,
               (SELECT sum(due_on - DATE '2026-01-01') FROM plan_orders o WHERE o.plan_no = v.plan_no) AS due,
               (SELECT count(*) FROM plan_pegs p WHERE p.plan_no = v.plan_no) AS pegs
        FROM plan_versions v WHERE plan_id = $1
        """,
        plan_id,
    )
    await sql.close()
    if row is None or row["state"] != "ready" or row["pegs"] != row["pegs_count"]:
        raise Wrong(f"the plan is not ready: {row}")
    if (row["orders"], int(row["quantity"]), int(row["due"])) != known:
        raise Wrong(f"the version has other orders than the plan in memory: {row}, {known}")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(sys.argv[1], SIZES[int(sys.argv[2])], int(sys.argv[3])))))
