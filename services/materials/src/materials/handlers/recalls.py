"""Recalls are traced forward through all that was made, and what they reach is blocked, so many lots at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from contracts.recalls import RecallOpened, RecallTraced
from materials import store
from materials.commands import BlockRecalled, CloseRecall, TraceRecall
from materials.domain.book import Book
from materials.domain.recall import STEP_LOTS_COUNT, Recall, reached
from materials.handlers.deciding import decide_each


async def trace_recall(commands: Batch[TraceRecall], tx: Tx) -> list[None]:
    """Find all lots that recalls reach; they are blocked in steps from now on. Raises `NotYet` for a lot to come."""
    recalls = await store.lock_recalls(tx, (command.fact.recall_id for command in commands))
    known = set(recalls)
    for command in commands:
        fact = command.fact
        for lot_id in await store.load_missing(tx, fact.lot_ids):
            raise NotYet(lot_id)
        lots = [*fact.lot_ids]
        if isinstance(fact, RecallOpened):
            unknown = await store.load_missing(tx, fact.other_lot_ids)
            lots += [each for each in fact.other_lot_ids if each not in unknown]
            recall = Recall(
                fact.recall_id, fact.reason, fact.vendor_lot, fact.sku, tuple(unknown), closed=False
            )
            recalls[recall.recall_id] = recall
            await store.save_recalls(tx, [recall], known)
            known.add(recall.recall_id)
        recall = recalls[fact.recall_id]
        await store.add_reached(tx, recall, lots, all_of_vendor=isinstance(fact, RecallOpened))
        tx.due("recall-step", recall.recall_id, tx.now)
    return [None] * len(commands)


async def block_recalled(commands: Batch[BlockRecalled], tx: Tx) -> Sequence[Book]:
    """Block the next lots of recalls: who had them reserved gets others or hears that it is late."""
    ids = {command.recall_id for command in commands}
    recalls = await store.lock_recalls(tx, ids)
    lots = await store.load_next(tx, ids, STEP_LOTS_COUNT + 1)
    steps = {key: found[:STEP_LOTS_COUNT] for key, found in lots.items()}
    sent = await store.load_sent(tx, (lot_id for found in steps.values() for lot_id in found))

    def decide(book: Book, command: BlockRecalled) -> None:
        recall = recalls[command.recall_id]
        found = tuple(reached(book, recall, key, sent.get(key, ())) for key in steps[recall.recall_id])
        complete = len(lots[recall.recall_id]) <= STEP_LOTS_COUNT
        book.tell(RecallTraced(recall.recall_id, recall.reason, found, complete, recall.unknown))

    seeds = [store.Seeds(lots=set(steps[command.recall_id])) for command in commands]
    books = await decide_each(commands, tx, seeds, decide)
    await store.save_blocked(tx, steps)
    await store.save_recalls(tx, recalls.values(), recalls)
    for recall_id, found in lots.items():
        if len(found) > STEP_LOTS_COUNT:
            tx.due("recall-step", recall_id, tx.now)
    return books


async def close_recall(commands: Batch[CloseRecall], tx: Tx) -> list[None]:
    """What arrives of a vendor's lot from now on is not called back any more."""
    recalls = await store.lock_recalls(tx, (command.recall_id for command in commands))
    for command in commands:
        if command.recall_id not in recalls:
            raise NotYet(command.recall_id)
        recalls[command.recall_id] = recalls[command.recall_id]._replace(closed=True)
    await store.save_recalls(tx, recalls.values(), recalls)
    return [None] * len(commands)


async def reach_arrived(tx: Tx, lot_ids: Iterable[str]) -> None:
    """Lots of a vendor's lot that is called back have arrived: they are blocked in the next step."""
    for recall_id in sorted(await store.add_arrived(tx, lot_ids)):
        tx.due("recall-step", recall_id, tx.now)
