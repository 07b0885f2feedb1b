"""The broker is away for minutes in the middle of a road: all that is asked meanwhile is accepted, and told later."""

from __future__ import annotations

import os
import time

from backbone.testing_support import eventually
from simulator.scenarios import SCENARIOS
from tests.faults.conftest import Converged
from tests.faults.outages import Once, healthy, state, stated
from tests.faults.street import KILLED, Ground, street

MINUTES = float(os.environ.get("O2D_SOAK_OUTAGE_MINUTES", "2"))
ASK_EVERY_S = 5


async def test_an_order_arrives_after_a_long_outage_of_the_broker(
    ground: Ground, converged: Converged
) -> None:
    servers = ground.servers
    asked = 0

    async with street(ground) as town:

        async def away() -> None:
            nonlocal asked
            assert await servers.kill(servers.broker) == KILLED
            until = time.monotonic() + 60 * MINUTES
            while time.monotonic() < until:
                answer = await state(town, ground, f"key-{asked}")
                assert answer.status_code == 201, answer.text
                asked += 1
                # That it is away for long is what is looked at: the condition is the time itself.
                due = time.monotonic() + ASK_EVERY_S
                await eventually(lambda due=due: time.monotonic() >= due, 2 * ASK_EVERY_S)  # type: ignore[misc]
            waiting = len(await town.rows("orders", "SELECT 1 FROM outbox"))
            print(f"\nafter {MINUTES:g} minutes: {asked} needs accepted, {waiting} facts wait", flush=True)
            assert waiting >= asked
            await servers.do(servers.broker.start())

        once = Once(town, away)
        town.watched.hook = once.look
        order = await town.play(SCENARIOS["shaft"])
        assert await stated(town) == asked
        await healthy(town, order)
        converged(*once.seconds)
        print(f"{once.seconds[0]:.1f} s to converge", flush=True)
