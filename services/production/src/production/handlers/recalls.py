"""Recalls: opened, followed through runs and lots, and closed when nothing is left to be decided."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.errors import Invalid, NotFound, NotYet
from backbone.service import Batch, Tx
from contracts.recalls import RecallAnswered, RecallFollowed, RecallTraced
from contracts.values import ZERO
from production import store
from production.commands import CloseRecall, FollowRecall, KnowCustomers, OpenRecall, WidenRecalls
from production.domain import record
from production.domain.lots import MadeLot
from production.domain.recall import Recall, called_back, demand_one_cause, held_up, stopped
from production.domain.run import Facts, Run


async def open_recall(commands: Batch[OpenRecall], tx: Tx) -> list[Recall]:
    """Call lots back; materials traces what was made of them, and a run that is named stands still.

    Raises `Invalid`, `NotFound`.
    """
    recalls = []
    for command in commands:
        demand_one_cause(command.lot_ids, command.vendor_lot, command.run_id)
        named = await _named(tx, command.run_id)
        lot_ids = command.lot_ids or await _made_by(tx, named)
        known = await store.lock_lots(tx, lot_ids)
        recall = Recall(
            tx.new_id(), command.reason, lot_ids, command.vendor_lot, command.sku, command.run_id,
            command.opened_by, tx.now,
        )  # fmt: skip
        store.add_recall_key(tx, recall.recall_id)
        tx.emit(recall.opened(known), because=command, correlation=recall.recall_id)
        await store.add_recall(tx, recall)
        await _stop(tx, command, recall, [(run, *held_up(run, recall, tx.now)) for run in named])
        recalls.append(recall)
    return recalls


async def _named(tx: Tx, run_id: str | None) -> list[Run]:
    runs = await store.lock_runs(tx, [] if run_id is None else [run_id])
    if run_id is not None and run_id not in runs:
        raise NotFound(f"no run {run_id}")
    return list(runs.values())


async def _made_by(tx: Tx, named: Sequence[Run]) -> tuple[str, ...]:
    lot_ids = [lot_id for run in named for lot_id in await store.load_lots_of_run(tx, run.run_id)]
    if named and not lot_ids:
        raise Invalid("there is nothing to call back", [("/run_id", "this run has made nothing")])
    return tuple(lot_ids)


async def follow_recall(commands: Batch[FollowRecall], tx: Tx) -> list[None]:
    """No run takes recalled lots from now on; those that could are stopped, and the lots wait for a decision."""
    recalls = await store.lock_recalls(tx, (command.fact.recall_id for command in commands))
    for command in commands:
        fact = command.fact
        if fact.recall_id not in recalls:
            raise NotYet(fact.recall_id)
        recall = recalls[fact.recall_id]
        await store.save_recalled_lots(tx, recall.recall_id, fact.lots)
        run_ids = await _stop_runs(tx, command, recall)
        await _block_lots(tx, fact, recall)
        untraced = await store.load_untraced(tx, recall.recall_id) if fact.complete else []
        recall = recall.traced(fact.unknown, untraced, complete=fact.complete)
        lot_ids = tuple(lot.lot_id for lot in fact.lots)
        tx.emit(RecallFollowed(recall.recall_id, lot_ids, run_ids), because=command)
        if untraced:
            recall, widened = recall.widened(untraced)
            tx.emit(widened, because=command)
        await store.save_recall(tx, recall)
        recalls[recall.recall_id] = recall
    return [None] * len(commands)


async def _stop_runs(tx: Tx, command: FollowRecall, recall: Recall) -> tuple[str, ...]:
    """Stop the runs that have to do with the lots; the answer names them."""
    lot_ids = {lot.lot_id for lot in command.fact.lots}
    runs = await store.lock_runs(tx, await store.load_runs_with(tx, lot_ids))
    return await _stop(
        tx, command, recall, [(run, *stopped(run, recall, lot_ids, tx.now)) for run in runs.values()]
    )


async def _stop(
    tx: Tx, because: object, recall: Recall, decided: Sequence[tuple[Run, Run, Facts]]
) -> tuple[str, ...]:
    """Keep what a recall has changed of runs, with an entry in their records; the answer names them."""
    changed, notes = [], list[record.Note]()
    for run, after, facts in decided:
        if after is run:
            continue
        tx.emit(*facts, because=because, correlation=run.root_id)
        changed.append(store.add_entry(after, record.recalled(recall.why, after, tx.now), notes))
    await store.save_runs(tx, changed)
    await store.add_notes(tx, notes)
    await store.add_recalled_runs(tx, recall.recall_id, (run.run_id for run in changed))
    return tuple(run.run_id for run in changed)


async def _block_lots(tx: Tx, fact: RecallTraced, recall: Recall) -> None:
    """What there is of the lots waits for a decision here, also what nobody had to inspect before."""
    reason = recall.why
    here = await store.lock_lots(tx, (lot.lot_id for lot in fact.lots))
    new = [
        MadeLot(
            lot.lot_id,
            None,
            lot.sku,
            lot.site_id,
            lot.on_hand + lot.in_transit,
            "blocked",
            None,
            reason=reason,
        )
        for lot in fact.lots
        if lot.lot_id not in here and lot.on_hand + lot.in_transit > ZERO
    ]
    there = {lot.lot_id for lot in fact.lots if lot.on_hand + lot.in_transit > ZERO}
    await store.save_lots(tx, [called_back(lot, reason) for key, lot in here.items() if key in there])
    await store.add_lots(tx, new)


async def widen_recalls(commands: Batch[WidenRecalls], tx: Tx) -> list[None]:
    """What runs have made of recalled lots since is called back, too."""
    for command in commands:
        recalls = await store.lock_recalls(tx, await store.load_recalls_of_run(tx, command.run_id))
        for recall in recalls.values():
            untraced = await store.load_untraced(tx, recall.recall_id)
            if recall.state != "closed" and untraced:
                recall, fact = recall.widened(untraced)
                tx.emit(fact, because=command, correlation=recall.recall_id)
                await store.save_recall(tx, recall)
    return [None] * len(commands)


async def know_customers(commands: Batch[KnowCustomers], tx: Tx) -> list[None]:
    """Keep which customers were sent recalled lots, and what was agreed with them."""
    for command in commands:
        fact = command.fact
        if fact.recall_id not in await store.lock_recalls(tx, [fact.recall_id]):
            raise NotYet(fact.recall_id)
        if isinstance(fact, RecallAnswered):
            await store.save_recall_answer(tx, fact.recall_id, fact.ticket_id, fact.how)
        else:
            await store.save_recall_tickets(tx, fact.recall_id, fact.lot_ids, fact.tickets)
    return [None] * len(commands)


async def close_recall(commands: Batch[CloseRecall], tx: Tx) -> list[Recall]:
    """Close recalls that wait for nothing; raises `NotFound`, `WrongState`, `StillTracing`, `OutcomesMissing`."""
    recalls = await store.lock_recalls(tx, (command.recall_id for command in commands))
    for command in commands:
        if command.recall_id not in recalls:
            raise NotFound(f"no recall {command.recall_id}")
        waits = await store.load_open(tx, command.recall_id)
        recall, fact = recalls[command.recall_id].closed(
            waits, by=command.closed_by, at=tx.now, summary=command.summary
        )
        tx.emit(fact, because=command, correlation=recall.recall_id)
        await store.save_recall(tx, recall)
        recalls[recall.recall_id] = recall
    return [recalls[command.recall_id] for command in commands]
