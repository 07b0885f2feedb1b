"""What is at hand where a run is reported on: its recipe, its work centres, what items are counted in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from contracts.values import Quantity
from production.domain.plant import WorkCentre
from production.domain.points import Point
from production.domain.recipe import Content

_LEAST: Final = Quantity.of_micro(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """What a report is reckoned by: the run's recipe, its work centres, what items are counted in, new ids, and who.

    `quanta` are the least parts of items that are known here, `points` where a run that begins is to be inspected.
    """

    content: Content
    centres: Mapping[str, WorkCentre]
    new_id: Callable[[], str]
    by: str = ""
    quanta: Mapping[str, Quantity] = field(default_factory=dict)
    points: tuple[Point, ...] = ()

    def quantum(self, sku: str) -> Quantity:
        """What an item is never divided below; a millionth for one that is not known here."""
        return self.quanta.get(sku, _LEAST)
