"""Runs that take longer than planned: until when they are reckoned to last, from what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from production.domain.run import Run
from production.domain.scheduling.board import Booking
from production.domain.scheduling.giving_way import DAMPING_SPAN
from production.domain.scheduling.working import HORIZON_DAYS_MAX

GOING: Final = frozenset({"running", "held"})
# Of a run that has reported nothing it is known only how long it has taken: it is given so much of that again.
AGAIN_PART: Final = 4
_DAY_SECONDS: Final = 86_400


def overrun(run: Run, now: datetime) -> bool:
    """Whether a run goes on beyond its place in time by more than the damping."""
    return run.state in GOING and now >= run.ends_at + DAMPING_SPAN


def overrun_at(run: Run) -> datetime:
    """When it is looked whether a run that goes on is over."""
    return run.ends_at + DAMPING_SPAN


def lasting_until(run: Run, now: datetime) -> datetime:
    """When a run that goes on is reckoned to end, so long as nothing more is known.

    By its pace where it has reported: what is left takes as long for each as what is done. One that began late lasts as
    long as it was planned to. Else a quarter of the time that it has taken is added, so that a run of unknown end moves
    others ever less often. At least the damping.
    """
    began = run.floor.started_at or run.starts_at
    planned = began + (run.ends_at - run.starts_at)
    if not run.done_runs.micro and planned > now:
        return max(planned, now + DAMPING_SPAN)
    taken = (now - began) // timedelta(seconds=1)
    done, left = run.done_runs.micro, (run.runs - run.done_runs).micro
    more = -(-taken * left // done) if done else -(-taken // AGAIN_PART)
    span = timedelta(seconds=min(more, HORIZON_DAYS_MAX * _DAY_SECONDS))
    return now + max(span, DAMPING_SPAN)


def last_of(bookings: Sequence[Booking]) -> Booking:
    """The one that ends last."""
    return max(bookings, key=lambda each: (each.ends_at, each.operation_no))


def stretched(run: Run, bookings: Sequence[Booking], until: datetime) -> tuple[Booking, ...]:
    """The bookings of a run with the last one lasting until then; none of them begins before the run did."""
    last, began = last_of(bookings), run.floor.started_at or run.starts_at
    return tuple(
        replace(
            each,
            starts_at=max(each.starts_at, began),
            ends_at=until if each is last else max(each.ends_at, began),
        )
        for each in bookings
    )
