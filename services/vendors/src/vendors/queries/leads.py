"""Terms whose declared lead is not what their vendors take: what was seen, and the deliveries behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.lead import Delivered, drifted, lead_of, observed
from vendors.queries.masters import find_policy
from vendors.tables.leads import DELIVERED

TERMS: Final = text(
    """
    SELECT terms_id, vendor_id, sku, site_id, lead_days, weekdays, days_off
    FROM terms LEFT JOIN calendars USING (calendar_id) WHERE state = 'published' ORDER BY terms_id
    """
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery, and how many working days it took."""

    purchase_line_id: str
    issued_at: datetime
    wanted_at: datetime
    completed_at: datetime
    lead_days: int


@dataclass(frozen=True, slots=True)
class LeadDrift:
    """Terms that declare another lead than was seen, with the deliveries that say so."""

    terms_id: str
    vendor_id: str
    sku: str
    site_id: str
    declared_lead_days: int
    observed_lead_days: int
    deliveries: tuple[Delivery, ...]


async def list_lead_drifts(sql: AsyncConnection, now: datetime) -> list[LeadDrift]:
    """The terms in force whose lead is off by more than is let be."""
    rows = (await sql.execute(TERMS)).all()
    since = now - timedelta(days=7 * (await find_policy(sql)).score_weeks)
    wanted = {"terms_ids": [row.terms_id for row in rows], "since": since}
    delivered: dict[str, list[Delivered]] = {}
    for row in await sql.execute(DELIVERED, wanted):
        delivered.setdefault(row.terms_id, []).append(Delivered(*row[1:]))
    found = []
    for row in rows:
        lines, days = delivered.get(row.terms_id, []), EVERY_DAY
        if row.weekdays is not None:
            days = WorkingDays(frozenset(row.weekdays), frozenset(map(date.fromisoformat, row.days_off)))
        seen = observed(lines, row.lead_days, days)
        if seen is None or not drifted(row.lead_days, seen):
            continue
        deliveries = tuple(
            Delivery(
                each.purchase_line_id,
                each.issued_at,
                each.wanted_at,
                each.completed_at,
                lead_of(each, row.lead_days, days),
            )
            for each in lines
        )
        found.append(
            LeadDrift(row.terms_id, row.vendor_id, row.sku, row.site_id, row.lead_days, seen, deliveries)
        )
    return found
