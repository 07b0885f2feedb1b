"""Lots are inspected, and blocked ones are decided on."""

from __future__ import annotations

from backbone.service import Batch, Tx
from production import store
from production.commands import AwaitInspection, DisposeLot, InspectLot
from production.domain.lots import MadeLot


async def await_inspection(commands: Batch[AwaitInspection], tx: Tx) -> list[None]:
    """Lots that arrived wait for their inspection; one that is known already stays as it is."""
    lots = {
        part.lot_id: MadeLot(part.lot_id, None, part.sku, line.site_id, part.quantity, "in-inspection", None)
        for command in commands
        for line in command.lines
        for part in line.lots
    }
    await store.add_lots(tx, list(lots.values()))
    return [None] * len(commands)


async def inspect_lot(commands: Batch[InspectLot], tx: Tx) -> list[MadeLot]:
    """Lots were measured."""
    answers = []
    for command in commands:
        lot = await store.lock_lot(tx, command.lot_id)
        lot, fact = lot.inspected(command.properties, passed=command.passed)
        tx.emit(fact, because=command, correlation=lot.root_id)
        await store.save_lot(tx, lot)
        answers.append(lot)
    return answers


async def dispose_lot(commands: Batch[DisposeLot], tx: Tx) -> list[MadeLot]:
    """Decide on blocked lots; to use one as it is takes a second person, until then nothing is told."""
    answers = []
    for command in commands:
        lot = await store.lock_lot(tx, command.lot_id)
        lot, fact = lot.disposed(
            command.disposition, command.reason, by=command.decided_by, recipe_id=command.recipe_id
        )
        if fact is not None:
            tx.emit(fact, because=command, correlation=lot.root_id)
        await store.save_lot(tx, lot)
        answers.append(lot)
    return answers
