"""Facts of a recall: production opens, follows and closes it, materials traces and blocks, the desk asks clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.topic import Topic
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class RecallOpened:
    """Lots, and all that was made of them, are called back: those of a vendor's lot (of an item), or named ones.

    `lot_ids` are lots that production knows; `other_lot_ids` are ids that a person gave, of lots that may not exist.
    """

    recall_id: str
    reason: str
    opened_by: str
    lot_ids: tuple[str, ...] = ()
    other_lot_ids: tuple[str, ...] = ()
    vendor_lot: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class RecallWidened:
    """These lots were made of recalled ones before anybody could stop it; they are recalled with all made of them."""

    recall_id: str
    lot_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentPart:
    """So much of a lot has left for an order and has not come back."""

    order_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RecalledLot:
    """A lot that a recall reaches: its status from now on, how much of it is where, for which orders it was kept."""

    lot_id: str
    sku: str
    site_id: str
    vendor_lot: str | None
    status: str
    on_hand: Quantity
    in_transit: Quantity
    sent: tuple[SentPart, ...] = ()
    kept_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecallTraced:
    """Materials has found and blocked these lots; `complete` with the last of them. `unknown` are ids of no lot."""

    recall_id: str
    reason: str
    lots: tuple[RecalledLot, ...]
    complete: bool
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecallFollowed:
    """From now on no run takes these lots; `run_ids` are those that stand still because of them."""

    recall_id: str
    lot_ids: tuple[str, ...]
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecalledDelivery:
    """What an order was sent of a recalled lot."""

    lot_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RecallTicket:
    """A customer who was sent recalled lots with an order, and the ticket under which the desk speaks to them."""

    ticket_id: str
    customer_id: str
    order_id: str
    deliveries: tuple[RecalledDelivery, ...]


@dataclass(frozen=True, slots=True)
class RecallNotified:
    """From now on none of these lots leaves for a client; whoever was sent some of them has a ticket."""

    recall_id: str
    lot_ids: tuple[str, ...]
    tickets: tuple[RecallTicket, ...]


@dataclass(frozen=True, slots=True)
class RecallAnswered:
    """What was agreed with a customer about recalled lots; without `how` the ticket is open again."""

    recall_id: str
    ticket_id: str
    how: str | None


@dataclass(frozen=True, slots=True)
class RecallClosed:
    """Each lot that the recall has reached has its outcome, and each customer an answer."""

    recall_id: str
    closed_by: str
    summary: str


RECALL: Final = Topic(
    "production.recall.v1",
    "production",
    "recall_id",
    (RecallOpened, RecallWidened, RecallFollowed, RecallClosed),
    frozenset({RecallFollowed}),
)
RECALL_TRACE: Final = Topic("materials.recall.v1", "materials", "recall_id", (RecallTraced,))
RECALL_NOTICE: Final = Topic(
    "service-desk.recall.v1", "service-desk", "recall_id", (RecallNotified, RecallAnswered)
)
