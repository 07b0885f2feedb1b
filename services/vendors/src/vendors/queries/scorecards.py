"""Scorecards: a vendor's figures as of now and by week, and the events behind each figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.values import Quantity
from vendors.domain.answer import Schedule
from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.policy import Policy
from vendors.domain.score import Arrived, Happening, Score, ScoredLine, Supplied, score
from vendors.queries.masters import find_policy, find_vendor
from vendors.tables.readings import ARRIVED, SUPPLIED

WEEKS_COUNT_MAX: Final = 52

FIND_CALENDAR: Final = text("SELECT weekdays, days_off FROM calendars WHERE calendar_id = :calendar_id")
LIST_WEEKS: Final = text(
    """
    SELECT week_ends, otif_percent_micro, quality_ppm, price_drift_percent_micro, response_hours_micro,
           observed_lead_days_micro, lines, band
    FROM scores WHERE vendor_id = :vendor_id ORDER BY week_ends DESC LIMIT :limit
    """
)

_schedule: Reads[Schedule] = reader(Schedule)


@dataclass(frozen=True, slots=True)
class WeekView:
    """The figures that were told at the end of a week."""

    week_ends: date
    otif_percent: Quantity
    quality_ppm: int
    price_drift_percent: Quantity
    response_hours: Quantity
    observed_lead_days: Quantity
    lines: int
    band: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A vendor's figures from `since` to now, the requested date's OTIF beside the acknowledged one's; then weeks."""

    vendor_id: str
    since: datetime
    until: datetime
    otif_percent: Quantity
    requested_percent: Quantity
    quality_ppm: int
    price_drift_percent: Quantity
    response_hours: Quantity
    observed_lead_days: Quantity
    band: str
    lines: int
    weeks: tuple[WeekView, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A line, or schedule line, behind a figure: its own value, whether it is right, and what happened to the line.

    From day to day it was to be there.
    """

    purchase_order_id: str
    purchase_line_id: str
    sku: str
    quantity: Quantity
    value: str
    right: bool
    due: date
    from_day: date
    to_day: date
    events: tuple[Happening, ...]


_Judge = tuple[Callable[[Score], tuple[ScoredLine, ...]], Callable[[ScoredLine], tuple[str, bool] | None]]

FIGURES: Final[dict[str, _Judge]] = {
    "otif": (
        lambda found: found.dated,
        lambda row: ("on time in full" if row.on_time_in_full else "missed", row.on_time_in_full),
    ),
    "requested": (
        lambda found: found.rows,
        lambda row: ("as requested" if row.as_requested else "missed", row.as_requested),
    ),
    "quality": (lambda found: found.rows, lambda row: (f"{row.bad} of {row.bad + row.good}", not row.bad)),
    "price": (
        lambda found: found.rows,
        lambda row: (f"{row.price_drift_percent} %", row.price_drift_percent <= Quantity(0)),
    ),
    "response": (
        lambda found: found.answers,
        lambda row: None if row.response_hours is None else (f"{row.response_hours} h", True),
    ),
    "lead": (
        lambda found: found.rows,
        lambda row: None if row.lead_days is None else (f"{row.lead_days} d", True),
    ),
}


async def find_scorecard(
    sql: AsyncConnection, vendor_id: str, *, party: str | None, until: datetime
) -> ScoreView:
    """A vendor's figures as of `until`; raises `NotFound`."""
    found = await _score(sql, vendor_id, party, until)
    weeks = await sql.execute(LIST_WEEKS, {"vendor_id": vendor_id, "limit": WEEKS_COUNT_MAX})
    return ScoreView(
        vendor_id,
        found.since,
        found.until,
        found.otif_percent,
        found.requested_percent,
        found.quality_ppm,
        found.price_drift_percent,
        found.response_hours,
        found.observed_lead_days,
        found.band,
        len(found.rows),
        tuple(_week(row) for row in weeks),
    )


async def list_figure_rows(
    sql: AsyncConnection, vendor_id: str, figure: str, *, party: str | None, until: datetime
) -> list[FigureRow]:
    """The lines behind one figure, the oldest first; raises `NotFound` for an unknown vendor or figure."""
    if figure not in FIGURES:
        raise NotFound(f"no figure {figure}; there are {', '.join(FIGURES)}")
    rows, judge = FIGURES[figure]
    found = await _score(sql, vendor_id, party, until)
    judged = [(row, judge(row)) for row in rows(found)]
    return [_figure(row, *verdict) for row, verdict in judged if verdict is not None]


def _figure(row: ScoredLine, value: str, right: bool) -> FigureRow:
    line = row.line
    return FigureRow(
        line.purchase_order_id,
        line.purchase_line_id,
        line.sku,
        row.quantity,
        value,
        right,
        row.due,
        row.from_day,
        row.to_day,
        line.happened(),
    )


async def _score(sql: AsyncConnection, vendor_id: str, party: str | None, until: datetime) -> Score:
    vendor = await find_vendor(sql, vendor_id, party=party)
    view = await find_policy(sql)
    policy = Policy(**{name: getattr(view, name) for name in Policy.__dataclass_fields__})
    asked = {"vendor_ids": [vendor_id], "since": until - policy.scored_over}
    rows = (await sql.execute(SUPPLIED, asked)).all()
    arrived: dict[str, list[Arrived]] = {}
    for part in await sql.execute(ARRIVED, {"purchase_line_ids": [row.purchase_line_id for row in rows]}):
        arrived.setdefault(part.purchase_line_id, []).append(Arrived.of_row(part))
    lines = [
        Supplied.of_row(row, tuple(arrived.get(row.purchase_line_id, ())), _schedule(row.first_schedule))
        for row in rows
    ]
    calendar = await _calendar(sql, vendor.calendar_id)
    return score(vendor_id, lines, calendar=calendar, policy=policy, until=until)


async def _calendar(sql: AsyncConnection, calendar_id: str | None) -> WorkingDays:
    row = (await sql.execute(FIND_CALENDAR, {"calendar_id": calendar_id})).one_or_none()
    if row is None:
        return EVERY_DAY
    return WorkingDays(frozenset(row.weekdays), frozenset(date.fromisoformat(day) for day in row.days_off))


def _week(row: Any) -> WeekView:
    return WeekView(
        row.week_ends,
        Quantity.of_micro(row.otif_percent_micro),
        row.quality_ppm,
        Quantity.of_micro(row.price_drift_percent_micro),
        Quantity.of_micro(row.response_hours_micro),
        Quantity.of_micro(row.observed_lead_days_micro),
        row.lines,
        row.band,
    )
