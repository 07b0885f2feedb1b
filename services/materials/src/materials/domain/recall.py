"""A recall reaches lots: each is blocked wherever it lies, and told with where it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from contracts.recalls import RecalledLot, SentPart
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.lot import MAIN
from materials.domain.quality import GONE, block

# So many lots are blocked in one transaction; the rest follows in the next.
STEP_LOTS_COUNT: Final = 100


class Recall(NamedTuple):
    """A recall; `unknown` are ids that were named and are of no lot."""

    recall_id: str
    reason: str
    vendor_lot: str | None
    sku: str | None
    unknown: tuple[str, ...]
    closed: bool


def reached(book: Book, recall: Recall, lot_id: str, sent: Sequence[SentPart]) -> RecalledLot:
    """The lot, blocked if there can be any of it; what is blocked already waits for a decision as it did."""
    lot = book.lots[lot_id]
    stocks = book.stocks.by("lot", lot_id)
    orders = [book.demands[peg.demand_id].order_id for peg in book.pegs_on(lot_id)]
    if lot.status not in GONE and lot.status != "blocked":
        block(book, lot, f"recall {recall.recall_id}: {recall.reason}")
    here = sum(stock.on_hand_micro for stock in stocks if stock.store == MAIN)
    away = sum(stock.on_hand_micro for stock in stocks if stock.store != MAIN)
    return RecalledLot(
        lot_id, lot.sku, lot.site_id, lot.vendor_lot, book.lots[lot_id].status, Quantity.of_micro(here),
        Quantity.of_micro(away), tuple(sent), tuple(sorted({each for each in orders if each is not None})),
    )  # fmt: skip
