"""The due-row runner: deadlines that have come are heard like facts, once what was told before them is handled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from sqlalchemy import Row, text

from backbone.service.subscription import DUE_TOPIC
from backbone.wire import Incoming

if TYPE_CHECKING:
    from backbone.service import Host

ROWS_COUNT_MAX: Final = 500

log = structlog.get_logger(__name__)

EARLIEST: Final = text("SELECT min(at) AS at FROM due WHERE kind = ANY(:kinds)")
LIST_DUE: Final = text(
    """
    SELECT kind, key, due_id, at, payload, correlation_id FROM due
    WHERE at <= :now AND kind = ANY(:kinds) OR at <= :recorded_now AND kind = ANY(:recorded_kinds)
    ORDER BY at, kind, key LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class DeadlineTimes:
    """How long things may take, in seconds of the wall."""

    poll: float = 0.5
    catch_up: float = 30


def recorded_time() -> datetime:
    """The time by the wall."""
    return datetime.now(UTC)


async def earliest_due(host: Host) -> datetime | None:
    """The business moment of the next deadline that this service can handle, None when there is none."""
    return await _earliest(host, host.service.business_kinds)


async def _earliest(host: Host, kinds: list[str]) -> datetime | None:
    if not kinds:
        return None
    async with host.read() as sql:
        moment: datetime | None = (await sql.execute(EARLIEST, {"kinds": kinds})).one().at
    return moment


class Deadlines:
    """Hands due rows to `hear`; `caught_up(seconds)` says whether all facts that had been told are handled.

    `recorded_now` is what the wall says.
    """

    def __init__(
        self,
        host: Host,
        caught_up: Callable[[float], Awaitable[bool]],
        times: DeadlineTimes | None = None,
        recorded_now: Callable[[], datetime] = recorded_time,
    ) -> None:
        self._host = host
        self._caught_up = caught_up
        self._times = times or DeadlineTimes()
        self._recorded_now = recorded_now
        self._stopping = False
        self.trouble: str | None = None

    def stop(self) -> None:
        """End `run` after what is in work."""
        self._stopping = True
        self._host.dues_changed.set()

    async def run(self) -> None:
        """Fire deadlines until `stop`; no failure ends it."""
        while not self._stopping:
            self._host.dues_changed.clear()
            try:
                fired = await self.fire()
                self.trouble = None
            except Exception as failure:
                # Nothing is lost: the rows stand, and the next round reads them again.
                self.trouble, fired = f"{type(failure).__name__}: {failure}", 0
                log.exception("deadlines.interrupted", service=self._host.service.name)
            if not fired:
                await self._wait()

    async def fire(self) -> int:
        """Hear the deadlines that have come; the answer is how many there were."""
        if not await self._any():
            return 0
        # A fact that was told before the deadline may clear it: it is heard first.
        if not await self._caught_up(self._times.catch_up):
            return 0
        async with self._host.read() as sql:
            asked = {
                "now": self._host.clock.now(),
                "kinds": self._host.service.business_kinds,
                "recorded_now": self._recorded_now(),
                "recorded_kinds": sorted(self._host.service.recorded_kinds),
                "limit": ROWS_COUNT_MAX,
            }
            records = [_record_of(row) for row in await sql.execute(LIST_DUE, asked)]
        if records:
            await self._host.hear(records)
        return len(records)

    async def _any(self) -> bool:
        earliest = await earliest_due(self._host)
        if earliest is not None and earliest <= self._host.clock.now():
            return True
        recorded = await _earliest(self._host, sorted(self._host.service.recorded_kinds))
        return recorded is not None and recorded <= self._recorded_now()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._times.poll):
                await self._host.dues_changed.wait()
        except TimeoutError:
            return


def _record_of(row: Row[Any]) -> Incoming:
    headers = [("ce_id", str(row.due_id)), ("ce_type", f"due.{row.kind}"), ("key", row.key)]
    if row.correlation_id:
        headers.append(("ce_correlationid", row.correlation_id))
    return Incoming(
        DUE_TOPIC,
        0,
        0,
        f"{row.kind}/{row.key}",
        tuple(headers),
        msgspec.json.encode(row.payload),
        round(row.at.timestamp() * 1000),
    )
