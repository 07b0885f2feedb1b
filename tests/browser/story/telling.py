"""Facts of a story as Kafka would bring them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from backbone.ids import new_id
from backbone.wire import Catalogue, Cause, Incoming, headers_of_text
from contracts.shapes import LotPart, Share
from contracts.topics import TOPICS, type_name
from contracts.values import CostVector, PropertyValue, Quantity

CATALOGUE: Final = Catalogue(TOPICS, type_name)
START: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROMISED: Final = START + timedelta(days=10)
HARD: Final = PropertyValue("hardness", Quantity(58), "HRC")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, when it was told (days after the start), and which fact of the story led to it."""

    fact: object
    day: float
    because: int | None = None


def lot(lot_id: str, sku: str, quantity: int, *, bought: int = 0, hard: bool = False) -> LotPart:
    """A part of a lot."""
    cost = CostVector(bought, 0, 0, 0, "EUR")
    return LotPart(
        lot_id, sku, Quantity(quantity), cost, (HARD,) if hard else (), f"heat-{lot_id}" if bought else None
    )


def shares(order_id: str, count: int) -> tuple[Share, ...]:
    """The whole of a supply for the first line."""
    return (Share(order_id, "L1", Quantity(count), f"need-{order_id}"),)


def records_of(story: Iterable[Told], first: int = 0) -> list[Incoming]:
    """The story as records of Kafka; offsets count from `first`."""
    records: list[Incoming] = []
    counts: dict[tuple[str, str], int] = {}
    for place, told in enumerate(story):
        owner = CATALOGUE.key_of(told.fact)
        counts[owner] = counts.get(owner, first) + 1
        cause = Cause(records[told.because].event_id if told.because is not None else None, "root")
        at = START + timedelta(days=told.day)
        out = CATALOGUE.outgoing(
            told.fact, event_id=new_id(), sequence=counts[owner], cause=cause, now=at, recorded=at
        )
        headers = tuple((name, value.decode()) for name, value in headers_of_text(out.headers))
        moment = int(datetime.now(UTC).timestamp() * 1000)
        records.append(Incoming(out.topic, 0, first + place, out.key, headers, out.payload, moment))
    return records
