"""What is quoted, and what becomes of the quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import Instead, Kind
from contracts.values import Money, Quantity


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line as it is quoted: what it contains, its price in all, when it would be there, and what stands in."""

    line_id: str
    offer_id: str
    kind: Kind
    item: str
    quantity: Quantity
    unit: str
    price: Money
    at: datetime
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """The customer can accept these lines at these prices and dates until the quote expires."""

    quote_id: str
    need_id: str
    promise_id: str
    customer_id: str
    lines: tuple[QuotedLine, ...]
    price: Money
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteAccepted:
    """The customer took the quote; an order follows."""

    quote_id: str
    need_id: str
    promise_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class QuoteDeclined:
    """The customer does not want the quote; holds are let go."""

    quote_id: str
    need_id: str
    promise_id: str


@dataclass(frozen=True, slots=True)
class QuoteExpired:
    """Nobody answered the quote in time; holds are let go."""

    quote_id: str
    need_id: str
    promise_id: str
