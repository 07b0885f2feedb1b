"""Substitutes as masters and as they are taken: which item may stand in for another, how much of it, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from backbone.errors import Invalid
from contracts.shapes import DemandLine
from contracts.values import MICRO
from materials.domain.demand import Demand
from materials.domain.item import Item

PRIORITY_MAX: Final = 1_000


class SubstituteIsImpossible(Invalid):
    """An item that is to stand in for another is the same one, is never valid, or is worth nothing of it."""


class Substitute(NamedTuple):
    """At a site `ratio_micro` millionths of `substitute_sku` stand in for one of `sku`, the least priority first.

    Whether it is valid is asked at the moment at which the item is needed.
    """

    sku: str
    site_id: str
    substitute_sku: str
    ratio_micro: int
    priority: int
    valid_from_at: datetime
    valid_to_at: datetime

    def checked(self) -> Substitute:
        """Itself; raises `SubstituteIsImpossible`."""
        wrong = []
        if self.substitute_sku == self.sku:
            wrong.append(("/substitute", "another item"))
        if self.ratio_micro <= 0:
            wrong.append(("/ratio", "above 0"))
        if not 1 <= self.priority <= PRIORITY_MAX:
            wrong.append(("/priority", f"1 to {PRIORITY_MAX}"))
        if self.valid_to_at <= self.valid_from_at:
            wrong.append(("/valid_to", "after it begins"))
        if wrong:
            raise SubstituteIsImpossible("nothing can stand in so", wrong)
        return self

    def stands_in(self, demand: Demand) -> bool:
        """Whether it may serve a demand."""
        here = (demand.site_id, demand.sku) == (self.site_id, self.sku)
        return here and self.valid(demand.needed_at)

    def valid(self, at: datetime) -> bool:
        """Whether it may stand in at that moment."""
        return self.valid_from_at <= at < self.valid_to_at

    def for_micro(self, micro: int, items: Mapping[str, Item]) -> int:
        """How much of it stands in for so much of its item, in millionths, rounded up to its quantum."""
        return items[self.substitute_sku].whole(-(-micro * self.ratio_micro // MICRO))

    def key_of(self, demand_id: str) -> str:
        """The key of the demand that takes it instead of another."""
        return f"{demand_id}~{self.substitute_sku}"


class Substitution(NamedTuple):
    """A demand that takes a substitute: which item it stands in for, how much of that, who said so and when.

    `supply_id` is the late supply that it is taken instead of, or the promise that was made with it.
    """

    demand_id: str
    supply_id: str
    sku: str
    quantity_micro: int
    decided_by: str
    decided_at: datetime


class Take(NamedTuple):
    """A substitute that somebody lets stand in wherever its item is an input, and who that is."""

    one: Substitute
    by: str


# What stands in for the item of a site and a name.
Taking = Mapping[tuple[str, str], Take]
NOTHING_TAKEN: Final[Taking] = {}


def takings(lines: Iterable[DemandLine], known: Iterable[Substitute]) -> dict[str, Taking]:
    """What stands in for what in the lines that let it, each by its id; what is no substitute any more stays out."""
    masters = {(one.site_id, one.sku, one.substitute_sku): one for one in known}
    found: dict[str, Taking] = {}
    for line in lines:
        keys = {each: (each.site_id, each.sku, each.substitute_sku) for each in line.instead}
        taking = {
            key[:2]: Take(masters[key], each.decided_by) for each, key in keys.items() if key in masters
        }
        if taking:
            found[line.line_id] = taking
    return found
