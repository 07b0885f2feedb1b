"""One order as people read it: facts with when, who, what and because of which; what is done for it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from control_tower.domain.heard import Heard, in_order
from control_tower.domain.supply import Span
from control_tower.domain.words import actor_of, plans_for, says, title_of


@dataclass(frozen=True, slots=True)
class Step:
    """A fact on the timeline; `caused_by` is the id of the fact that led to it, `because` that fact's title.

    `told_at` and `planned_at` are business time, `recorded_at` is the wall clock of the teller.
    """

    event_id: str
    name: str
    title: str
    says: str
    service: str
    topic: str
    key: str
    actor: str
    told_at: datetime
    recorded_at: datetime
    planned_at: datetime | None
    caused_by: str | None
    because: str
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A run, purchase order or visit of an order: planned against actual."""

    kind: str
    subject_id: str
    state: str
    label: str
    span: Span


def steps_of(heard: Sequence[Heard]) -> list[Step]:
    """The steps of a timeline, in the order of their facts."""
    titles = {one.event_id: title_of(one.name) for one in heard}
    return [
        Step(
            one.event_id,
            one.name,
            title_of(one.name),
            says(one.fact),
            one.teller,
            one.topic,
            one.key,
            actor_of(one.fact, one.teller),
            one.told_at,
            one.recorded_at,
            plans_for(one.fact),
            one.causation_id,
            titles.get(one.causation_id or "", ""),
            one.correlation_id,
        )
        for one in in_order(heard)
    ]
