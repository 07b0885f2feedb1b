"""Facts of production about its periods of cost, and the topic that carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.topic import Topic


@dataclass(frozen=True, slots=True)
class PeriodClosed:
    """The costs of a month of a site do not change any more; what is booked late goes to a later one."""

    period_id: str
    site_id: str
    month: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class PeriodReopened:
    """Two people wanted the last closed month of a site open again."""

    period_id: str
    site_id: str
    month: str
    asked_by: str
    opened_by: str
    reason: str


PERIOD: Final = Topic(
    "production.period.v1",
    "production",
    "period_id",
    (PeriodClosed, PeriodReopened),
    frozenset({PeriodClosed, PeriodReopened}),
)
