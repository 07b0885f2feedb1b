"""The books are kept: opening stock, counts and who approves them, reversals, serial numbers, shelf lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, together
from contracts.values import Quantity
from materials import store
from materials.commands import BookLot, CountLot, DecideCount, ExpireLot, NameSerials, ReverseMove
from materials.domain import correcting, serials
from materials.domain.book import Book
from materials.domain.conclusion import offer
from materials.domain.cycle_count import CycleCount
from materials.domain.item import QuantityIsNotWhole
from materials.domain.lot import Lot, costed, same_lot
from materials.domain.receiving import Arrival, take_in
from materials.domain.units import to_base
from materials.handlers.deciding import decide_apart, decide_each

Known = dict[tuple[str, str], str]


@together
async def book_lot(commands: Batch[BookLot], tx: Tx) -> list[Lot | Refused]:
    """Book lots in that no purchase and no run has brought; open demands are served first."""
    places = {(each.site_id, each.part.sku) for each in commands}
    await store.lock_sites(tx, (each.site_id for each in commands))
    numbers = [(each.part.sku, serial) for each in commands for serial in each.part.serials]
    known = await store.load_serials(tx, numbers)
    seeds = store.Seeds(places=places, lots={each.part.lot_id for each in commands})
    books = await decide_apart(commands, tx, [seeds], partial(_book_in, known))
    return [
        book if isinstance(book, Refused) else book.lots[command.part.lot_id]
        for book, command in zip(books, commands, strict=True)
    ]


def _book_in(known: Known, book: Book, command: BookLot) -> None:
    part = costed(command.part)
    item = book.network.items.get(part.sku)
    if item is None or command.site_id not in book.network.sites:
        raise NotFound(f"no item {part.sku} or no site {command.site_id}")
    micro = to_base(item, part.quantity, command.unit)
    if micro <= 0:
        raise QuantityIsNotWhole("a lot is some of an item", [("/quantity", "not above 0")])
    part = replace(part, quantity=Quantity.of_micro(micro))
    same_lot(book.lots.get(part.lot_id), part)
    serials.check(item, part, known)
    serials.demand_not_there(book, item, part)
    known.update({(part.sku, serial): part.lot_id for serial in part.serials})
    take_in(book, part, Arrival(command.site_id, None, "adjusted", expires_at=command.expires_at))
    offer(book, (command.site_id, part.sku))


async def count_lot(commands: Batch[CountLot], tx: Tx) -> list[CycleCount]:
    """Write counts down; what differs from the books waits for a second person."""
    seeds = [
        store.Seeds(lots={command.counted.lot_id}, counts={command.counted.count_id}) for command in commands
    ]
    books = await decide_each(commands, tx, seeds, _count)
    return [book.counts[command.counted.count_id] for book, command in zip(books, commands, strict=True)]


def _count(book: Book, command: CountLot) -> None:
    correcting.count(book, command.counted)


async def decide_count(commands: Batch[DecideCount], tx: Tx) -> list[CycleCount]:
    """Second persons decide about counts; what they approve puts the books right."""
    known = await store.load_counts(tx, (command.count_id for command in commands))
    seeds = [store.Seeds(lots={each.lot_id for each in known}, counts={each.count_id for each in known})]
    reworked = await store.load_reworked(tx, (each.lot_id for each in known))

    def decide(book: Book, command: DecideCount) -> None:
        correcting.decide(book, command.count_id, command.by, approved=command.approved, reworked=reworked)

    books = await decide_each(commands, tx, seeds, decide)
    return [book.counts[command.count_id] for book, command in zip(books, commands, strict=True)]


async def reverse_move(commands: Batch[ReverseMove], tx: Tx) -> Sequence[Book]:
    """Undo moves that people booked; raises `NotFound` and what `reverse` does."""
    moves = await store.load_moves(tx, (command.move_id for command in commands))
    await store.lock_sites(tx, (each.site_id for each in moves.values()))
    done = await store.load_reversed(tx, moves)
    reworked = await store.load_reworked(tx, (each.lot_id for each in moves.values()))

    def undo(book: Book, command: ReverseMove) -> None:
        move = moves.get(command.move_id)
        if move is None:
            raise NotFound(f"no move {command.move_id}")
        correcting.reverse(book, move, reversed_already=command.move_id in done, reworked=reworked)
        done.add(command.move_id)

    seeds = [store.Seeds(lots={each.lot_id for each in moves.values()})]
    return await decide_each(commands, tx, seeds, undo)


async def name_serials(commands: Batch[NameSerials], tx: Tx) -> list[Lot]:
    """Tell the serial numbers of lots that came without them."""
    lots = {command.lot_id for command in commands}
    await store.lock_sites(tx, await store.load_sites_of_lots(tx, lots))
    known = await store.load_serials_beside(
        tx, lots, [each for command in commands for each in command.serials]
    )
    books = await decide_each(
        commands,
        tx,
        [store.Seeds(lots=lots)],
        lambda book, command: serials.name_pieces(book, command.lot_id, command.serials, known),
    )
    return [book.lots[command.lot_id] for book, command in zip(books, commands, strict=True)]


async def expire_lot(commands: Batch[ExpireLot], tx: Tx) -> Sequence[Book]:
    """Nobody may use these lots any more."""
    seeds = [store.Seeds(lots={command.lot_id}) for command in commands]
    return await decide_each(
        commands, tx, seeds, lambda book, command: correcting.expire(book, command.lot_id)
    )
