"""The limits of visits, and why something that is asked of one is refused."""

from __future__ import annotations

from typing import Final

from backbone.errors import Invalid, Refusal, Stale

OFFER_AGAIN_HOURS: Final = 24
REMINDERS_COUNT_MAX: Final = 2
# Offer -> reminder -> reminder -> call -> held: four stretches of time.
STEPS_COUNT_MAX: Final = 4
STEP_HOURS_MAX: Final = 24
STEP_MINUTES_MIN: Final = 60


class NotThisKind(Refusal):
    """A visit is not dispatched, a hand-over is not worked on."""


class TimeHasPassed(Refusal):
    """The offered time is over; another one has to be chosen."""


class TimeIsAhead(Refusal):
    """Nobody can have missed what has not begun."""


class OfferIsOutdated(Stale):
    """The client answers an offer that was replaced meanwhile."""


class ChangeIsPending(Refusal):
    """A change of the order is asked for, and its customer has not decided."""


class NothingToOffer(Refusal):
    """There is no time that could be offered."""


class WorkIsNotReported(Invalid):
    """Lots are refused of a visit, which has none."""
