"""Lots that turn out bad while they lie ready for runs, and what reworks leave of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backbone.errors import VersionMoved
from backbone.service import Tx
from production import store
from production.domain import record
from production.domain.lots import BAD, MadeLot
from production.domain.run import Run


@dataclass(frozen=True, slots=True)
class Looked:
    """Lots that are looked at, locked after the runs for which they lie ready, so that none of these takes them."""

    lots: dict[str, MadeLot]
    runs: Mapping[str, Run]


async def looked_at(tx: Tx, lot_ids: Iterable[str], may_fail: Iterable[str]) -> Looked:
    """Lock lots, of those that may fail their runs first; raises `VersionMoved` when others were allowed meanwhile."""
    doubtful = set(may_fail)
    runs = await store.lock_runs(tx, await _runs_with(tx, doubtful))
    lots = await store.lock_lots(tx, lot_ids)
    if not set(await _runs_with(tx, doubtful)) <= runs.keys():
        raise VersionMoved("these lots were staged for another run just now")
    return Looked(lots, runs)


async def _runs_with(tx: Tx, lot_ids: set[str]) -> list[str]:
    return await store.load_runs_with(tx, lot_ids) if lot_ids else []


async def save_looked_at(tx: Tx, looked: Looked) -> None:
    """Write the lots back; where one of them is bad now, what lies ready with it goes back."""
    await store.save_lots(tx, looked.lots.values())
    bad = {lot_id for lot_id, lot in looked.lots.items() if lot.state in BAD}
    notes: list[record.Note] = []
    without = []
    for run in looked.runs.values():
        after = run.given_back(bad)
        if after is not run:
            named = sorted(bad & {part.lot_id for part in run.floor.staged})
            reason = f"blocked: {', '.join(f'lot {each}' for each in named)}"
            without.append(store.add_entry(after, record.given_back(reason, after, tx.now), notes))
    await store.save_runs(tx, without)
    await store.add_notes(tx, notes)


async def settle_reworks(tx: Tx, runs: Iterable[Run]) -> None:
    """Lots of which reworks have left some wait for a decision again; the runs are saved already."""
    over = [run for run in runs if run.over and run.rework_lot_id is not None]
    if not over:
        return
    lots = await store.lock_lots(tx, (run.rework_lot_id or "" for run in over))
    going = await store.load_reworking(tx, lots)
    after = [
        lot.worked_on(
            left=any(run.leaves(lot.sku) for run in over if run.rework_lot_id == lot.lot_id),
            going=lot.lot_id in going,
        )
        for lot in lots.values()
    ]
    await store.save_lots(tx, after)
