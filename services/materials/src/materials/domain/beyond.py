"""Where a book ends, and what a decision asks for that lies beyond: it is repeated with that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from backbone.errors import NeedsMore

# All that anything is connected to.
BEYOND: Final = ("beyond",)


class Serving(NamedTuple):
    """Whom one supply serves, up to customers' orders."""

    planned_order_id: str


class Lying(NamedTuple):
    """All lots of an item that lie at a site, whoever has reserved them."""

    site_id: str
    sku: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Of what was loaded only these demands came with all pegs, and only these orders with all that they take.

    Whom supplies serve that are `serving` was asked for already, and is here.
    """

    demand_ids: frozenset[str]
    planned_order_ids: frozenset[str]
    serving: frozenset[str] = frozenset()

    def beyond(self, planned_order_id: str) -> NeedsMore:
        """What is needed where it is not known whom a supply serves."""
        return NeedsMore([BEYOND if planned_order_id in self.serving else Serving(planned_order_id)])
