"""Refill: the log of facts sent again, for a Kafka that was wiped; who has heard a fact drops it as seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from backbone.inbox import KEPT_DAYS
from backbone.kafka import Producer
from backbone.sending import RelayTimes, beating, closed, locked, opened, send_rows

ROWS_COUNT_MAX: Final = 1000

READ: Final = """
    SELECT position, topic, key, headers, payload FROM facts
    WHERE shard = $1 AND position > $2 AND recorded_at >= $3 ORDER BY position LIMIT $4
"""

log = structlog.get_logger(__name__)


class RelayActive(Exception):
    """A relay sends at the moment: new facts would come before old ones. Stop it first."""


@dataclass(frozen=True, slots=True)
class Refilled:
    """How many facts were sent again, and how many were left out because their payload is not in the log."""

    sent: int
    left_out: int


async def refill(
    dsn: str,
    producer: Callable[[], Producer],
    *,
    name: str,
    personal: Sequence[str],
    shard: int = 0,
    times: RelayTimes | None = None,
) -> Refilled:
    """Send every fact that the inboxes still remember, in order. Raises `RelayActive`, `SendFailed`, `KafkaAway`.

    Older ones are read over HTTP; what `personal` topics carried is told again by its owner.
    """
    times = times or RelayTimes()
    since = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    connection = await opened(dsn, name, times)
    client = producer()
    position = sent = left_out = 0
    try:
        if not await locked(connection, shard):
            raise RelayActive("a relay of this service is active: stop it first")
        await beating(connection, client.start(), times.heartbeat)
        while rows := await connection.fetch(READ, shard, position, since, ROWS_COUNT_MAX):
            whole = [row for row in rows if row["topic"] not in personal]
            if whole:
                await beating(connection, send_rows(client, whole, times.send), times.heartbeat)
            position, sent, left_out = (
                rows[-1]["position"],
                sent + len(whole),
                left_out + len(rows) - len(whole),
            )
    finally:
        await client.stop()
        await closed(connection)
    log.info("refill.done", service=name, sent=sent, left_out=left_out)
    return Refilled(sent, left_out)
