"""Changes of customers' orders: asked, answered by the owners of supplies, carried out or let go."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.service import Batch, Tx
from contracts import orders
from materials import store
from materials.commands import FollowChange, MissOwnerAnswers, TakeOwnerAnswer
from materials.domain import changing
from materials.domain.book import Book
from materials.domain.network import Place
from materials.handlers.deciding import decide_each
from materials.handlers.promises import wanted


def change_seeds(command: FollowChange) -> store.Seeds:
    """An order, with what a change of it wants; what is held for a change hangs on it as on a promise."""
    fact = command.fact
    seeds = store.Seeds(orders={fact.order_id}, changes={fact.change_id}, promises={fact.change_id})
    return wanted(getattr(fact, "wanted", ()), seeds)


def follow_change(book: Book, command: FollowChange) -> set[Place] | None:
    """Keep a change of an order possible, carry it out, or let it go."""
    fact = command.fact
    if isinstance(fact, orders.ChangeCommitted):
        return changing.committed(book, fact)
    if isinstance(fact, orders.ChangeWithdrawn):
        return changing.withdrawn(book, fact)
    changing.asked(book, fact)
    return None


async def take_owner_answer(commands: Batch[TakeOwnerAnswer], tx: Tx) -> Sequence[Book]:
    """Owners say whether supplies can be less; the last answer, or the first no, answers the customer."""
    order_of = await store.load_orders_of_changes(tx, (command.fact.change_id for command in commands))
    seeds = [
        store.Seeds(
            planned_orders={command.fact.planned_order_id},
            changes={command.fact.change_id},
            orders=order_of.get(command.fact.change_id, set()),
        )
        for command in commands
    ]
    return await decide_each(
        commands, tx, seeds, lambda book, command: changing.owner_answered(book, command.fact)
    )


async def miss_owner_answers(commands: Batch[MissOwnerAnswers], tx: Tx) -> Sequence[Book]:
    """Who has not answered by now refuses."""
    order_of = await store.load_orders_of_changes(tx, (command.change_id for command in commands))
    seeds = [
        store.Seeds(changes={command.change_id}, orders=order_of.get(command.change_id, set()))
        for command in commands
    ]
    return await decide_each(
        commands, tx, seeds, lambda book, command: changing.unanswered(book, command.change_id)
    )
