"""Periods of cost are closed when the books balance, and opened again by two people."""

from __future__ import annotations

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import ClosePeriod, ReopenPeriod
from production.domain.period import (
    NotTheLastPeriod,
    Period,
    begins_at,
    demand_balance,
    demand_closable,
    ends_at,
)


async def close_period(commands: Batch[ClosePeriod], tx: Tx) -> list[Period]:
    """Close months; raises `Invalid`, `TooEarly`, `NotTheLastPeriod`, `BooksDoNotBalance`."""
    closed = []
    for command in commands:
        end = ends_at(command.month)
        last = await store.lock_ledger(tx, command.site_id)
        demand_closable(command.month, last, tx.now)
        before = await store.lock_period(tx, command.site_id, command.month)
        begin = begins_at(command.month)
        totals = await store.load_totals(tx, command.site_id, command.month, begin, end)
        books, runs = await store.load_begun(tx, command.site_id)
        demand_balance(totals, runs, books)
        version = before.version + 1 if before is not None else 1
        period = Period(
            command.site_id, command.month, "closed", totals, command.closed_by, tx.now, version=version
        )
        tx.emit(period.told(), because=command, correlation=period.period_id)
        await store.save_period(tx, period)
        closed.append(period)
    return closed


async def reopen_period(commands: Batch[ReopenPeriod], tx: Tx) -> list[Period]:
    """One asks, another one opens: what the month had counted is counted by its next close again.

    Raises `NotFound`, `NotTheLastPeriod`, `WrongState`, `SecondPersonNeeded`.
    """
    answers = []
    for command in commands:
        last = await store.lock_ledger(tx, command.site_id)
        period = await store.lock_period(tx, command.site_id, command.month)
        if period is None:
            raise NotFound(f"{command.month} of {command.site_id} was never closed")
        if last is not None and period.month < last:
            raise NotTheLastPeriod(f"{last} is closed, too: it is opened first")
        period, fact = period.reopened(by=command.by, reason=command.reason)
        if fact is not None:
            tx.emit(fact, because=command, correlation=period.period_id)
            await store.save_uncounted(tx, period.site_id, period.month)
        await store.save_period(tx, period)
        answers.append(period)
    return answers
