"""How every decision of materials runs: lock what it can reach, decide command by command, tell, save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Final, TypeVar

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

# To so many what is free is offered in one transaction; the rest follows in the next.
LATE_COUNT_MAX: Final = 20

Decide = Callable[[Book, C], Iterable[Place] | None]


async def decide_each(
    commands: Sequence[C], tx: Tx, seeds: Iterable[store.Seeds], decide: Decide[C]
) -> Sequence[Book]:
    """Decide on each command in turn, on one book; the places that a decision frees are offered when it concludes.

    Where stock has become free that nobody has taken then, lines that are late do: who they are is asked for then only.
    """
    book = await _decide(commands, tx, seeds, decide)
    await offer_late(commands, tx, places_freed(book))
    return [book] * len(commands)


async def offer_late(
    commands: Sequence[C], tx: Tx, places: Set[Place], after: store.LateLine | None = None
) -> Sequence[Book]:
    """What is free at places goes to the lines that are late there, from one on, so many at a time."""
    late = await store.load_late_lines(tx, places, LATE_COUNT_MAX, after)
    if not late:
        return []
    seeds = store.Seeds(demands={each.demand_id for each in late}, places=set(places))
    book = await _decide(commands[:1], tx, [seeds], lambda book, _: hasten(book, places))
    if len(late) == LATE_COUNT_MAX:
        for place in sorted(places):
            if any(book.usable(stock.lot_id, stock.site_id) for stock in book.stocks.by("free", place)):
                _go_on(tx, place, late[-1])
    return [book]


def _go_on(tx: Tx, place: Place, last: store.LateLine) -> None:
    site_id, sku = place
    tx.due(
        "late-step", f"{site_id}/{sku}", tx.now, site_id=site_id, sku=sku, after=last.demand_id,
        priority=last.priority, promised_at=last.promised_at.isoformat(), placed_at=last.placed_at.isoformat(),
    )  # fmt: skip


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
