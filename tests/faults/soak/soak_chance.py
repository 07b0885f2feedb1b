"""Services are killed by chance, again and again, while road after road is gone: each order arrives."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from typing import Any

from simulator.scenarios import SCENARIOS
from tests.faults.outages import healthy
from tests.faults.street import FIVE, Ground, Street, street

MINUTES = float(os.environ.get("O2D_SOAK_KILLS_MINUTES", "5"))
SEED = int(os.environ.get("O2D_SOAK_SEED", "0"))
PAUSE_S = (4.0, 12.0)


async def _play(town: Street, chance: random.Random) -> dict[str, Any]:
    """Go the road, and kill one service after the other until its end; the answer is the order."""
    playing = asyncio.create_task(town.play(SCENARIOS["shaft"]))
    while not (await asyncio.wait({playing}, timeout=chance.uniform(*PAUSE_S)))[0]:
        town.members[chance.choice(FIVE)].tell(signal.SIGKILL)
    return await playing


async def test_orders_arrive_although_services_are_killed_by_chance(ground: Ground) -> None:
    chance = random.Random(SEED)
    until = time.monotonic() + 60 * MINUTES
    roads = deaths = 0
    while roads == 0 or time.monotonic() < until:
        async with street(ground) as town:
            order = await _play(town, chance)
            await town.ready()
            await healthy(town, order)
            roads += 1
            deaths += sum(len(member.codes) for member in town.members.values())
            print(f"\n{roads} roads, {deaths} deaths (seed {SEED})", flush=True)
    assert deaths > 0
