"""Forecasts and master schedules: what is expected of an item in a period, as far as orders do not use it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from backbone.errors import Invalid
from materials.domain.item import Item, Parameters, QuantityIsNotWhole

ForecastKind = Literal["forecast", "schedule"]
PERIOD_DAYS_MAX: Final = 366
Want = tuple[date, int]
Place = tuple[str, str]
_DAY: Final = timedelta(days=1)


class PeriodIsImpossible(Invalid):
    """A period ends before it begins, or is longer than a year."""


class PeriodsOverlap(Invalid):
    """Two forecasts of one kind for an item at a site have days in common."""


class Forecast(NamedTuple):
    """So much of an item is expected to be wanted at a site from a first day to a last one (ISO dates).

    What the master schedule says of a day goes before what is forecast for it.
    """

    sku: str
    site_id: str
    kind: ForecastKind
    starts_on: str
    ends_on: str
    quantity_micro: int

    @property
    def place(self) -> Place:
        """Site and item."""
        return (self.site_id, self.sku)

    @property
    def first(self) -> date:
        """The first day."""
        return date.fromisoformat(self.starts_on)

    @property
    def last(self) -> date:
        """The last day, which belongs to it."""
        return date.fromisoformat(self.ends_on)

    @property
    def demand_id(self) -> str:
        """The key of its demand."""
        return f"forecast/{self.site_id}/{self.sku}/{self.kind}/{self.starts_on}"

    def checked(self, item: Item, others: Iterable[Forecast]) -> Forecast:
        """Itself, beside others of its item and site, of which one that begins on the same day is replaced.

        Raises `PeriodIsImpossible`, `PeriodsOverlap`, `QuantityIsNotWhole`.
        """
        if not 0 <= (self.last - self.first).days < PERIOD_DAYS_MAX:
            raise PeriodIsImpossible(
                "a period has its last day not before its first",
                [("/ends_on", f"1 to {PERIOD_DAYS_MAX} days")],
            )
        if self.quantity_micro < 0 or self.quantity_micro % item.quantum_micro:
            raise QuantityIsNotWhole(
                f"{self.sku} is counted in whole multiples of {item.quantum_micro} millionths",
                [("/quantity", "not whole")],
            )
        for other in others:
            same = other.kind == self.kind and other.starts_on != self.starts_on
            if same and other.quantity_micro and other.first <= self.last and self.first <= other.last:
                raise PeriodsOverlap(
                    f"{other.starts_on} to {other.ends_on} is told already", [("/starts_on", "overlaps")]
                )
        return self


class Portion(NamedTuple):
    """What of a forecast is planned for, and the stretches of days (first and last) that are its own."""

    forecast: Forecast
    micro: int
    days: tuple[tuple[date, date], ...]

    @classmethod
    def whole(cls, forecast: Forecast) -> Portion:
        """All of it."""
        return cls(forecast, forecast.quantity_micro, ((forecast.first, forecast.last),))

    def distance(self, day: date) -> tuple[int, int] | None:
        """How many days its nearest earlier and its nearest later day lie away (0: none); None on a day of its own."""
        if any(first <= day <= last for first, last in self.days):
            return None
        back = min((day - last for _, last in self.days if last < day), default=timedelta())
        ahead = min((first - day for first, _ in self.days if first > day), default=timedelta())
        return back.days, ahead.days

    def without(self, others: Iterable[Forecast], quantum_micro: int) -> Portion:
        """The share of the days that are left beside those of others, rounded up once."""
        days = list(self.days)
        for other in others:
            before = [(first, min(last, other.first - _DAY)) for first, last in days]
            after = [(max(first, other.last + _DAY), last) for first, last in days]
            days = sorted({(first, last) for first, last in [*before, *after] if first <= last})
        left, whole = _count(days), _count(self.days)
        micro = -(-self.micro * left // (whole * quantum_micro)) * quantum_micro
        return Portion(self.forecast, micro if left < whole else self.micro, tuple(days))


def _count(days: Iterable[tuple[date, date]]) -> int:
    return sum((last - first).days + 1 for first, last in days)


def counted(
    forecasts: Sequence[Forecast],
    told: Parameters | None,
    now: datetime,
    fence: date,
    quantum_micro: int = 1,
) -> list[Portion]:
    """What is planned for of them, by their first day: of items made to stock, and not over.

    `fence` is the day up to which orders count alone (the demand fence); the master schedule replaces what is forecast
    on its days, which is the part of it that falls on them.
    """
    if told is None or told.strategy != "make-to-stock":
        return []
    scheduled = [each for each in forecasts if each.kind == "schedule" and each.quantity_micro]
    found = []
    for each in forecasts:
        portion = Portion.whole(each)
        if each.kind == "forecast":
            portion = portion.without(scheduled, quantum_micro)
        if portion.micro and portion.days and portion.days[-1][1] >= max(fence, now.date()):
            found.append(portion)
    return sorted(found, key=lambda each: (each.forecast.starts_on, each.forecast.kind))


def left_over(
    portions: Sequence[Portion], wants: Iterable[Want], back_days: int, ahead_days: int
) -> list[int]:
    """What orders leave of each portion, in their order; `portions` go by their first day.

    Each want, by date, uses up its own period first, then earlier ones that end at most `back_days` before it, the
    nearest first, then later ones that begin at most `ahead_days` after it. It is never added to what is forecast.
    Source: forecast consumption, APICS Dictionary; backward then forward within its windows.
    """
    left = [each.micro for each in portions]
    for day, micro in sorted(wants):
        for number in _nearest(portions, day, back_days, ahead_days):
            used = min(left[number], micro)
            left[number] -= used
            micro -= used
            if not micro:
                break
    return left


def _nearest(portions: Sequence[Portion], day: date, back_days: int, ahead_days: int) -> list[int]:
    own, back, ahead = [], [], []
    for number, each in enumerate(portions):
        away = each.distance(day)
        if away is None:
            own.append(number)
        elif 0 < away[0] <= back_days:
            back.append((away[0], number))
        elif 0 < away[1] <= ahead_days:
            ahead.append((away[1], number))
    return [*own, *(number for _, number in sorted(back)), *(number for _, number in sorted(ahead))]
