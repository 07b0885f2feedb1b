"""Planners answer action messages: they accept them, reject them, or let them sleep."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, together
from materials import store
from materials.commands import AnswerMessage, AnswerMessages, ReopenMessage
from materials.domain.acting import act_on
from materials.domain.book import Book
from materials.domain.message import named, opened, reject, reopen, snooze
from materials.domain.network import Place
from materials.domain.substitute import Substitution
from materials.domain.substitution import substitute
from materials.domain.supply import Message
from materials.handlers.deciding import decide_apart, decide_each
from materials.handlers.substitutes import seeds_of


@together
async def answer_message(commands: Batch[AnswerMessage], tx: Tx) -> Sequence[Message | Refused]:
    """Answer messages; raises `NotFound` and what `act_on`, `substitute`, `reject` and `snooze` do."""
    orders = [command.message_id.rpartition("@")[0] for command in commands]
    known = await store.load_substitutes(
        tx, (order for order, command in zip(orders, commands, strict=True) if _substitutes(command))
    )
    taken: list[Substitution] = []

    def answer(book: Book, command: AnswerMessage) -> set[Place]:
        key = named(command.message_id)
        if not _substitutes(command) or opened(book, *key) is None:
            return _answer(book, command)
        done, freed = substitute(book, key[0], known, command.by)
        taken.extend(done)
        return freed | _answer(book, command)

    books = await decide_apart(commands, tx, [seeds_of([order], known) for order in orders], answer)
    await store.add_substitutions(tx, taken)
    return [
        book if isinstance(book, Refused) else book.messages[named(command.message_id)]
        for book, command in zip(books, commands, strict=True)
    ]


async def answer_messages(commands: Batch[AnswerMessages], tx: Tx) -> list[Sequence[Message | Refused]]:
    """Answer messages in bulk, under one lock; what is refused changes nothing."""
    acts = [
        (act, cause) for command, cause in zip(commands, commands.causes, strict=True) for act in command.acts
    ]
    each = Batch([act for act, _ in acts], [cause for _, cause in acts])
    answers = iter(await answer_message.serve(tx.serve(each), tx))
    return [[next(answers) for _ in command.acts] for command in commands]


async def reopen_message(commands: Batch[ReopenMessage], tx: Tx) -> Sequence[Book]:
    """Owners cannot do what planners accepted: the messages are open again and say why."""
    seeds = [store.Seeds(planned_orders={command.fact.planned_order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, _reopen)


def _reopen(book: Book, command: ReopenMessage) -> None:
    fact = command.fact
    reopen(book, fact.planned_order_id, fact.kind, fact.reason)


def _substitutes(command: AnswerMessage) -> bool:
    accepts = command.until_at is None and command.rejected_because is None
    return accepts and command.message_id.endswith("@substitute")


def _answer(book: Book, command: AnswerMessage) -> set[Place]:
    key = named(command.message_id)
    if key not in book.messages or key[0] not in book.orders:
        raise NotFound(f"no action message {command.message_id}")
    if command.rejected_because is not None:
        reject(book, *key, command.rejected_because)
    elif command.until_at is not None:
        snooze(book, *key, command.until_at)
    else:
        return act_on(book, *key, command.by)
    return set()
