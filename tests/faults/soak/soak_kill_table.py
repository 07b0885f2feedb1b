"""The whole table: each of the five services dies at each point of do, hear and relay on the road of an order."""

from __future__ import annotations

import pytest

from tests.faults.points import Faults, arrives, rounds
from tests.faults.street import Ground


@pytest.mark.parametrize("faults", list(rounds()), ids=lambda faults: "+".join(faults["orders"]))
async def test_an_order_arrives_although_all_services_die_at_these_points(
    ground: Ground, faults: Faults
) -> None:
    await arrives(ground, faults)
