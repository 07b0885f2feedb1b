"""Planners answer action messages: they accept them, reject them, or let them sleep."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, together
from materials import store
from materials.commands import AnswerMessage, AnswerMessages, ReopenMessage
from materials.domain.advice import act_on
from materials.domain.book import Book
from materials.domain.message import named, reject, reopen, snooze
from materials.domain.network import Place
from materials.domain.supply import Message
from materials.handlers.deciding import decide_apart, decide_each


@together
async def answer_message(commands: Batch[AnswerMessage], tx: Tx) -> Sequence[Message | Refused]:
    """Accept, reject or put off messages; raises `NotFound` and what `act_on`, `reject` and `snooze` do."""
    seeds = [store.Seeds(planned_orders={command.message_id.rpartition("@")[0]}) for command in commands]
    books = await decide_apart(commands, tx, seeds, _answer)
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


def _answer(book: Book, command: AnswerMessage) -> set[Place]:
    key = named(command.message_id)
    if key not in book.messages or key[0] not in book.orders:
        raise NotFound(f"no action message {command.message_id}")
    if command.rejected_because is not None:
        reject(book, *key, command.rejected_because)
    elif command.until_at is not None:
        snooze(book, *key, command.until_at)
    else:
        return act_on(book, *key)
    return set()
