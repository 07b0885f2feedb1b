"""How everything stands, live: whoever looks is told what changed, at most twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response, StreamingResponse

from backbone.kafka import KafkaAway
from backbone.web import Ask, Asked
from contracts.topics import TOPICS
from control_tower.pages.render import fragment, page
from control_tower.queries import overview

router: Final = APIRouter()

PUSH_SECONDS_MIN: Final = 0.5
QUIET_SECONDS_MAX: Final = 5.0
PULSE_MINUTES: Final = 60
KIND_TITLES: Final = {
    "need": "Needs",
    "quote": "Quotes",
    "order": "Orders",
    "planned_order": "Planned orders",
    "run": "Runs",
    "purchase_order": "Purchase orders",
    "visit": "Visits",
    "ticket": "Tickets",
}


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic: facts a minute, and what is not yet kept of it (None when Kafka does not say)."""

    topic: str
    owner: str
    rate: int
    lag: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the overview shows at one moment."""

    head: int
    now: datetime
    counts: dict[str, list[overview.Count]]
    late: list[overview.LateLine]
    topics: list[TopicRow]

    @property
    def late_count(self) -> int:
        """How many lines are late or at risk, shown or not."""
        return self.late[0].lines if self.late else 0

    def fragments(self) -> dict[str, str]:
        """What may change, as elements by their ids; the list of late lines goes whole when lines come or go."""
        found = {}
        for kind, counts in self.counts.items():
            found[f"counts-{kind}"] = fragment("parts.html", "counts", {"kind": kind, "counts": counts})
        found["late-count"] = fragment("parts.html", "late_count", {"count": self.late_count})
        for line in self.late:
            mark = f"late-{line.order_id}-{line.line_id}"
            found[mark] = fragment("parts.html", "late_row", {"line": line, "now": self.now})
        for row in self.topics:
            found[f"topic-{row.topic}"] = fragment("parts.html", "topic_row", {"row": row})
        return found

    @property
    def late_lines(self) -> tuple[tuple[str, str], ...]:
        """Which lines are listed, in order."""
        return tuple((line.order_id, line.line_id) for line in self.late)


async def take_snapshot(ask: Ask) -> Snapshot:
    """How everything stands now."""
    lags = await _lags(ask)
    async with ask.read() as sql:
        head = await overview.find_head(sql)
        counts = await overview.list_counts(sql)
        late = await overview.list_late(sql, ask.now)
        since = datetime.now(UTC) - timedelta(seconds=overview.RATE_SECONDS)
        rates = await overview.list_rates(sql, since)
    by_kind: dict[str, list[overview.Count]] = {kind: [] for kind in KIND_TITLES}
    for count in counts:
        by_kind[count.kind].append(count)
    rows = [
        TopicRow(topic.name, topic.owner, rates.get(topic.name, 0), lags.get(topic.name, 0) if lags else None)
        for topic in TOPICS
    ]
    return Snapshot(head, ask.now, by_kind, late, rows)


async def _lags(ask: Ask) -> dict[str, int] | None:
    consuming = getattr(ask.request.app.state, "consuming", None)
    if consuming is None:
        return None
    try:
        lags = await consuming.lag()
    except KafkaAway:
        return None
    found: dict[str, int] = {}
    for (topic, _), lag in lags.items():
        found[topic] = found.get(topic, 0) + lag
    return found


@router.get("/")
async def show_overview(ask: Asked) -> Response:
    """Counts by state, what is late or at risk and why, the rate and lag of every topic."""
    snapshot = await take_snapshot(ask)
    async with ask.read() as sql:
        since = datetime.now(UTC) - timedelta(minutes=PULSE_MINUTES)
        pulse = await overview.list_pulse(sql, since)
    return page(ask, "overview.html", seen=snapshot, titles=KIND_TITLES, pulse=pulse)


@router.get("/live/overview")
async def follow_overview(ask: Asked) -> Response:
    """What changes on the overview, as server-sent events."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_changes(ask), media_type="text/event-stream", headers=headers)


async def _changes(ask: Ask) -> AsyncIterator[str]:
    shown: dict[str, str] = {}
    listed: tuple[tuple[str, str], ...] | None = None
    head, quiet = -1, 0.0
    loop = asyncio.get_running_loop()
    while not await ask.request.is_disconnected():
        began = loop.time()
        try:
            async with ask.read() as sql:
                newest = await overview.find_head(sql)
            if newest != head or quiet >= QUIET_SECONDS_MAX:
                head, quiet = newest, 0.0
                snapshot = await take_snapshot(ask)
                made = snapshot.fragments()
                changed = _changed(shown, made)
                if listed is not None and listed != snapshot.late_lines:
                    changed = [text for text in changed if not text.startswith('<tr id="late-')]
                    changed.append(
                        fragment("parts.html", "late_rows", {"late": snapshot.late, "now": snapshot.now})
                    )
                if changed:
                    yield _event(head, changed)
                shown, listed = made, snapshot.late_lines
        except (DBAPIError, OSError):
            # The database is away for a while; the page says that it is not live as long as nothing comes.
            yield ": the database does not answer\n\n"
        passed = loop.time() - began
        quiet += max(PUSH_SECONDS_MIN, passed)
        await asyncio.sleep(max(PUSH_SECONDS_MIN - passed, 0))


def _changed(shown: dict[str, str], made: dict[str, str]) -> list[str]:
    return [text for mark, text in made.items() if shown.get(mark) != text]


def _event(head: int, elements: list[str]) -> str:
    lines = "\n".join(elements).splitlines()
    return f"id: {head}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
