"""Changes are tried: decided on like any other, under the locks of their sites, and written nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backbone.service import Batch, Tx
from materials import store
from materials.commands import InquirePromise, TryChanges
from materials.domain.askable import in_own_units
from materials.domain.asking import Asker
from materials.domain.book import Book
from materials.domain.conclusion import conclude
from materials.domain.difference import Difference, difference
from materials.domain.hastening import hasten, places_freed
from materials.domain.header import Answer
from materials.domain.instead import letting, sooner
from materials.domain.promise import answered
from materials.domain.substitute import Substitute
from materials.domain.what_if import SUPPOSED, Supposition, suppose
from materials.handlers.promises import wanted

# To so many lines that are late what would become free is offered, those who are served first in front.
LATE_COUNT_MAX: Final = 100


async def try_changes(commands: Batch[TryChanges], tx: Tx) -> list[Difference]:
    """What each supposition would change; each is tried on the plan as it is."""
    tried = []
    for command in commands:
        seeds = _seeds(command.supposition)
        book = await store.lock_book(tx, seeds)
        suppose(book, command.supposition)
        places = places_freed(book)
        late = await store.load_late_lines(tx, places, LATE_COUNT_MAX)
        if late:
            seeds.demands.update(each.demand_id for each in late)
            seeds.places.update(places)
            book = await store.lock_book(tx, seeds)
            suppose(book, command.supposition)
            conclude(book, hasten(book, places_freed(book)))
        tried.append(difference(book))
    return tried


async def inquire_promise(commands: Batch[InquirePromise], tx: Tx) -> list[Answer]:
    """What each could be promised now, found as for a promise that is held; raises what `in_own_units` does."""
    found = []
    for command in commands:
        book = await store.lock_book(tx, wanted(command.lines, store.Seeds()))
        mark = book.mark()
        answer = _answer(book, command)
        if answer.reasons or answer.refused is not None:
            book.back(mark)
            answer = replace(
                answer, reasons=answer.reasons + await _with_substitutes(tx, command, book, answer)
            )
        found.append(answer)
    return found


def _answer(book: Book, command: InquirePromise) -> Answer:
    asker = Asker(SUPPOSED, SUPPOSED, command.priority, held=True)
    lines = in_own_units(book, command.lines)
    return answered(book, asker, lines, command.delivery_policy, command.hold_until or book.now)


async def _with_substitutes(tx: Tx, command: InquirePromise, book: Book, was: Answer) -> tuple[str, ...]:
    """What substitutes could do for an inquiry that is not served in time; where there are none, no more is read."""
    sites = {site_id for site_id, _ in book.network.recipes}
    known = await store.load_substitutes_of(tx, sites, book.network.items)
    if not known:
        return ()
    places = {(each.site_id, each.substitute_sku) for each in known}
    wider = await store.lock_book(tx, wanted(command.lines, store.Seeds(places=places)))
    at = max(tx.now, min(line.wanted_at for line in command.lines))

    def with_them(ones: Sequence[Substitute]) -> Answer:
        return _answer(wider, replace(command, lines=letting(command.lines, ones, SUPPOSED)))

    return tuple(each.said for each in sooner(wider, with_them, was, known, at))


def _seeds(asked: Supposition) -> store.Seeds:
    seeds = store.Seeds(
        sites={each.site_id for each in asked.closed},
        recipes={each.recipe_id for each in asked.recipes},
        lots=set(asked.lots),
        planned_orders={each.planned_order_id for each in asked.supplies},
        demands={each.demand_id for each in asked.demands},
        orders=set(asked.anew),
    )
    return wanted(asked.more, seeds)
