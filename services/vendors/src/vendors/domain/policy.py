"""How we buy: the limits, tolerances and spans that buyers and approvers have agreed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from backbone.errors import Invalid, Refusal
from contracts.values import is_currency

POINTS_WHOLE: Final = 10_000
ANSWER_HOURS_MAX: Final = 24 * 90
WINDOW_DAYS_MAX: Final = 60
SCORE_WEEKS_MAX: Final = 104


class PolicyIsImpossible(Invalid):
    """A limit or a span is out of its range."""


class CurrencyIsKept(Refusal):
    """What goods have cost, what vendors quoted and what is charged is in our currency; no other adds up with it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Money in minor units of `currency`, tolerances in hundredths of a per cent, spans as their names say.

    The currency is that of all costs of goods: it can be chosen until something is bought, and stays then.
    An order or award worth more than the approval limit needs a second person.
    """

    currency: str = "EUR"
    approval_limit_minor: int = 5_000_000
    answer_hours: int = 24
    quotation_hours: int = 72
    price_tolerance_points: int = 200
    over_tolerance_points: int = 1_000
    under_tolerance_points: int = 0
    early_days: int = 3
    late_days: int = 0
    score_weeks: int = 12
    version: int = 0

    def checked(self) -> Policy:
        """The policy itself; raises `PolicyIsImpossible` with what is out of range."""
        broken = tuple(self._broken())
        if broken:
            raise PolicyIsImpossible("a figure of the policy is out of its range", broken)
        return self

    def followed_by(self, later: Policy, *, bought: bool) -> None:
        """Raise `CurrencyIsKept` when something was bought already and `later` reckons in another currency."""
        if bought and later.currency != self.currency:
            raise CurrencyIsKept(f"what was bought is reckoned in {self.currency}; that stays our currency")

    def _broken(self) -> Iterator[tuple[str, str]]:
        if not is_currency(self.currency):
            yield "/currency", "is three capital letters"
        ranges = {
            "approval_limit_minor": (self.approval_limit_minor, 0, 10**15),
            "answer_hours": (self.answer_hours, 1, ANSWER_HOURS_MAX),
            "quotation_hours": (self.quotation_hours, 1, ANSWER_HOURS_MAX),
            "price_tolerance_points": (self.price_tolerance_points, 0, POINTS_WHOLE),
            "over_tolerance_points": (self.over_tolerance_points, 0, POINTS_WHOLE),
            "under_tolerance_points": (self.under_tolerance_points, 0, POINTS_WHOLE),
            "early_days": (self.early_days, 0, WINDOW_DAYS_MAX),
            "late_days": (self.late_days, 0, WINDOW_DAYS_MAX),
            "score_weeks": (self.score_weeks, 1, SCORE_WEEKS_MAX),
        }
        for name, (value, least, most) in ranges.items():
            if not least <= value <= most:
                yield f"/{name}", f"lies between {least} and {most}"

    @property
    def answer_within(self) -> timedelta:
        """How long a vendor has to answer an order."""
        return timedelta(hours=self.answer_hours)

    @property
    def quotation_within(self) -> timedelta:
        """How long vendors have to answer an RFQ."""
        return timedelta(hours=self.quotation_hours)

    @property
    def scored_over(self) -> timedelta:
        """The span that a score looks back; a week is 7 days."""
        return timedelta(days=7 * self.score_weeks)

    def needs_second(self, worth_minor: int) -> bool:
        """Whether so much money, in our currency, needs a second person."""
        return worth_minor > self.approval_limit_minor
