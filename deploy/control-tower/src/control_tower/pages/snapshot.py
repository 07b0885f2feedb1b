"""What the overview shows at one moment, and the pieces of it that may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from backbone.kafka import KafkaAway
from backbone.web import Ask
from contracts.topics import TOPICS
from control_tower.pages.render import fragment
from control_tower.queries import overview

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
    """How everything stands at `now` (business time), after the fact at position `head`; `pulse` is facts by minute."""

    head: int
    now: datetime
    counts: dict[str, list[overview.Count]]
    late: list[overview.LateLine]
    topics: list[TopicRow]
    pulse: list[tuple[int, int]]

    @property
    def late_count(self) -> int:
        """How many lines are late or at risk, shown or not."""
        return self.late[0].lines if self.late else 0

    def pieces(self) -> dict[str, str]:
        """What may change, as HTML by the id of the element that it replaces."""
        found = {
            f"counts-{kind}": fragment("counts", kind=kind, counts=counts)
            for kind, counts in self.counts.items()
        }
        found["late-count"] = fragment("late_count", count=self.late_count)
        found |= {row_id(line): fragment("late_row", line=line, now=self.now) for line in self.late}
        found |= {f"topic-{row.topic}": fragment("topic_row", row=row) for row in self.topics}
        return found

    def whole_list(self) -> str:
        """The list of late lines, for when lines come or go."""
        return fragment("late_rows", late=self.late, now=self.now)

    @property
    def listed(self) -> tuple[str, ...]:
        """Which late lines are listed, in order."""
        return tuple(row_id(line) for line in self.late)


def row_id(line: overview.LateLine) -> str:
    """What names the row of a late line."""
    return f"late-{line.order_id}-{line.line_id}"


async def take_snapshot(ask: Ask) -> Snapshot:
    """How everything stands now."""
    lags = await _lags(ask)
    async with ask.read() as sql:
        head = await overview.find_head(sql)
        counts = await overview.list_counts(sql)
        late = await overview.list_late(sql, ask.now)
        since = datetime.now(UTC) - timedelta(seconds=overview.RATE_SECONDS)
        rates = await overview.list_rates(sql, since)
        pulse = await overview.list_pulse(sql, datetime.now(UTC) - timedelta(minutes=PULSE_MINUTES))
    by_kind: dict[str, list[overview.Count]] = {kind: [] for kind in KIND_TITLES}
    for count in counts:
        by_kind[count.kind].append(count)
    rows = [
        TopicRow(topic.name, topic.owner, rates.get(topic.name, 0), lags.get(topic.name, 0) if lags else None)
        for topic in TOPICS
    ]
    return Snapshot(head, ask.now, by_kind, late, rows, pulse)


async def _lags(ask: Ask) -> dict[str, int] | None:
    """Facts of each topic that are not kept yet; None where this process does not hear or Kafka is away."""
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
