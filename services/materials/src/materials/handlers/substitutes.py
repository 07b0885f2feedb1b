"""Substitutes are defined, proposed where a supply is late, and taken when a planner says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from contracts.shapes import DemandLine
from materials import store
from materials.commands import AnswerPromise, FollowChange, PlanOrder, SetSubstitute, SubstituteSupply
from materials.domain.book import Book
from materials.domain.holding import may_be_sooner, offer_sooner
from materials.domain.network import Place
from materials.domain.substitute import Substitute, Substitution
from materials.domain.substitution import propose, substitute
from materials.handlers.deciding import decide_each
from materials.handlers.promises import wanted


async def set_substitute(commands: Batch[SetSubstitute], tx: Tx) -> list[Substitute]:
    """Say what may stand in for an item; raises `NotFound` for an item or a site that is not defined."""
    wanted = [command.substitute for command in commands]
    items = await store.load_items(tx, (sku for each in wanted for sku in (each.sku, each.substitute_sku)))
    sites = await store.load_sites(tx, (each.site_id for each in wanted))
    for each in wanted:
        for sku in (each.sku, each.substitute_sku):
            if sku not in items:
                raise NotFound(f"no item {sku}")
        if each.site_id not in sites:
            raise NotFound(f"no site {each.site_id}")
    await store.save_substitutes(tx, wanted)
    return wanted


async def substitute_supply(commands: Batch[SubstituteSupply], tx: Tx) -> list[list[Substitution]]:
    """Take substitutes instead of late supplies; raises `NotFound`, `NothingWaits`, `NoSubstituteHelps`."""
    known = await store.load_substitutes(tx, (command.planned_order_id for command in commands))
    seeds = [seeds_of([command.planned_order_id], known) for command in commands]
    taken: list[list[Substitution]] = []

    def take(book: Book, command: SubstituteSupply) -> set[Place]:
        if command.planned_order_id not in book.orders:
            raise NotFound(f"no planned order {command.planned_order_id}")
        done, freed = substitute(book, command.planned_order_id, known, command.decided_by)
        taken.append(done)
        return freed

    await decide_each(commands, tx, seeds, take)
    await store.add_substitutions(tx, (each for done in taken for each in done))
    return taken


async def propose_substitutes(commands: Batch[object], books: Sequence[Book], tx: Tx) -> None:
    """Ask planners about substitutes for supplies that have just turned late; where none did, nothing is read."""
    late = [
        message.planned_order_id
        for message in books[0].messages.changed()
        if message.kind == "expedite" and message.state == "open"
    ]
    known = await store.load_substitutes(tx, late)
    if known:
        await decide_each(
            commands[:1], tx, [seeds_of(late, known)], lambda book, _: propose(book, late, known)
        )


async def load_let(commands: Iterable[object], tx: Tx) -> list[Substitute]:
    """What stands in for what in the promises, orders and changes that customers let it."""
    lines: list[DemandLine] = []
    for command in commands:
        if isinstance(command, AnswerPromise):
            lines += command.fact.lines
        elif isinstance(command, PlanOrder):
            lines += [line.demand for line in command.fact.lines]
        elif isinstance(command, FollowChange):
            lines += getattr(command.fact, "wanted", ())
    return await store.load_substitutes_let(tx, (each for line in lines for each in line.instead))


async def offer_substitutes(commands: Batch[object], books: Sequence[Book], tx: Tx) -> None:
    """Say what could let promises be kept sooner that were just held later than wanted, or not at all.

    Else nothing is read.
    """
    book = books[0]
    late = [each for each in commands if isinstance(each, AnswerPromise) and may_be_sooner(book, each.fact)]
    if not late:
        return
    sites = {site_id for site_id, _ in book.network.recipes}
    sites |= {line.site_id for each in late for line in each.fact.lines}
    known = await store.load_substitutes_of(tx, sites, book.network.items)
    if not known:
        return
    places = {(each.site_id, each.substitute_sku) for each in known}
    seeds = [
        wanted(each.fact.lines, store.Seeds(promises={each.fact.promise_id}, places=set(places)))
        for each in late
    ]
    await decide_each(late, tx, seeds, lambda book, each: offer_sooner(book, each.fact, known))


def seeds_of(planned_order_ids: Iterable[str], known: Iterable[Substitute]) -> store.Seeds:
    """What a decision about substitutes for planned orders reaches: the substitutes' own places, too."""
    return store.Seeds(
        planned_orders=set(planned_order_ids),
        places={(each.site_id, each.substitute_sku) for each in known},
    )
