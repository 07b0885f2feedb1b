"""Forecasts and master schedules: what is expected of an item in a period, as far as orders do not use it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from backbone.errors import Invalid
from materials.domain.item import Item, Parameters, QuantityIsNotWhole

ForecastKind = Literal["forecast", "schedule"]
PERIOD_DAYS_MAX: Final = 366
Want = tuple[date, int]
Place = tuple[str, str]


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


def counted(
    forecasts: Sequence[Forecast], told: Parameters | None, now: datetime, fence: date
) -> list[Forecast]:
    """Those that are planned for, by their first day: of items made to stock, and not over.

    `fence` is the day up to which orders count alone (the demand fence); the master schedule replaces what is forecast
    for its days.
    """
    if told is None or told.strategy != "make-to-stock":
        return []
    scheduled = [each for each in forecasts if each.kind == "schedule" and each.quantity_micro]
    found = [
        each
        for each in forecasts
        if each.quantity_micro
        and each.last >= max(fence, now.date())
        and (
            each.kind == "schedule"
            or not any(one.first <= each.last and each.first <= one.last for one in scheduled)
        )
    ]
    return sorted(found, key=lambda each: (each.starts_on, each.kind))


def left_over(
    forecasts: Sequence[Forecast], wants: Iterable[Want], back_days: int, ahead_days: int
) -> list[int]:
    """What orders leave of each forecast, in their order; `forecasts` go by their first day.

    Each want, by date, uses up its own period first, then earlier ones that end at most `back_days` before it, the
    nearest first, then later ones that begin at most `ahead_days` after it. It is never added to what is forecast.
    Source: forecast consumption, APICS Dictionary; backward then forward within its windows.
    """
    left = [each.quantity_micro for each in forecasts]
    for day, micro in sorted(wants):
        own = [n for n, each in enumerate(forecasts) if each.first <= day <= each.last]
        back = [n for n, each in enumerate(forecasts) if 0 < (day - each.last).days <= back_days]
        ahead = [n for n, each in enumerate(forecasts) if 0 < (each.first - day).days <= ahead_days]
        for number in [*own, *reversed(back), *ahead]:
            used = min(left[number], micro)
            left[number] -= used
            micro -= used
            if not micro:
                break
    return left
