"""A service: how long one takes, for how many people with which skills, what it uses up, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from backbone.errors import Invalid
from contracts.service_desk import ServiceDefined
from contracts.shapes import ItemPart
from contracts.values import MICRO, ZERO, CostVector, Quantity, is_currency
from service_desk.domain.form import MINOR_MAX, PARTS_COUNT_MAX, counted, number
from service_desk.domain.technician import SKILLS_COUNT_MAX, Technician

MINUTES_MAX: Final = 60 * 24 * 31
PEOPLE_COUNT_MAX: Final = 50
PART_UNITS_MAX: Final = Quantity(1_000_000)
YEAR_MINUTES: Final = 366 * 24 * 60


class PartsAreWrong(Invalid):
    """Parts of a service are positive, and each item is named once."""


class CurrencyIsUnknown(Invalid):
    """A currency is three capital letters."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the desk can do: one unit takes `minutes` of `people`, each of whom has every skill that is named.

    `parts` are for one unit. An hour of the equipment costs `capital_minor`, an hour of the desk `overhead_minor`,
    in `currency`; so does an hour of whoever does it.
    """

    service_id: str
    title: str
    minutes: int
    people: int
    skills: frozenset[str]
    parts: tuple[ItemPart, ...]
    site_id: str
    capital_minor: int = 0
    overhead_minor: int = 0
    currency: str = "EUR"
    version: int = 0

    def checked(self) -> Service:
        """The same service; raises `PartsAreWrong`, `Invalid`."""
        number(self.minutes, "/minutes", 1, MINUTES_MAX)
        number(self.people, "/people", 1, PEOPLE_COUNT_MAX)
        number(self.capital_minor, "/capital_minor", 0, MINOR_MAX)
        number(self.overhead_minor, "/overhead_minor", 0, MINOR_MAX)
        if not is_currency(self.currency):
            raise CurrencyIsUnknown("a currency has a code", [("/currency", "three capital letters")])
        counted(sorted(self.skills), "/skills", SKILLS_COUNT_MAX)
        counted(self.parts, "/parts", PARTS_COUNT_MAX, least=0)
        if len({part.sku for part in self.parts}) < len(self.parts):
            raise PartsAreWrong("an item is named once", [("/parts", "add them up")])
        for place, part in enumerate(self.parts):
            if not ZERO < part.quantity <= PART_UNITS_MAX:
                raise PartsAreWrong(
                    "a part is used up", [(f"/parts/{place}/quantity", "above 0, up to a million")]
                )
        return self

    def told(self) -> ServiceDefined:
        """The fact for those who sell it and who plan its parts."""
        return ServiceDefined(
            self.service_id,
            self.title,
            self.minutes,
            self.people,
            tuple(sorted(self.skills)),
            self.parts,
            self.site_id,
        )

    def duration(self, quantity: Quantity) -> timedelta:
        """How long the team works for so many units, in whole minutes; what is beyond a year is a year."""
        minutes = -(-self.minutes * quantity.micro // MICRO)
        return timedelta(minutes=min(minutes, YEAR_MINUTES))

    def parts_for(self, quantity: Quantity) -> dict[str, Quantity]:
        """How much of each item so many units use up."""
        return {part.sku: part.quantity.times(quantity) for part in self.parts}

    def cost(self, minutes: int, team: Iterable[Technician]) -> CostVector:
        """What so many minutes of a team cost: labour by each one's rate, capital and overhead by the service's."""
        labour = sum(each.labour_minor for each in team)
        return CostVector(
            0,
            _of_hour(labour, minutes),
            _of_hour(self.capital_minor, minutes),
            _of_hour(self.overhead_minor, minutes),
            self.currency,
        )


def _of_hour(minor: int, minutes: int) -> int:
    return int((Decimal(minor) * minutes / 60).to_integral_value(ROUND_HALF_EVEN))
