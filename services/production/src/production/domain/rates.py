"""What an hour at a work centre costs, from which moment on: what held is never written again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from backbone.errors import Invalid, Refusal
from contracts.values import Quantity
from production.domain.plant import WorkCentre, wrong_rates

# From when the rates hold that a work centre was defined with.
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
RATES_COUNT_MAX: Final = 1_000


class RatesHold(Refusal):
    """Rates that hold or held are not taken back: work was costed by them."""


class RatesToCome(Refusal):
    """Rates that are said for later would be so much of another currency."""


@dataclass(frozen=True, slots=True)
class DatedRates:
    """Rates of a work centre from a moment on, in minor units an hour; of the same moment the last said count."""

    work_centre_id: str
    rate_no: int
    holds_from: datetime
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    def __post_init__(self) -> None:
        wrong = wrong_rates(self.labour_rate_minor, self.machine_rate_minor, self.overhead_rate)
        if wrong:
            raise Invalid("an hour cannot cost this", wrong)

    @classmethod
    def of(cls, centre: WorkCentre, holds_from: datetime, by: str) -> DatedRates:
        """The rates that a work centre is defined with."""
        return cls(
            centre.work_centre_id, 0, holds_from, centre.labour_rate_minor, centre.machine_rate_minor,
            centre.overhead_rate, by,
        )  # fmt: skip

    def same(self, centre: WorkCentre) -> bool:
        """Whether an hour costs what a definition says."""
        return DatedRates.of(centre, self.holds_from, "") == replace(self, rate_no=0, by="")

    def numbered(self, known: Sequence[DatedRates], now: datetime) -> DatedRates:
        """The rates under the next number; raises `Invalid` for a moment that is over, and for too many."""
        if self.holds_from < now:
            raise Invalid(
                "what an hour has cost is not changed afterwards", [("/holds_from", "now or later")]
            )
        if len(known) >= RATES_COUNT_MAX:
            raise Invalid("a work centre has so many rates", [("", f"at most {RATES_COUNT_MAX}")])
        return replace(self, rate_no=len(known) + 1)

    def withdrawn(self, by: str, now: datetime) -> DatedRates:
        """The rates as they never hold; the same when that was said before. Raises `RatesHold`."""
        if self.withdrawn_at is not None:
            return self
        if self.holds_from <= now:
            raise RatesHold(f"rates {self.rate_no} of {self.work_centre_id} hold since {self.holds_from}")
        return replace(self, withdrawn_at=now, withdrawn_by=by)


def standing(known: Iterable[DatedRates], now: datetime) -> DatedRates | None:
    """Those that hold at a moment."""
    begun = [each for each in known if each.withdrawn_at is None and each.holds_from <= now]
    return max(begun, key=lambda each: (each.holds_from, each.rate_no), default=None)


def demand_currency(centre: WorkCentre, was: WorkCentre, known: Iterable[DatedRates], now: datetime) -> None:
    """Raise `RatesToCome` where a work centre would count in another currency while rates are still to come."""
    at = coming(known, now)
    if centre.currency != was.currency and at is not None:
        raise RatesToCome(
            f"rates of {was.work_centre_id} in {was.currency} hold from {at:%Y-%m-%d %H:%M} UTC on; "
            "take back those that are to come first",
            [("/currency", f"{was.currency}, as long as rates are to come")],
        )


def coming(known: Iterable[DatedRates], now: datetime) -> datetime | None:
    """When the next others hold; None where none are said."""
    moments = (each.holds_from for each in known if each.withdrawn_at is None and each.holds_from > now)
    return min(moments, default=None)
