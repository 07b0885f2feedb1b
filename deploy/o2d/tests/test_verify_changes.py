"""What `o2d verify` expects of an order whose customer took a change at a charge."""

from __future__ import annotations

from dataclasses import replace

from contracts import changes as c
from contracts import materials as m
from contracts import orders as o
from contracts.values import Money
from deploy.o2d.tests.planting import after, broken, changed
from deploy.o2d.tests.story import VALUE, ground, story


def test_a_change_that_was_charged_as_answered_is_part_of_the_value() -> None:
    charge = Money(500, "EUR")
    taken = after(
        m.RequirementsPlanned,
        c.ChangeAnswered("order-1", "change-2", charge=charge),
        c.DeliveryChangeAnswered("order-1", "change-2"),
        o.ChangeCommitted("order-1", "change-2", charge),
    )
    dearer = replace(VALUE, price=VALUE.price + 500, bought_in=VALUE.bought_in + 500)
    assert broken(ground(changed(o.OrderCompleted, value=dearer)(taken(story())))) == {}
    assert "value happened" in broken(ground(taken(story())))
