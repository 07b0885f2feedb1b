"""Purchase orders: what can be asked or told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vendors.domain.answer import LineAnswer


@dataclass(frozen=True, slots=True)
class ApproveOrder:
    """A second person decides on an order above the limit."""

    purchase_order_id: str
    approved: bool
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder:
    """A vendor promises lines; none named means all as asked."""

    purchase_order_id: str
    lines: tuple[LineAnswer, ...]
    party: str | None
    # The units in which these are said, in their order; absent: the item's own.
    units: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgeOrders:
    """A vendor answers many orders at once."""

    acts: tuple[AcknowledgeOrder, ...]


@dataclass(frozen=True, slots=True)
class RefuseOrder:
    """A vendor will not supply."""

    purchase_order_id: str
    reason: str
    party: str | None


@dataclass(frozen=True, slots=True)
class DecidePrice:
    """A buyer takes a dearer price, or does not."""

    purchase_order_id: str
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MissAnswer:
    """The time to answer an order is up."""

    purchase_order_id: str


@dataclass(frozen=True, slots=True)
class MissDelivery:
    """A day for which a vendor has promised goods is over."""

    purchase_order_id: str


@dataclass(frozen=True, slots=True)
class TakeInternalPromise:
    """A site of ours has planned a purchase line."""

    purchase_order_id: str
    line: LineAnswer


@dataclass(frozen=True, slots=True)
class TakeInternalRefusal:
    """A site of ours cannot supply."""

    purchase_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """We do not want an order any more; the next source is asked, or nobody."""

    purchase_order_id: str
    reason: str
    ask_next: bool


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """The rest of an order is not wanted."""

    purchase_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RedateLine:
    """We ask for another date."""

    purchase_order_id: str
    purchase_line_id: str
    wanted_at: datetime
