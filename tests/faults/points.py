"""The table service x point: where on a road each service ends itself by kill -9, and in which order it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.scenarios import SCENARIOS
from tests.faults.street import FIVE, KILLED, Ground, Street, street

DO: Final = ("do.begun", "do.handled", "do.committed")
HEAR: Final = ("hear.inboxed", "hear.handled", "hear.committed", "hear.offset")
RELAY: Final = ("relay.read", "relay.sent", "relay.moved")
POINTS: Final = (*DO, *HEAR, *RELAY)

# The service desk hears before anybody asks it for anything; to the others, people bring the masters first.
HEARS_FIRST: Final = frozenset({"service-desk"})

Faults = dict[str, list[str]]


def rounds() -> Iterator[Faults]:
    """Roads that meet every point in every service once: never two in what is heard, but the last, of one road.

    A fact that is in work at three deaths of its service counts as the cause of them, and is parked.
    """
    for number in range(len(DO)):
        last = [HEAR[-1]] if number == len(DO) - 1 else []
        yield {
            name: (
                [HEAR[number], RELAY[number], DO[number], *last]
                if name in HEARS_FIRST
                else [DO[number], HEAR[number], RELAY[number], *last]
            )
            for name in FIVE
        }


# Every point once, in the service where it has the most to lose.
COVERING: Final[Faults] = {
    "orders": ["do.begun", "relay.read"],
    "materials": ["hear.inboxed", "relay.moved"],
    "production": ["do.handled", "hear.handled"],
    "vendors": ["do.committed", "hear.committed"],
    "service-desk": ["hear.offset", "relay.sent"],
}


def died(town: Street, faults: Faults) -> None:
    """Every death that was ordered has happened, and no other."""
    codes = {name: member.codes for name, member in town.members.items()}
    left = {name: [member.armed, *member.faults] for name, member in town.members.items() if member.armed}
    assert not left, f"never reached: {left}"
    assert codes == {name: [KILLED] * len(points) for name, points in faults.items()}


async def arrives(ground: Ground, faults: Faults) -> None:
    """Play a road on which services die as ordered: the order is completed, and no promise is broken."""
    async with street(ground, faults) as town:
        order = await town.play(SCENARIOS["shaft"])
        assert [line["fulfilled"] for line in order["lines"]] == ["500"]
        assert await town.broken() == []
        assert await town.parked() == []
        died(town, faults)
