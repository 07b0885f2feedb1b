"""Where and when work is done, and by which recipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backbone.errors import Invalid, NotFound, Stale
from backbone.service import Batch, Tx
from production import store
from production.commands import (
    ApproveRecipe,
    CopyRecipe,
    DefineCalendar,
    DefineWorkCentre,
    DraftRecipe,
    KnowItem,
    RejectRecipe,
    RetireRecipe,
    RewriteRecipe,
    SubmitRecipe,
)
from production.domain import record
from production.domain.balance import demand_balance
from production.domain.crew import demand_manned, skills_of
from production.domain.outside import timed
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Content, Recipe
from production.domain.routing import centres_of
from production.domain.said import ALL_OWN, in_own_units
from production.domain.scheduling.other_hours import OtherCrew, OtherHours
from production.handlers.other_hours import Changes, hit_by, make_way
from production.handlers.rates import hold_rates


async def know_item(commands: Batch[KnowItem], tx: Tx) -> list[None]:
    """Keep what items are counted in; of one item the last word counts."""
    await store.save_items(tx, {command.counted.sku: command.counted for command in commands})
    return [None] * len(commands)


async def define_calendar(commands: Batch[DefineCalendar], tx: Tx) -> list[Calendar]:
    """Say when work is done, from now on; runs that lose working time by it and have not begun move.

    Raises `CannotBeScheduled`.
    """
    for command in commands:
        name = command.calendar.calendar_id
        await store.lock_calendar(tx, name)
        was = (await store.load_calendars(tx, [name]))[name]
        centres = await store.load_centres_by(tx, name)
        crews = await store.load_crews_by(tx, name)
        changes = Changes(
            {each: OtherHours(centre.machines, was, command.calendar) for each, centre in centres.items()},
            {each: OtherCrew(was, command.calendar) for each in crews},
        )
        hit = await hit_by(tx, changes)
        tx.emit(command.calendar.told(), because=command)
        await store.save_calendar(tx, command.calendar)
        await make_way(tx, command, hit, changes, record.Why(command.by, f"calendar {name} changed"))
    return [command.calendar for command in commands]


async def define_work_centre(commands: Batch[DefineWorkCentre], tx: Tx) -> list[WorkCentre]:
    """Say where work is done and what it costs, from now on; runs that lose time or their machine by it move.

    Raises `Invalid` for a calendar that is not here, and for another site or currency than recipes rely on;
    `RatesToCome` for another currency while rates are said for later; `CannotBeScheduled`.
    """
    known = await store.load_work_centres(tx, (command.centre.work_centre_id for command in commands))
    named = await store.load_named(tx, known)
    hours = [
        *(command.centre.calendar_id for command in commands),
        *(each.calendar_id for each in known.values()),
    ]
    calendars = await store.lock_calendars(tx, hours)
    for command in commands:
        centre, was = command.centre, known.get(command.centre.work_centre_id)
        if centre.calendar_id not in calendars:
            raise Invalid("nobody knows when work is done there", [("/calendar_id", "no such calendar")])
        if was is not None and centre.work_centre_id in named:
            centre.demand_as_before(was)
        await _define_work_centre(tx, command, was, calendars)
    return [command.centre for command in commands]


async def _define_work_centre(
    tx: Tx, command: DefineWorkCentre, was: WorkCentre | None, calendars: Mapping[str, Calendar]
) -> None:
    centre, name = command.centre, command.centre.work_centre_id
    changes = Changes()
    if was is not None:
        hours = calendars[was.calendar_id], calendars[centre.calendar_id]
        changes = Changes({name: OtherHours(centre.machines, *hours)})
    hit = await hit_by(tx, changes)
    await store.lock_work_centre(tx, name)
    tx.emit(centre.told(), because=command)
    await store.save_work_centre(tx, centre)
    await hold_rates(tx, command, was)
    await make_way(tx, command, hit, changes, record.Why(command.by, f"work centre {name} changed"))


async def draft_recipe(commands: Batch[DraftRecipe], tx: Tx) -> list[Recipe]:
    """Write the next version of recipes; nothing is told before they are approved."""
    drafts = []
    for command in commands:
        latest = await store.lock_recipe_count(tx, command.recipe_id)
        content = await _own(tx, command)
        draft = Recipe.drafted(
            command.recipe_id,
            latest + 1,
            content,
            author=command.author,
            centres=await _centres(tx, content),
        )
        drafts.append(await store.add_recipe_version(tx, draft))
    return drafts


async def _own(tx: Tx, command: DraftRecipe | RewriteRecipe) -> Content:
    """What a recipe says, in the units in which its items are counted, and days outside in minutes.

    Raises what `in_own_units` and `timed` do.
    """
    content = await _timed(tx, command.content)
    if command.said == ALL_OWN:
        return content
    skus = [*(part.sku for part in content.inputs), *(part.sku for part in content.outputs)]
    return in_own_units(content, command.said, await store.load_counted(tx, skus))


async def _timed(tx: Tx, content: Content) -> Content:
    places = {each.work_centre_id for each in content.operations if each.outside is not None}
    if not places:
        return content
    centres = await store.load_work_centres(tx, places)
    calendars = await store.load_calendars(tx, (each.calendar_id for each in centres.values()))
    hours = {name: calendars[each.calendar_id] for name, each in centres.items()}
    return replace(content, operations=timed(content.operations, hours))


async def _centres(tx: Tx, content: Content) -> dict[str, WorkCentre]:
    """The work centres that a recipe names; raises `MoreMassThanTaken` for one that no work centre could run.

    Raises `Invalid` for one that nobody at its site could do.
    """
    skus = [*(part.sku for part in content.inputs), *(part.sku for part in content.outputs)]
    demand_balance(content, await store.load_units(tx, skus))
    if skills_of(content.operations):
        crews = await store.load_crews_of_sites(tx, [content.site_id])
        demand_manned(content.operations, content.site_id, crews.values())
    return await store.load_work_centres(tx, centres_of(content.operations))


async def copy_recipe(commands: Batch[CopyRecipe], tx: Tx) -> list[Recipe]:
    """Draft what a version says as the next version of the same or another recipe; raises `NotFound`."""
    keys = [(command.recipe_id, command.recipe_version) for command in commands]
    here = await store.load_recipes(tx, keys)
    drafts = []
    for command, key in zip(commands, keys, strict=True):
        if key not in here:
            raise NotFound(f"no version {command.recipe_version} of recipe {command.recipe_id}")
        drafts.append(DraftRecipe(command.to_recipe_id, command.changed(here[key].content), command.author))
    return await draft_recipe(Batch(drafts, commands.causes), tx)


async def rewrite_recipe(commands: Batch[RewriteRecipe], tx: Tx) -> list[Recipe]:
    """Authors change their drafts; raises `Stale` when somebody changed the recipe meanwhile."""
    answers = []
    for command in commands:
        recipe = await store.lock_recipe(tx, command.recipe_id, command.recipe_version)
        if recipe.version != command.expected_version:
            raise Stale(f"recipe {recipe.recipe_id} is at version {recipe.version}")
        content = await _own(tx, command)
        recipe = recipe.rewritten(content, await _centres(tx, content), by=command.author)
        answers.append(await store.save_recipe(tx, recipe))
    return answers


async def reject_recipe(commands: Batch[RejectRecipe], tx: Tx) -> list[Recipe]:
    """A second person gives recipes back to their authors."""
    return [await _changed(tx, command) for command in commands]


async def submit_recipe(commands: Batch[SubmitRecipe], tx: Tx) -> list[Recipe]:
    """Give drafts to a second person."""
    return [await _changed(tx, command) for command in commands]


async def approve_recipe(commands: Batch[ApproveRecipe], tx: Tx) -> list[Recipe]:
    """A second person approves: the recipes may be planned and run."""
    return [await _changed(tx, command) for command in commands]


async def retire_recipe(commands: Batch[RetireRecipe], tx: Tx) -> list[Recipe]:
    """No new run uses these versions."""
    return [await _changed(tx, command) for command in commands]


async def _changed(tx: Tx, command: SubmitRecipe | RejectRecipe | ApproveRecipe | RetireRecipe) -> Recipe:
    recipe = await store.lock_recipe(tx, command.recipe_id, command.recipe_version)
    if isinstance(command, SubmitRecipe):
        recipe = recipe.submitted()
    elif isinstance(command, RejectRecipe):
        recipe = recipe.rejected(by=command.rejected_by)
    elif isinstance(command, ApproveRecipe):
        recipe = recipe.approved(by=command.approver)
        tx.emit(recipe.told(), because=command)
    else:
        recipe, fact = recipe.retired()
        tx.emit(fact, because=command)
    return await store.save_recipe(tx, recipe)
