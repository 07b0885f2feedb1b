"""Masters are defined or copied; what was waiting for them is planned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from backbone.errors import Refused
from backbone.service import Batch, Tx, answered, changed, together
from materials import store
from materials.commands import (
    CopyCalendar,
    CopyCrew,
    CopyRecipe,
    CopyService,
    CopyTerms,
    CopyWorkCentre,
    DefineItem,
    DefineSite,
    ExpireTerms,
    ReplanRetired,
    RetireRecipe,
)
from materials.domain.book import Book
from materials.domain.conclusion import plan_open
from materials.domain.item import Item, Site
from materials.domain.network import Place
from materials.domain.replanning import plan_otherwise
from materials.handlers.deciding import decide_each
from materials.handlers.leads import look_at_calendars, look_at_places, look_at_sites

# So many orders are planned anew in one transaction; the rest follows in the next.
STEP_ORDERS_COUNT: Final = 100


@together
async def define_item(commands: Batch[DefineItem], tx: Tx) -> Sequence[Item | Refused]:
    """Define items and tell of them."""
    known = await store.load_items(tx, (command.item.sku for command in commands))
    now = dict(known)
    answers = [answered(partial(_define, now, command.item)) for command in commands]
    store.add_item_keys(tx, (item for sku, item in now.items() if sku not in known))
    for command, answer in zip(commands, answers, strict=True):
        if not isinstance(answer, Refused):
            tx.emit(answer.told(), because=command)
    await store.save_items(tx, changed(known, now))
    return answers


def _define(now: dict[str, Item], item: Item) -> Item:
    item.redefines(now.get(item.sku))
    now[item.sku] = item
    return item


async def define_site(commands: Batch[DefineSite], tx: Tx) -> list[Site]:
    """Define sites and tell of them."""
    known = await store.load_sites(tx, (command.site.site_id for command in commands))
    for command in commands:
        if command.site.site_id not in known:
            store.add_site_key(tx, command.site)
        tx.emit(command.site.told(), because=command)
        await store.add_site(tx, command.site)
    await look_at_sites(tx, {site_id for site_id, was in known.items() if _takes_otherwise(was, commands)})
    return [command.site for command in commands]


def _takes_otherwise(was: Site, commands: Batch[DefineSite]) -> bool:
    """Whether goods are on their way for another time, or other days are working days, than before."""
    told = [command.site for command in commands if command.site.site_id == was.site_id]
    return any((each.transit_days, each.calendar_id) != (was.transit_days, was.calendar_id) for each in told)


async def copy_recipe(commands: Batch[CopyRecipe], tx: Tx) -> Sequence[Book]:
    """Plan by approved recipes; demands that nothing could supply are planned now, and what is to be made is made."""
    await store.add_recipes(tx, (command.fact for command in commands))
    seeds = [
        store.Seeds(places={(command.fact.site_id, each.sku) for each in command.fact.outputs})
        for command in commands
    ]
    await look_at_places(tx, {place for each in seeds for place in each.places})
    return await decide_each(commands, tx, seeds, _plan_given)


def _plan_given(book: Book, command: CopyRecipe) -> None:
    for output in command.fact.outputs:
        plan_open(book, (command.fact.site_id, output.sku))


async def retire_recipe(commands: Batch[RetireRecipe], tx: Tx) -> list[None]:
    """Plan by these versions no more; runs that were asked for keep theirs, what is planned by them is planned anew."""
    await store.save_retired_recipes(tx, ((command.recipe_id, command.version) for command in commands))
    for command in commands:
        _go_on(tx, command.recipe_id, command.version)
    return [None] * len(commands)


def _go_on(tx: Tx, recipe_id: str, version: int) -> None:
    tx.due("recipe-step", f"{version}/{recipe_id}", tx.now, recipe_id=recipe_id, version=version)


async def replan_retired(commands: Batch[ReplanRetired], tx: Tx) -> Sequence[Book]:
    """Plan otherwise what is planned by versions that are retired, so many orders at a time: no run comes of them."""
    found = await store.load_planned_by(
        tx, ((command.recipe_id, command.version) for command in commands), STEP_ORDERS_COUNT + 1
    )
    steps = {version: keys[:STEP_ORDERS_COUNT] for version, keys in found.items()}

    def decide(book: Book, command: ReplanRetired) -> set[Place]:
        keys = steps[command.recipe_id, command.version]
        why = f"version {command.version} of recipe {command.recipe_id} is retired"
        return plan_otherwise(book, keys, why)

    seeds = [store.Seeds(planned_orders={key for keys in steps.values() for key in keys})]
    books = await decide_each(commands, tx, seeds, decide)
    for (recipe_id, version), keys in found.items():
        if len(keys) > STEP_ORDERS_COUNT:
            _go_on(tx, recipe_id, version)
    return books


async def copy_calendar(commands: Batch[CopyCalendar], tx: Tx) -> list[None]:
    """Count working days by these calendars from now on; what is planned is planned by them, too."""
    await store.save_calendars(tx, (command.fact for command in commands))
    await look_at_calendars(tx, {command.fact.calendar_id for command in commands})
    return [None] * len(commands)


async def copy_work_centre(commands: Batch[CopyWorkCentre], tx: Tx) -> list[None]:
    """Give new runs room on these work centres; what is planned already stays where it is."""
    await store.save_work_centres(tx, (command.centre for command in commands))
    return [None] * len(commands)


async def copy_crew(commands: Batch[CopyCrew], tx: Tx) -> list[None]:
    """Give new runs room with these people; what is planned already stays where it is."""
    await store.save_crews(tx, (command.crew for command in commands))
    return [None] * len(commands)


async def copy_terms(commands: Batch[CopyTerms], tx: Tx) -> Sequence[Book]:
    """Plan purchases by these terms; demands that nothing could supply are planned now."""
    await store.save_terms(tx, (command.terms for command in commands))
    await look_at_places(tx, {(command.terms.site_id, command.terms.sku) for command in commands})
    seeds = [store.Seeds(places={(command.terms.site_id, command.terms.sku)}) for command in commands]
    return await decide_each(
        commands,
        tx,
        seeds,
        lambda book, command: plan_open(book, (command.terms.site_id, command.terms.sku)),
    )


async def expire_terms(commands: Batch[ExpireTerms], tx: Tx) -> list[None]:
    """Plan by these terms no more."""
    ended = await store.save_expired_terms(tx, (command.terms_id for command in commands))
    await look_at_places(tx, ended)
    return [None] * len(commands)


async def copy_service(commands: Batch[CopyService], tx: Tx) -> list[None]:
    """Plan the parts of these services."""
    await store.save_services(tx, (command.service for command in commands))
    return [None] * len(commands)
