"""The business clock across restarts: its last moment is a row, and no process of the service goes behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import Refusal

if TYPE_CHECKING:
    from backbone.service import Batch, Host, Tx

KEEP: Final = text(
    """
    INSERT INTO business_clock ("only", at) VALUES (1, :at)
    ON CONFLICT ("only") DO UPDATE SET at = greatest(business_clock.at, excluded.at)
    RETURNING at
    """
)
LOAD: Final = text('SELECT at FROM business_clock WHERE "only" = 1')


class ClockRuns(Refusal):
    """The business clock runs by itself; only a stepped one can be advanced."""


@dataclass(frozen=True, slots=True)
class AdvanceClock:
    """Step the business clock to `to`; a moment that has passed changes nothing."""

    to: datetime


async def load(host: Host) -> datetime:
    """Take up the stored moment, so that time never goes back; the answer is the time now."""
    async with host.read() as sql:
        stored = (await sql.execute(LOAD)).scalar_one_or_none()
    if stored is not None:
        host.clock.advance(stored)
    return host.clock.now()


async def keep(host: Host) -> datetime:
    """Store the time, and take up a later one that another process of the service has stored."""
    async with host.begin() as tx:
        stored = await _stored(tx.sql, host.clock.now())
    if stored > host.clock.now():
        host.clock.advance(stored)
        host.dues_changed.set()
    return stored


async def advance_clock(commands: Batch[AdvanceClock], tx: Tx) -> Sequence[datetime]:
    """Store the moment that the clock shall step to (the clock itself steps once this is committed)."""
    return [await _stored(tx.sql, command.to) for command in commands]


async def _stored(sql: AsyncConnection, at: datetime) -> datetime:
    moment: datetime = (await sql.execute(KEEP, {"at": at})).scalar_one()
    return moment
