"""Periods of cost: what runs took, what was worked and what they gave, booked act by act and closed month by month.

A booking belongs to the period whose close first finds it: what comes late goes to the next one, and a closed period
never changes. At each close cost in is cost out, to the cent: what was begun before, material and work are together
what was made, what was written off and what is begun still.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from backbone.errors import Invalid, Refusal
from contracts.periods import PeriodClosed, PeriodReopened
from contracts.production import MaterialConsumed, MaterialProduced
from production.domain.act import Abort, Act, Decide
from production.domain.recipe import SecondPersonNeeded
from production.domain.run import Run
from production.domain.states import WrongState

# A month may be closed so many days before it ends; what follows in it goes to the next.
EARLY_DAYS_MAX: Final = 5
_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
PeriodState = Literal["closed", "reopening", "open"]


class BooksDoNotBalance(Refusal):
    """What went into runs is not what came out of them and what is begun: a period is not closed over a difference."""


class NotTheLastPeriod(Refusal):
    """Periods are closed in order, and the last one that was closed is reopened first."""


class TooEarly(Refusal):
    """A period is closed when it ends, or a few days before."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What an act at a run cost and gave, in minor units; nothing of it ever changes."""

    run_id: str
    entry_no: int
    site_id: str
    currency: str
    material: int
    work: int
    made: int
    written_off: int

    @property
    def begun(self) -> int:
        """By how much the cost that no lot bears yet has grown."""
        return self.material + self.work - self.made - self.written_off


@dataclass(frozen=True, slots=True)
class Totals:
    """A period in minor units of one currency: opening + material + work = made + written off + closing."""

    currency: str
    opening: int
    material: int
    work: int
    made: int
    written_off: int
    closing: int
    bookings: int
    late: int
    open_runs: int


@dataclass(frozen=True, slots=True)
class Period:
    """A month of a site (2026-03) as it was closed, and who wants it open again."""

    site_id: str
    month: str
    state: PeriodState
    totals: tuple[Totals, ...]
    closed_by: str
    closed_at: datetime
    reopened_by: str | None = None
    reason: str | None = None
    version: int = 1

    @property
    def period_id(self) -> str:
        """The key under which it is told."""
        return f"{self.site_id}:{self.month}"

    def told(self) -> PeriodClosed:
        """The fact of its close."""
        return PeriodClosed(self.period_id, self.site_id, self.month, self.closed_by)

    def reopened(self, *, by: str, reason: str) -> tuple[Period, PeriodReopened | None]:
        """One person asks for it, a second one opens it; raises `SecondPersonNeeded`, `WrongState`."""
        if self.state == "open":
            raise WrongState(f"period {self.month} of {self.site_id} is open")
        if self.state == "closed":
            return replace(
                self, state="reopening", reopened_by=by, reason=reason, version=self.version + 1
            ), None
        if by == self.reopened_by:
            raise SecondPersonNeeded("a second person opens a closed period again")
        fact = PeriodReopened(
            self.period_id, self.site_id, self.month, self.reopened_by or by, by, self.reason or reason
        )
        return replace(self, state="open", version=self.version + 1), fact


def ends_at(month: str) -> datetime:
    """The first moment after a month like 2026-03, in UTC; raises `Invalid` for what is no month."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise Invalid("a period is a month", [("/month", "like 2026-03")])
    year, number = int(found[1]), int(found[2])
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def begins_at(month: str) -> datetime:
    """The first moment of a month like 2026-03, in UTC; raises `Invalid` for what is no month."""
    return (ends_at(month) - timedelta(days=1)).replace(day=1)


def demand_closable(month: str, last_closed: str | None, now: datetime) -> None:
    """Raise `TooEarly`, `NotTheLastPeriod` or `Invalid` unless a month can be closed now."""
    if now < ends_at(month) - timedelta(days=EARLY_DAYS_MAX):
        raise TooEarly(f"{month} is closed at most {EARLY_DAYS_MAX} days before it ends")
    if last_closed is not None and month <= last_closed:
        raise NotTheLastPeriod(f"{last_closed} is closed already; what is booked late goes to a later month")


def demand_balance(totals: Sequence[Totals], begun: dict[str, int], booked: dict[str, int]) -> None:
    """Raise `BooksDoNotBalance` unless the books (`booked`) say of what is begun what the runs do, by currency."""
    for currency in sorted({*begun, *booked}):
        difference = booked.get(currency, 0) - begun.get(currency, 0)
        if difference:
            raise BooksDoNotBalance(
                f"the books and the runs differ by {difference} minor units of {currency}"
            )
    for each in totals:
        if each.opening + each.material + each.work != each.made + each.written_off + each.closing:
            raise BooksDoNotBalance(f"cost in is not cost out in {each.currency}")


def begun(run: Run) -> int:
    """What a run took and worked that no lot bears yet, in minor units; what is over has nothing begun."""
    if run.over:
        return 0
    pending = run.floor.pending.total if run.floor.pending is not None else 0
    ahead = sum(stage.cost.total for stage in run.floor.stages)
    return sum(part.cost.total for part in run.floor.open) + pending + ahead


def booked(before: Run, act: Act, after: Run, facts: Sequence[object], currency: str) -> Booked | None:
    """The booking of an act, None for one that cost and gave nothing."""
    material = sum(
        part.cost.total for fact in facts if isinstance(fact, MaterialConsumed) for part in fact.lots
    )
    made = sum(
        lot.part.cost.total for fact in facts if isinstance(fact, MaterialProduced) for lot in fact.lots
    )
    works = [run.floor.work.total if run.floor.work is not None else 0 for run in (before, after)]
    given_up = isinstance(act, Abort) or (isinstance(act, Decide) and act.verdict == "abort")
    off = begun(before) if given_up else 0
    if not (material or made or off or works[0] != works[1]):
        return None
    return Booked(
        after.run_id, after.floor.entries, after.site_id, currency, material, works[1] - works[0], made, off
    )
