"""Lots are inspected, and blocked ones are decided on."""

from __future__ import annotations

from backbone.errors import Invalid, NotFound
from backbone.service import Batch, Tx
from contracts.shapes import LotPart
from production import store
from production.commands import AwaitInspection, AwaitReturned, DisposeLot, ForgetLots, InspectLot
from production.domain.lots import MadeLot
from production.domain.recipe import Recipe
from production.handlers.blocking import looked_at, save_looked_at


async def await_inspection(commands: Batch[AwaitInspection], tx: Tx) -> list[None]:
    """Lots that arrived wait for their inspection; a vendor's lot that is known already was told twice."""
    here = await store.lock_lots(
        tx, (part.lot_id for command in commands for line in command.lines for part in line.lots)
    )
    known = set(here)
    for command, cause in zip(commands, commands.causes, strict=True):
        for line in command.lines:
            for part in line.lots:
                lot = here.get(part.lot_id)
                if lot is None:
                    lot = MadeLot(
                        part.lot_id, None, part.sku, line.site_id, part.quantity, "in-inspection",
                        cause.correlation_id,
                    )  # fmt: skip
                elif command.internal:
                    lot = lot.arrived(line.site_id, part.quantity)
                here[part.lot_id] = lot
    await store.save_lots(tx, [lot for key, lot in here.items() if key in known])
    await store.add_lots(tx, [lot for key, lot in here.items() if key not in known])
    return [None] * len(commands)


async def await_returned(commands: Batch[AwaitReturned], tx: Tx) -> list[None]:
    """Goods that clients or other sites did not take wait for their inspection, whoever made or supplied them."""
    here = await store.lock_lots(tx, (part.lot_id for command in commands for part in command.lots))
    known = set(here)
    for command, cause in zip(commands, commands.causes, strict=True):
        for part in command.lots:
            lot = here.get(part.lot_id)
            here[part.lot_id] = _back(lot, part, command.site_id, cause.correlation_id)
    await store.save_lots(tx, [lot for key, lot in here.items() if key in known])
    await store.add_lots(tx, [lot for key, lot in here.items() if key not in known])
    return [None] * len(commands)


def _back(lot: MadeLot | None, part: LotPart, site_id: str, root_id: str | None) -> MadeLot:
    """A lot that lies at a site again and is to be inspected there."""
    if lot is not None:
        return lot.arrived(site_id, part.quantity)
    return MadeLot(part.lot_id, None, part.sku, site_id, part.quantity, "in-inspection", root_id)


async def forget_lots(commands: Batch[ForgetLots], tx: Tx) -> list[None]:
    """Lots went back to their vendor: what was to be inspected of them is not here any more.

    To a site of ours they went back to be inspected there.
    """
    here = await store.lock_lots(tx, (part.lot_id for command in commands for part in command.lots))
    known = set(here)
    for command, cause in zip(commands, commands.causes, strict=True):
        for part in command.lots:
            lot = here.get(part.lot_id)
            if command.back_at is not None:
                here[part.lot_id] = _back(lot, part, command.back_at, cause.correlation_id)
            elif lot is not None:
                here[part.lot_id] = lot.returned(part.quantity)
    await store.save_lots(tx, [lot for key, lot in here.items() if key in known])
    await store.add_lots(tx, [lot for key, lot in here.items() if key not in known])
    return [None] * len(commands)


async def inspect_lot(commands: Batch[InspectLot], tx: Tx) -> list[MadeLot]:
    """Lots were measured; no run takes one that failed, unless it was decided so."""
    failed = [command.lot_id for command in commands if not command.passed]
    looked = await looked_at(tx, [command.lot_id for command in commands], failed)
    here = looked.lots
    for command in commands:
        lot, fact = _found(here, command.lot_id).inspected(command.properties, passed=command.passed)
        tx.emit(fact, because=command, correlation=lot.root_id)
        here[lot.lot_id] = lot
    await save_looked_at(tx, looked)
    return [here[command.lot_id] for command in commands]


async def dispose_lot(commands: Batch[DisposeLot], tx: Tx) -> list[MadeLot]:
    """Decide on blocked lots; to use one as it is takes a second person, until then nothing is told."""
    recipes = await store.load_approved(tx, (c.recipe_id for c in commands if c.recipe_id is not None))
    here = await store.lock_lots(tx, (command.lot_id for command in commands))
    for command in commands:
        lot, fact = _found(here, command.lot_id).disposed(
            command.disposition, command.reason, by=command.decided_by, recipe_id=command.recipe_id
        )
        if command.recipe_id is not None:
            _demand_rework(recipes.get(command.recipe_id), lot, tx)
        if fact is not None:
            tx.emit(fact, because=command, correlation=lot.root_id)
        here[lot.lot_id] = lot
    await store.save_lots(tx, here.values())
    return [here[command.lot_id] for command in commands]


def _found(here: dict[str, MadeLot], lot_id: str) -> MadeLot:
    if lot_id not in here:
        raise NotFound(f"no lot {lot_id}")
    return here[lot_id]


def _demand_rework(recipe: Recipe | None, lot: MadeLot, tx: Tx) -> None:
    """Raise `Invalid` unless a run by the recipe could put the lot right."""
    fits = (
        recipe is not None
        and recipe.unfit(lot.site_id, tx.now) is None
        and lot.sku in {output.sku for output in recipe.content.outputs}
    )
    if not fits:
        raise Invalid(
            f"no recipe in force at {lot.site_id} makes {lot.sku} so", [("/recipe_id", "an approved recipe")]
        )
