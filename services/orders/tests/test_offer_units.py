"""Offers whose goods are said in any unit of their items, and kept in the items' own."""

from __future__ import annotations

import pytest

from backbone.errors import Invalid
from backbone.service import Host
from contracts.materials import ItemDefined
from contracts.orders import Component, OfferPublished
from contracts.units import Counted, ItemUnit
from contracts.values import Money, Quantity
from orders import commands, handlers
from orders.domain.offer import in_own_units
from services.orders.tests.stage import heard, told

UNITS = (ItemUnit("box", Quantity(12), Quantity(1)),)
BOLT = Counted("bolt", "piece", Quantity(1), UNITS)


def bolts(quantity: str, unit: str) -> Component:
    return Component("good", "bolt", Quantity(quantity), unit, "plant-1")


async def test_two_boxes_are_on_offer_as_the_pieces_in_them(host: Host) -> None:
    await heard(host, ItemDefined("bolt", "Bolt", "piece", Quantity(1), units=UNITS))
    command = commands.PublishOffer("bolts", "Bolts", "good", Money(900, "EUR"), (bolts("2", "box"),))
    await host.do(handlers.publish_offer, command)
    (published,) = await told(host, OfferPublished)
    assert published.components == (bolts("24", "piece"),)


@pytest.mark.parametrize(("quantity", "unit"), [("1", "kg"), ("0.3", "box")])
def test_what_is_no_whole_number_of_the_items_own_unit_is_refused_with_its_place(
    quantity: str, unit: str
) -> None:
    with pytest.raises(Invalid) as refused:
        in_own_units((bolts("1", "piece"), bolts(quantity, unit)), {"bolt": BOLT})
    assert [place for place, _ in refused.value.pointers] == ["/components/1"]


def test_services_and_items_that_nobody_told_of_stay_as_they_are_said() -> None:
    visit = Component("service", "bolt", Quantity(1), "visit", "plant-1")
    assert in_own_units((visit, bolts("1", "crate")), {}) == (visit, bolts("1", "crate"))
