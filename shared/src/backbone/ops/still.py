"""Whether a service has come to rest: nothing to send, nothing to hear, nothing due, nothing to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from backbone.kafka import KafkaAway

if TYPE_CHECKING:
    from backbone.consume import Consuming
    from backbone.service import Host

COUNT_MAX: Final = 10_000

LOOK: Final = text(
    """
    SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT :most) AS waiting) AS outbox,
           (SELECT coalesce(max(position), 0) FROM facts WHERE shard = 0) AS told,
           (SELECT count(*) FROM (SELECT 1 FROM parked_key LIMIT :most) AS parked) AS parked,
           (SELECT count(*) FROM (SELECT 1 FROM parked_key WHERE next_at <= now() LIMIT :most) AS due) AS retries,
           (SELECT min(at) FROM due WHERE kind = ANY(:kinds)) AS earliest_due
    """
)


@dataclass(frozen=True, slots=True)
class ClockView:
    """A service's business clock and whether the service is at rest.

    Counts stop at 10,000. `lag` (records) is null where this process hears nothing itself or Kafka does not answer.
    `told` and `heard` change with every fact: services are at rest together when two looks at all of them agree.
    """

    mode: str
    now: datetime
    earliest_due: datetime | None
    outbox: int
    lag: int | None
    parked: int
    retries_due: int
    told: int
    heard: int
    quiescent: bool


async def look(host: Host, consuming: Consuming | None, patience_seconds: float = 0) -> ClockView:
    """How the service stands; quiescent only if nothing was told between a look before and one after the lag.

    What is in work may end first, which costs nothing to wait for, but not for longer than `patience_seconds`.
    """
    if consuming and patience_seconds:
        await consuming.at_leisure(patience_seconds)
    before = await _rows(host)
    heard = consuming.heard if consuming else 0
    lag = await _lag(host, consuming)
    after = await _rows(host)
    now = host.clock.now()
    quiescent = (
        lag == 0
        and heard == (consuming.heard if consuming else 0)
        and before["told"] == after["told"]
        and before["outbox"] == after["outbox"] == 0
        and after["retries"] == 0
        and (after["earliest_due"] is None or after["earliest_due"] > now)
    )
    return ClockView(
        host.clock.mode,
        now,
        after["earliest_due"],
        after["outbox"],
        lag,
        after["parked"],
        after["retries"],
        after["told"],
        heard,
        quiescent,
    )


async def _rows(host: Host) -> dict[str, Any]:
    kinds = host.service.business_kinds
    async with host.read() as sql:
        row = (await sql.execute(LOOK, {"most": COUNT_MAX, "kinds": kinds})).one()
    return dict(row._asdict())


async def _lag(host: Host, consuming: Consuming | None) -> int | None:
    if consuming is None:
        return None if host.service.subscriptions else 0
    try:
        return sum((await consuming.lag()).values())
    except KafkaAway:
        return None
