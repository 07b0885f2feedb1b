"""Serial numbers: each piece of an item that asks for them has one, and no two pieces have the same."""

from __future__ import annotations

from collections.abc import Mapping

from backbone.errors import Invalid, NotFound, Refusal
from contracts.shapes import LotPart
from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.item import Item
from materials.domain.lot import MAIN, Serial
from materials.domain.quality import release_lot

Known = Mapping[tuple[str, str], str]


class SerialsDoNotMatch(Invalid):
    """A lot has not one serial number of its own for each piece."""


class SerialIsKnown(Refusal):
    """A serial number belongs to a piece of another lot."""


class LotHasItsSerials(Refusal):
    """The serial numbers of a lot are known, or its item asks for none."""


def numbered(part: LotPart) -> bool:
    """Whether each piece of a lot has a serial number."""
    return len(set(part.serials)) == len(part.serials) and len(part.serials) * MICRO == part.quantity.micro


def check(item: Item, part: LotPart, known: Known) -> None:
    """Whether a lot has the numbers that its item asks for; raises `SerialsDoNotMatch`, `SerialIsKnown`.

    `known` names the lot of each number of an item.
    """
    if item.serialised and not numbered(part):
        raise SerialsDoNotMatch(
            f"{part.sku} has a number for each piece", [("/serials", f"{part.quantity} different ones")]
        )
    taken = [each for each in part.serials if known.get((part.sku, each), part.lot_id) != part.lot_id]
    if taken:
        raise SerialIsKnown(f"{taken[0]} belongs to lot {known[part.sku, taken[0]]}")


def demand_not_there(book: Book, item: Item, part: LotPart) -> None:
    """Raise `SerialIsKnown` where a piece would be there twice: more numbers that its lot has than pieces that left."""
    lot = book.lots.get(part.lot_id)
    if not item.serialised or lot is None:
        return
    again = [each for each in part.serials if each in lot.serials]
    there = sum(stock.on_hand_micro for stock in book.stocks.by("lot", lot.lot_id))
    if len(again) * MICRO > max(0, len(lot.serials) * MICRO - there):
        raise SerialIsKnown(f"{again[0]} is in lot {lot.lot_id} already")


def name_pieces(book: Book, lot_id: str, serials: tuple[str, ...], known: Known) -> None:
    """Tell the numbers of a lot that came without them; it may be used now, unless somebody has to look at it first.

    Raises `NotFound`, `LotHasItsSerials` and what `check` does.
    """
    lot = book.lots.get(lot_id)
    if lot is None:
        raise NotFound(f"no lot {lot_id}")
    item = book.network.items.get(lot.sku)
    if item is None or not lot.awaits_serials:
        raise LotHasItsSerials(f"lot {lot_id} waits for no serial numbers")
    micro = sum(stock.on_hand_micro for stock in book.stocks.by("lot", lot_id))
    if len(serials) * MICRO != micro or len(set(serials)) != len(serials):
        raise SerialsDoNotMatch(
            f"{lot.sku} has a number for each piece", [("/serials", f"{micro // MICRO} different ones")]
        )
    taken = [each for each in serials if known.get((lot.sku, each), lot_id) != lot_id]
    if taken:
        raise SerialIsKnown(f"{taken[0]} belongs to lot {known[lot.sku, taken[0]]}")
    book.lots.put(lot._replace(serials=serials, awaits_serials=False))
    book.serials += [Serial(lot.sku, each, lot_id) for each in serials]
    looked_at = lot.status == "in-quality-check" and not lot.awaits_inspection
    if looked_at and any(s.store == MAIN for s in book.stocks.by("lot", lot_id)):
        release_lot(book, book.lots[lot_id], "its serial numbers are known")
