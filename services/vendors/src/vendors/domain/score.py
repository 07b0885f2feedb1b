"""How well a vendor supplies: on time in full, rejected parts per million, price drift, response, observed lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from contracts.rounding import halved_even
from contracts.values import MICRO, Quantity, total
from contracts.vendors import SupplierScored
from vendors.domain.answer import Schedule, first_of
from vendors.domain.calendar import WorkingDays
from vendors.domain.figures import Band, band_of, mean, median, percent_of
from vendors.domain.policy import POINTS_WHOLE, Policy

HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one receipt brought: good quantity, and what was turned away, failed inspection or went back."""

    receipt_id: str
    at: datetime
    good: Quantity
    bad: Quantity

    @classmethod
    def of_row(cls, row: Any) -> Arrived:
        """What a row of the reading says."""
        good, bad = row.accepted_micro - row.bad_micro, row.rejected_micro + row.bad_micro
        return cls(row.receipt_id, row.received_at, Quantity.of_micro(good), Quantity.of_micro(bad))


@dataclass(frozen=True, slots=True)
class Supplied:
    """A purchase line as its vendor fulfilled it; prices are minor units of one unit in the line's currency."""

    purchase_order_id: str
    purchase_line_id: str
    sku: str
    unit: str
    quantity: Quantity
    under_points: int
    ordered_minor: int
    agreed_minor: int
    issued_at: datetime
    answered_at: datetime | None
    wanted_at: datetime
    first_at: datetime | None
    completed_at: datetime | None
    refused: bool
    arrivals: tuple[Arrived, ...] = ()
    first_schedule: Schedule = ()

    @classmethod
    def of_row(cls, row: Any, arrivals: tuple[Arrived, ...], schedule: Schedule) -> Supplied:
        """What a row of the reading says, with what arrived, and the parts that were promised first."""
        return cls(
            row.purchase_order_id,
            row.purchase_line_id,
            row.sku,
            row.unit,
            Quantity.of_micro(row.quantity_micro),
            row.under_points,
            row.unit_price_minor,
            row.agreed_minor,
            row.issued_at,
            row.answered_at,
            row.wanted_at,
            row.first_at,
            row.completed_at,
            row.was_refused,
            arrivals,
            schedule,
        )

    def happened(self) -> tuple[Happening, ...]:
        """What happened to the line, in order: the events behind its figures."""
        events = [Happening("issued", self.issued_at, self.purchase_order_id, self.quantity)]
        if self.answered_at is not None:
            what = "refused" if self.refused else "answered"
            events.append(Happening(what, self.answered_at, self.purchase_order_id, None))
        for each in self.arrivals:
            if each.good:
                events.append(Happening("accepted", each.at, each.receipt_id, each.good))
            if each.bad:
                events.append(Happening("not good", each.at, each.receipt_id, each.bad))
        return tuple(events)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a line: `named` is the order or the receipt that says so."""

    what: str
    at: datetime
    named: str
    quantity: Quantity | None


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line, or one of its schedule lines, with the verdicts on it.

    `due` is what so much of it is held to, the window's days are working days of the vendor.
    """

    line: Supplied
    quantity: Quantity
    due: date
    from_day: date
    to_day: date
    on_time_in_full: bool
    as_requested: bool
    good: Quantity
    bad: Quantity
    price_drift_percent: Quantity
    response_hours: Quantity | None
    lead_days: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of a span, and the lines behind them: `rows` were due or completed in it, `answers` answered.

    `dated` are the schedule lines that were; a line without is one by itself.
    """

    vendor_id: str
    since: datetime
    until: datetime
    otif_percent: Quantity
    requested_percent: Quantity
    quality_ppm: int
    price_drift_percent: Quantity
    response_hours: Quantity
    observed_lead_days: Quantity
    band: Band
    rows: tuple[ScoredLine, ...]
    answers: tuple[ScoredLine, ...]
    dated: tuple[ScoredLine, ...]

    def told(self) -> SupplierScored:
        """The fact of these figures."""
        return SupplierScored(
            self.vendor_id,
            self.otif_percent,
            self.quality_ppm,
            self.observed_lead_days,
            len(self.rows),
            self.price_drift_percent,
            self.response_hours,
        )


def next_week(at: datetime) -> datetime:
    """The moment at which the week of `at` ends: the next Monday at midnight UTC."""
    monday = at + timedelta(days=7 - at.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


def score(
    vendor_id: str,
    lines: Iterable[Supplied],
    *,
    calendar: WorkingDays,
    policy: Policy,
    until: datetime,
) -> Score:
    """The figures over the policy's weeks up to `until`.

    OTIF, by schedule line: the good quantity that arrived inside the window around the first acknowledged date (the
    requested one if nothing was acknowledged) is the ordered one within tolerance; what was rejected is not in full.
    """
    since = until - policy.scored_over
    judged = [_judged(line, calendar, policy) for line in lines]
    supplied = [row for row in judged if not row.line.refused]
    rows = tuple(row for row in supplied if _settled(row, since, until))
    parts = [part for row in supplied for part in _by_parts(row, calendar, policy)]
    dated = tuple(part for part in parts if _settled(part, since, until))
    answers = tuple(
        row for row in judged if row.line.answered_at is not None and since < row.line.answered_at <= until
    )
    otif = percent_of(sum(part.on_time_in_full for part in dated), len(dated))
    return Score(
        vendor_id,
        since,
        until,
        otif,
        percent_of(sum(row.as_requested for row in rows), len(rows)),
        parts_per_million(rows),
        mean([row.price_drift_percent for row in rows]),
        median([row.response_hours for row in answers if row.response_hours is not None]),
        median([Quantity(row.lead_days) for row in rows if row.lead_days is not None]),
        band_of(otif),
        rows,
        answers,
        dated,
    )


def _judged(line: Supplied, calendar: WorkingDays, policy: Policy) -> ScoredLine:
    due = (line.first_at or line.wanted_at).date()
    response = None
    if line.answered_at is not None:
        seconds = int((line.answered_at - line.issued_at).total_seconds())
        response = Quantity.of_micro(halved_even(seconds * MICRO, HOUR_SECONDS))
    lead = None
    if line.completed_at is not None:
        lead = calendar.between(line.issued_at.date(), line.completed_at.date())
    return ScoredLine(
        line,
        line.quantity,
        due,
        *_window(due, calendar, policy),
        _in_full(line, line.arrivals, *_window(due, calendar, policy)),
        _in_full(line, line.arrivals, *_window(line.wanted_at.date(), calendar, policy)),
        total(each.good for each in line.arrivals),
        total(each.bad for each in line.arrivals),
        _drift(line),
        response,
        lead,
    )


def _by_parts(row: ScoredLine, calendar: WorkingDays, policy: Policy) -> list[ScoredLine]:
    """The schedule lines of a line, each with the verdict on it; what arrives fills the first that is not full."""
    if not row.line.first_schedule:
        return [row]
    found, left = [], list(row.line.arrivals)
    for part in first_of(row.line.first_schedule, row.line.quantity):
        came, left = _filled(left, part.quantity)
        from_day, to_day = _window(part.at.date(), calendar, policy)
        held = replace(row.line, quantity=part.quantity)
        found.append(
            replace(
                row, quantity=part.quantity, due=part.at.date(), from_day=from_day, to_day=to_day,
                on_time_in_full=_in_full(held, came, from_day, to_day),
            )
        )  # fmt: skip
    return found


def _filled(arrivals: Sequence[Arrived], wanted: Quantity) -> tuple[list[Arrived], list[Arrived]]:
    """What of arrivals makes up so much, and what is left of them."""
    came, left = [], []
    for each in arrivals:
        taken = min(each.good, wanted)
        wanted = wanted - taken
        came.append(replace(each, good=taken))
        left.append(replace(each, good=each.good - taken))
    return came, left


def _window(due: date, calendar: WorkingDays, policy: Policy) -> tuple[date, date]:
    return calendar.moved(due, -policy.early_days), calendar.moved(due, policy.late_days)


def _in_full(line: Supplied, arrivals: Sequence[Arrived], from_day: date, to_day: date) -> bool:
    good = total(each.good for each in arrivals if from_day <= each.at.date() <= to_day)
    return good.micro * POINTS_WHOLE >= line.quantity.micro * (POINTS_WHOLE - line.under_points)


def _drift(line: Supplied) -> Quantity:
    if line.ordered_minor == 0:
        return Quantity(0)
    dearer = line.agreed_minor - line.ordered_minor
    return Quantity.of_micro(halved_even(dearer * 100 * MICRO, line.ordered_minor))


def _settled(row: ScoredLine, since: datetime, until: datetime) -> bool:
    """Whether the line was completed in the span, or its window went by in it without completion."""
    if row.line.completed_at is not None:
        return since < row.line.completed_at <= until
    return since.date() <= row.to_day < until.date()


def parts_per_million(rows: Sequence[ScoredLine]) -> int:
    """Rejected of all that arrived, in millionths; units that cannot be added are weighed by their lines."""
    bad: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    lines: dict[str, int] = defaultdict(int)
    for row in rows:
        unit = row.line.unit
        bad[unit] += row.bad.micro
        whole[unit] += row.bad.micro + row.good.micro
        lines[unit] += 1
    arrived = [unit for unit in sorted(whole) if whole[unit]]
    weight = sum(lines[unit] for unit in arrived)
    if not weight:
        return 0
    return sum(lines[unit] * halved_even(bad[unit] * MICRO, whole[unit]) for unit in arrived) // weight
