"""Recalls: what was called back is used by nobody, and a recall ends when all that it reaches has its outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts.production import LotDisposed, MaterialConsumed
from contracts.recalls import RecallAnswered, RecallClosed, RecallFollowed, RecallNotified, RecallTraced
from contracts.service_desk import GoodsDispatched
from contracts.vendors import GoodsReturned
from o2d.verify.finding import Finding
from o2d.verify.log import Log


def recalled_lots_stay(log: Log) -> Finding:
    """Once production and the service desk have heard of a recall, no run takes its lots and none of them leaves."""
    finding = Finding()
    runs: set[str] = set()
    desk: dict[str, str] = {}
    ended = {fact.recall_id: told.recorded_at for told, fact in log.among(RecallClosed)}
    kinds = (RecallFollowed, RecallNotified, LotDisposed, MaterialConsumed, GoodsDispatched)
    for told, fact in log.among(*kinds):
        if isinstance(fact, RecallFollowed):
            runs.update(fact.lot_ids)
        elif isinstance(fact, RecallNotified):
            desk |= dict.fromkeys(fact.lot_ids, fact.recall_id)
        elif isinstance(fact, LotDisposed):
            runs.discard(fact.lot_id)
        else:
            for lot_id in _used(fact, runs, desk, ended, told.recorded_at, finding):
                finding.say(f"{told.name}: lot {lot_id} was called back")
    return finding


def _used(
    fact: Any,
    runs: set[str],
    desk: dict[str, str],
    ended: dict[str, datetime],
    at: datetime,
    finding: Finding,
) -> Iterator[str]:
    if isinstance(fact, MaterialConsumed):
        for part in fact.lots:
            if not finding.that(fact.rework or part.lot_id not in runs):
                yield part.lot_id
        return
    for line in fact.lines:
        for part in line.lots:
            over = ended.get(desk.get(part.lot_id, ""))
            if not finding.that(part.lot_id not in desk or (over is not None and over <= at)):
                yield part.lot_id


def closed_recalls_have_outcomes(log: Log) -> Finding:
    """Of a closed recall each lot of which there was any was decided on, and each customer has an answer."""
    finding = Finding()
    decided = {fact.lot_id for fact in log.of(LotDisposed)}
    decided |= {part.lot_id for fact in log.of(GoodsReturned) for part in fact.lots}
    lots: dict[str, set[str]] = defaultdict(set)
    for traced in log.of(RecallTraced):
        there = [lot for lot in traced.lots if lot.on_hand.micro + lot.in_transit.micro > 0]
        lots[traced.recall_id].update(lot.lot_id for lot in there)
    answers: dict[str, dict[str, str | None]] = defaultdict(dict)
    for _, fact in log.among(RecallNotified, RecallAnswered):
        if isinstance(fact, RecallNotified):
            answers[fact.recall_id] |= {each.ticket_id: None for each in fact.tickets}
        else:
            answers[fact.recall_id][fact.ticket_id] = fact.how
    for closed in log.of(RecallClosed):
        open_lots = sorted(lots[closed.recall_id] - decided)
        silent = sorted(key for key, how in answers[closed.recall_id].items() if how is None)
        if not finding.that(not open_lots and not silent):
            finding.say(f"recall {closed.recall_id} is closed, open are {', '.join([*open_lots, *silent])}")
    return finding
