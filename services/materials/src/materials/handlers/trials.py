"""Changes are tried: decided on like any other, under the locks of their sites, and written nowhere."""

from __future__ import annotations

from backbone.service import Batch, Tx
from materials import store
from materials.commands import InquirePromise, TryChanges
from materials.domain.askable import in_own_units
from materials.domain.difference import Difference, difference
from materials.domain.header import Answer
from materials.domain.promise import Asker, answered
from materials.domain.what_if import SUPPOSED, Supposition, suppose
from materials.handlers.promises import wanted


async def try_changes(commands: Batch[TryChanges], tx: Tx) -> list[Difference]:
    """What each supposition would change; each is tried on the plan as it is."""
    tried = []
    for command in commands:
        book = await store.lock_book(tx, _seeds(command.supposition))
        suppose(book, command.supposition)
        tried.append(difference(book))
    return tried


async def inquire_promise(commands: Batch[InquirePromise], tx: Tx) -> list[Answer]:
    """What each could be promised now, found as for a promise that is held; raises what `in_own_units` does."""
    found = []
    for command in commands:
        book = await store.lock_book(tx, wanted(command.lines, store.Seeds()))
        asker = Asker(SUPPOSED, SUPPOSED, command.priority, held=True)
        start = command.hold_until or tx.now
        lines = in_own_units(book, command.lines)
        found.append(answered(book, asker, lines, command.delivery_policy, start))
    return found


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
