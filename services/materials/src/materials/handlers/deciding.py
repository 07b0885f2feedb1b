"""How every decision of materials runs: lock what it can reach, decide command by command, tell, save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from backbone.service import Batch, Tx
from contracts.topics import topic_of
from materials import store
from materials.domain.book import Book
from materials.domain.conclusion import conclude
from materials.domain.network import Place
from materials.domain.roots import root_of

C = TypeVar("C")

Decide = Callable[[Book, C], Iterable[Place] | None]


async def decide_each(
    commands: Batch[C], tx: Tx, seeds: Iterable[store.Seeds], decide: Decide[C]
) -> Sequence[Book]:
    """Decide on each command in turn, on one book; the places that a decision frees are offered when it concludes."""
    book = await store.lock_book(tx, store.Seeds.union(seeds))
    decided: list[tuple[C, list[object]]] = []
    for command in commands:
        conclude(book, decide(book, command) or ())
        decided.append((command, book.drain()))
    store.add_keys(tx, book)
    told: list[tuple[str, str]] = []
    for command, facts in decided:
        for fact in facts:
            tx.emit(fact, because=command, correlation=root_of(book, fact))
            topic = topic_of(type(fact))
            told.append((topic.name, getattr(fact, topic.key)))
    for (kind, key), at in book.dues.items():
        if at is None:
            tx.not_due(kind, key)
        else:
            tx.due(kind, key, at)
    await store.save_book(tx, book, told)
    return [book] * len(commands)
