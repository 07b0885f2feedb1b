"""What others tell, whatever it is, is decided on one book: loaded once for a batch, written back once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backbone.service import Batch, Tx
from contracts.vendors import PurchaseOrderIssued
from materials import commands as told
from materials import store
from materials.domain import ordering
from materials.domain.book import Book
from materials.domain.holding import request
from materials.handlers import changes, promises, stock, supplies
from materials.handlers.deciding import Decide, decide_each
from materials.handlers.recalls import reach_arrived
from materials.handlers.substitutes import load_let, offer_substitutes, propose_substitutes


@dataclass(frozen=True, slots=True)
class Reaction:
    """The rows that a command names, and what it changes; everything that this needs of the database is in the book."""

    seeds: Callable[[Any], store.Seeds]
    decide: Decide[Any]


def _of_order(command: told.CloseLine | told.AcceptDates) -> store.Seeds:
    return store.Seeds(orders={command.fact.order_id})


def _of_promise(command: told.WithdrawPromise) -> store.Seeds:
    return store.Seeds(promises={command.fact.promise_id})


_REACTIONS: Final[Mapping[type, Reaction]] = {
    told.AnswerPromise: Reaction(promises.asked_seeds, lambda book, each: request(book, each.fact)),
    told.WithdrawPromise: Reaction(_of_promise, lambda book, each: ordering.withdraw(book, each.fact)),
    told.PlanOrder: Reaction(promises.placed_seeds, lambda book, each: ordering.place(book, each.fact)),
    told.CancelOrder: Reaction(promises.left_seeds, lambda book, each: ordering.cancel(book, each.fact)),
    told.CloseLine: Reaction(_of_order, lambda book, each: ordering.close_short(book, each.fact)),
    told.AcceptDates: Reaction(_of_order, lambda book, each: ordering.accept_dates(book, each.fact)),
    told.FollowChange: Reaction(changes.change_seeds, changes.follow_change),
    told.TakeAnswer: Reaction(supplies.answer_seeds, supplies.take_answer),
    told.TakePurchase: Reaction(supplies.purchase_seeds, supplies.take_purchase),
    told.TakeGoods: Reaction(supplies.goods_seeds, supplies.take_goods),
    told.TakeRun: Reaction(supplies.run_seeds, supplies.take_run),
    told.TakeQuality: Reaction(stock.quality_seeds, stock.take_quality),
    told.TakeDelivery: Reaction(stock.delivery_seeds, stock.take_delivery),
}


async def follow_facts(commands: Batch[Any], tx: Tx) -> Sequence[Book]:
    """Decide on what others told, one after another; people are asked about substitutes for what is or turned late.

    What arrives of a lot that is called back is blocked as soon as it is here.
    """
    known = await load_let(commands, tx)

    issued = [each.fact for each in commands if isinstance(each, told.TakePurchase)]
    rings = await store.load_rings(tx, [fact for fact in issued if isinstance(fact, PurchaseOrderIssued)])

    def decide(book: Book, command: object) -> Any:
        book.substitutes = known
        if isinstance(command, told.TakePurchase):
            return supplies.take_purchase(book, command, rings)
        return _REACTIONS[type(command)].decide(book, command)

    placed = [command.fact for command in commands if isinstance(command, told.PlanOrder)]
    if placed:
        await store.add_order_values(tx, placed)
    seeds = [_REACTIONS[type(command)].seeds(command) for command in commands]
    books = await decide_each(commands, tx, seeds, decide)
    await store.add_substitutions(tx, books[0].substituted)
    if any(isinstance(command, told.AnswerPromise) for command in commands):
        await offer_substitutes(commands, books, tx)
    if any(isinstance(command, told.TakeAnswer) for command in commands):
        await propose_substitutes(commands, books, tx)
    lots = [lot for each in commands if isinstance(each, told.TakeGoods) for lot in supplies.arrived(each)]
    arrived = {lot.lot_id for lot in lots if lot.vendor_lot is not None}
    if arrived:
        await reach_arrived(tx, arrived)
    return books
