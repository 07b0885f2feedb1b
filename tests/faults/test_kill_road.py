"""An order travels from need to delivery while each of the five services is killed once, when it has work."""

from __future__ import annotations

import re
import signal
from typing import Final

from backbone.testing_support import eventually
from simulator.scenarios import SCENARIOS
from tests.faults.street import FIVE, KILLED, Ground, Street, street

# As soon as this was answered by the first service, the second one, that has to do with it, is killed.
MOMENTS: Final = (
    ("orders", r"/v1/needs", "orders"),
    ("orders", r"/v1/quotes/.+/accept", "materials"),
    ("orders", r"/v1/quotes/.+/accept", "service-desk"),
    ("vendors", r"/v1/purchase-orders/.+/receipts", "production"),
    ("vendors", r"/v1/purchase-orders/.+/receipts", "vendors"),
)
MISSED_S: Final = 90


class Death:
    """Kills services at their moments, once each, and keeps them away until they are missed."""

    def __init__(self, town: Street) -> None:
        self.town = town
        self.left = list(MOMENTS)
        self.missed: dict[str, int] = {}

    async def look(self, service: str, path: str) -> None:
        for moment in list(self.left):
            if moment[0] == service and re.fullmatch(moment[1], path):
                self.left.remove(moment)
                self._kill(moment[2])

    def _kill(self, name: str) -> None:
        victim = self.town.members[name]

        async def until_missed() -> None:
            self.missed[name] = await eventually(
                lambda: self.town.waiting(name), MISSED_S, of=f"work for {name}"
            )

        victim.before = until_missed
        victim.tell(signal.SIGKILL)


async def test_an_order_arrives_although_every_service_is_killed_on_the_way(ground: Ground) -> None:
    async with street(ground) as town:
        death = Death(town)
        town.watched.hook = death.look
        order = await town.play(SCENARIOS["shaft"])
        assert [line["fulfilled"] for line in order["lines"]] == ["500"]
        assert await town.broken() == []
        assert {name: member.codes for name, member in town.members.items()} == {
            name: [KILLED] for name in FIVE
        }
        assert sorted(death.missed) == list(FIVE)
