"""Facts of orders: what customers need, what is quoted and promised to them, and how their orders end."""

from contracts.orders.catalogue import (
    Component,
    ContactChanged,
    CustomerRegistered,
    OfferPublished,
)
from contracts.orders.needs import (
    NeedStated,
    NeedUnmatched,
    PromiseRequested,
    PromiseWithdrawn,
    SlotsRequested,
    WantedLine,
)
from contracts.orders.orders import (
    LineFulfilled,
    NewDateAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderLine,
    OrderLineHeld,
    OrderLineResumed,
    OrderLineShortClosed,
    OrderPlaced,
    OrderPromised,
    PromiseAtRisk,
    PromiseRecovered,
    ValueRevised,
)
from contracts.orders.quotes import (
    QuoteAccepted,
    QuoteDeclined,
    QuotedLine,
    QuoteExpired,
    QuoteSent,
)

__all__ = [
    "Component",
    "ContactChanged",
    "CustomerRegistered",
    "LineFulfilled",
    "NeedStated",
    "NeedUnmatched",
    "NewDateAccepted",
    "OfferPublished",
    "OrderCancelled",
    "OrderCompleted",
    "OrderLine",
    "OrderLineHeld",
    "OrderLineResumed",
    "OrderLineShortClosed",
    "OrderPlaced",
    "OrderPromised",
    "PromiseAtRisk",
    "PromiseRecovered",
    "PromiseRequested",
    "PromiseWithdrawn",
    "QuoteAccepted",
    "QuoteDeclined",
    "QuoteExpired",
    "QuoteSent",
    "QuotedLine",
    "SlotsRequested",
    "ValueRevised",
    "WantedLine",
]
