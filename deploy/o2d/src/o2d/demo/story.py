"""The facts of one order among all facts: by the ask they began with, and by the supplies that serve it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.topics import TOPICS, type_name
from o2d.tellings import Telling

REQUESTS: Final = frozenset({"RunRequested", "PurchaseRequested", "TransferRequested"})
_TYPES: Final = {fact.__name__: type_name(fact) for topic in TOPICS for fact in topic.facts}
_OF_ORDER: Final = ("order_id", "need_id", "quote_id", "promise_id")


@dataclass(frozen=True, slots=True)
class Story:
    """An order's facts in time order; `supplies` are the planned orders that serve it."""

    order_id: str
    tellings: tuple[Telling, ...]
    supplies: frozenset[str]

    def of(self, *facts: str) -> Iterator[Telling]:
        """Its facts of these names."""
        return (telling for telling in self.tellings if telling.fact in facts)


def story_of(order_id: str, tellings: Sequence[Telling]) -> Story:
    """The story of an order: what began with its need, what names it, and what is done for the supplies under it."""
    placed = next((one for one in tellings if one.fact == "OrderPlaced" and one.key == order_id), None)
    if placed is None:
        return Story(order_id, (), frozenset())
    own = {str(placed.data[name]) for name in _OF_ORDER}
    supplies = frozenset(
        str(one.data["planned_order_id"])
        for one in tellings
        if one.fact in REQUESTS and _serves(one, order_id, own)
    )
    ids = frozenset(own | supplies | _under(tellings, order_id, supplies))
    return Story(order_id, tuple(one for one in tellings if one.mentions(ids)), supplies)


def _serves(request: Telling, order_id: str, own: set[str]) -> bool:
    return request.correlation in own or any(
        share["order_id"] == order_id for share in request.data["serves"]
    )


def _under(tellings: Sequence[Telling], order_id: str, supplies: frozenset[str]) -> set[str]:
    """The runs, purchase orders and visits for an order and its supplies."""
    found = set()
    for one in tellings:
        data = one.data or {}
        if "run_id" in data and data.get("planned_order_id") in supplies:
            found.add(str(data["run_id"]))
        elif "purchase_order_id" in data and any(
            line.get("planned_order_id") in supplies for line in data.get("lines", ())
        ):
            found.add(str(data["purchase_order_id"]))
        elif "visit_id" in data and data.get("order_id") == order_id:
            found.add(str(data["visit_id"]))
    return found


def event_of(telling: Telling) -> dict[str, Any]:
    """A fact as the envelope names it: id, type, source, subject and time."""
    return {
        "id": telling.event_id,
        "type": _TYPES.get(telling.fact, telling.fact),
        "source": f"/{telling.service}",
        "subject": telling.key,
        "time": telling.time,
    }
