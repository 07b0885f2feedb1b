"""How long an order of which changes are asked for waits: for the last of those that are possible."""

from __future__ import annotations

from datetime import UTC, datetime

from service_desk.domain.order import Change, Order

SOON, LATER, LAST = (datetime(2026, 3, day, tzinfo=UTC) for day in (2, 3, 4))


def test_an_order_waits_for_every_change_that_is_possible_and_for_none_that_is_refused() -> None:
    changes = (Change("c1", (), SOON), Change("c2", (), LATER), Change("c3", (), LAST, "under way"))
    order = Order("o1", "n1", "p1", "c1", "a1", "partial", "EUR", (), changes=changes)
    assert order.held_until == LATER
    assert order.decided("c2").held_until == SOON
    assert order.decided("c2").decided("c1").held_until is None
    assert order.decided("c2").change("c2") is None
    assert order.decided("c2").change("c1") == changes[0]
