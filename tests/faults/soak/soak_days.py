"""Weeks of companies that chance makes up: whatever people do, every order ends and every promise is kept."""

from __future__ import annotations

import os
import traceback

from simulator.playing import NothingLeft
from tests.flows.chance.company import Company
from tests.flows.chance.left import show_left
from tests.flows.town import Installation, Town, visited

FIRST = int(os.environ.get("O2D_SOAK_SEED", "0"))
COUNT = int(os.environ.get("O2D_SOAK_COUNT", "5"))


async def test_whatever_people_do_orders_end_and_promises_are_kept() -> None:
    installation, failed = Installation(), []
    try:
        for seed in range(FIRST, FIRST + COUNT):
            try:
                async with visited(installation.opened()) as town:
                    await _play(town, Company(seed))
            except Exception:
                # The others are played all the same, where nothing is left of this one.
                traceback.print_exc()
                failed.append(seed)
                installation.close()
    finally:
        installation.close()
    assert failed == []


async def _play(town: Town, company: Company) -> None:
    now = await town.with_masters(company.masters())
    customers = company.customers(now)
    try:
        await town.go([*customers, *company.people(now, customers, town.services)])
    except NothingLeft as ended:
        # Who was never promised anything waits without an end, and that is no fault.
        print(ended)
    orders = [order for each in customers for order in await town.orders_of(each)]
    print(f"seed {company.seed}: {len(orders)} orders", flush=True)
    assert orders
    left = [order for order in orders if order["state"] == "open"]
    if left:
        await show_left(town.doors, left)
    assert left == []
    assert await town.broken() == []
