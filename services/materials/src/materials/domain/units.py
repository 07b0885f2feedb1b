"""Quantities said in any unit of an item, turned into the one in which it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backbone.errors import Invalid
from contracts.units import NoSuchUnit, NotWhole
from contracts.values import Quantity
from materials.domain.item import Item, QuantityIsNotWhole


class UnitDoesNotFit(Invalid):
    """A quantity is said in a unit that nobody can turn into the one in which the item is counted."""


def to_base(item: Item, quantity: Quantity, unit: str | None) -> int:
    """A quantity in millionths of the item's own unit; absent is that unit.

    Nothing is rounded: raises `UnitDoesNotFit`, and `QuantityIsNotWhole` where no whole number of quanta comes out.
    """
    try:
        return item.counted.own(quantity, unit or item.unit).micro
    except NoSuchUnit as wrong:
        known = ", ".join([item.unit, *(each.unit for each in item.units)])
        raise UnitDoesNotFit(str(wrong), [("/unit", f"one of {known}")]) from wrong
    except NotWhole as wrong:
        raise QuantityIsNotWhole(str(wrong), [("/quantity", "not whole")]) from wrong


@contextmanager
def below(place: str) -> Iterator[None]:
    """What is refused as `Invalid` is refused with its places below that one."""
    try:
        yield
    except Invalid as refusal:
        places = [(f"{place}{pointer}", words) for pointer, words in refusal.pointers]
        raise type(refusal)(refusal.detail, places) from refusal
