"""Facts of what clients send back: orders authorises and credits it, the service desk takes it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.shapes import LotPart
from contracts.topic import Topic
from contracts.values import Money, Quantity


@dataclass(frozen=True, slots=True)
class ReturnAuthorised:
    """A client may send so much back of what was accepted of an order line."""

    return_id: str
    order_id: str
    need_id: str
    customer_id: str
    line_id: str
    quantity: Quantity
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnReceived:
    """Goods that a client had accepted are back at the site that had sent them, and are to be looked at there.

    Their cost is what was told when they lay ready; what they have cost at last is in the books.
    """

    return_id: str
    order_id: str
    line_id: str
    site_id: str
    lots: tuple[LotPart, ...]


@dataclass(frozen=True, slots=True)
class CreditGranted:
    """So much of a line came back, and its customer gets its share of the price back."""

    order_id: str
    return_id: str
    line_id: str
    quantity: Quantity
    credit: Money


RETURN: Final = Topic("service-desk.return.v1", "service-desk", "return_id", (ReturnReceived,))
