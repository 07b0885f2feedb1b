"""Goods that clients send back: into stock where they were sent from, at what they had cost, to be looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from backbone.errors import NotYet
from contracts.returns import ReturnReceived
from contracts.shapes import LotPart
from contracts.values import CostVector
from materials.domain.book import Book
from materials.domain.ledger import Purpose
from materials.domain.receiving import Arrival, take_in


class Shipped(NamedTuple):
    """So much of a lot is with the client of an order line, and what it had cost when it left."""

    micro: int = 0
    bought_in: int = 0
    labour: int = 0
    capital: int = 0
    overhead: int = 0

    def share(self, micro: int) -> Shipped:
        """So much of it; the last takes all the cost that is left."""
        whole = self.micro
        return Shipped(micro, *(cost * micro // whole for cost in self[1:]))

    def less(self, part: Shipped) -> Shipped:
        """What the client still has."""
        return Shipped(*(mine - gone for mine, gone in zip(self, part, strict=True)))


# By order, line and lot.
Sent = dict[tuple[str, str, str], Shipped]


def came_back(book: Book, fact: ReturnReceived, sent: Sent) -> None:
    """A client has sent goods back: they are to be looked at. Raises `NotYet` while they are not known to have left."""
    for part in fact.lots:
        key = (fact.order_id, fact.line_id, part.lot_id)
        there, lot = sent.get(key, Shipped()), book.lots.get(part.lot_id)
        if lot is None or there.micro < part.quantity.micro:
            raise NotYet(part.lot_id)
        gone = there.share(part.quantity.micro)
        sent[key] = there.less(gone)
        _take_in(book, fact, replace(part, cost=CostVector(*gone[1:], lot.currency)))


def _take_in(book: Book, fact: ReturnReceived, part: LotPart) -> None:
    purpose = Purpose(fact.order_id, fact.line_id, return_id=fact.return_id)
    arrival = Arrival(fact.site_id, None, "returned", "in-quality-check", purpose=purpose)
    take_in(book, part, arrival)
