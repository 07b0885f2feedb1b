"""Services die at every point of do, hear and relay on the road of an order, which arrives all the same."""

from __future__ import annotations

from itertools import chain

from tests.faults.points import COVERING, POINTS, arrives, rounds
from tests.faults.street import FIVE, Ground


def test_the_whole_table_has_every_point_of_every_service_once() -> None:
    cells = [(name, point) for faults in rounds() for name, points in faults.items() for point in points]
    assert sorted(cells) == sorted((name, point) for name in FIVE for point in POINTS)


async def test_an_order_arrives_although_every_point_kills_a_service(ground: Ground) -> None:
    assert sorted(chain.from_iterable(COVERING.values())) == sorted(POINTS)
    await arrives(ground, COVERING)
