"""How every decision of materials runs: lock what it can reach, decide command by command, tell, save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from backbone.errors import Refusal, Refused
from backbone.service import Tx
from contracts.topics import topic_of
from materials import store
from materials.domain.book import Book
from materials.domain.conclusion import conclude
from materials.domain.consumption import renew
from materials.domain.hastening import hasten, places_freed
from materials.domain.network import Place
from materials.domain.roots import root_of

C = TypeVar("C")

Decide = Callable[[Book, C], Iterable[Place] | None]


async def decide_each(
    commands: Sequence[C], tx: Tx, seeds: Iterable[store.Seeds], decide: Decide[C]
) -> Sequence[Book]:
    """Decide on each command in turn, on one book; the places that a decision frees are offered when it concludes.

    Where stock has become free that nobody has taken then, lines that are late do: who they are is asked for then only.
    """
    book = await _decide(commands, tx, seeds, decide)
    places = places_freed(book)
    late = await store.load_late_lines(tx, places)
    if late:
        await _decide(
            commands[:1], tx, [store.Seeds(demands=late, places=places)], lambda book, _: hasten(book, places)
        )
    return [book] * len(commands)


async def _decide(commands: Sequence[C], tx: Tx, seeds: Iterable[store.Seeds], decide: Decide[C]) -> Book:
    book = await store.lock_book(tx, store.Seeds.union(seeds))
    decided: list[tuple[C, list[object]]] = []
    for command in commands:
        book.anew()
        freed = decide(book, command) or ()
        renew(book)
        conclude(book, freed)
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
    return book


async def decide_apart(
    commands: Sequence[C], tx: Tx, seeds: Iterable[store.Seeds], decide: Decide[C]
) -> list[Book | Refused]:
    """As `decide_each`, for callers: each hears their own refusal. A decision refuses before it changes anything."""
    refused: dict[int, Refused] = {}

    def attempt(book: Book, command: C) -> Iterable[Place] | None:
        try:
            return decide(book, command)
        except Refusal as refusal:
            refused[id(command)] = Refused(refusal)
            return None

    books = await decide_each(commands, tx, seeds, attempt)
    return [refused.get(id(command), book) for command, book in zip(commands, books, strict=True)]
