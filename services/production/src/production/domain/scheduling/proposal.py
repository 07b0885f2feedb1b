"""A schedule of a whole site as it is proposed: reckoned, shown beside what is, accepted or left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Invalid, Pointer, Refusal
from production.domain.run import Run
from production.domain.scheduling.hours import seconds
from production.domain.scheduling.improving import Search, listed
from production.domain.scheduling.manning import with_people
from production.domain.scheduling.sequencing import Sequences
from production.domain.scheduling.shop import Lateness, Schedule, Shop, lateness
from production.domain.scheduling.site import Model, Move, Site

FROZEN_HOURS_USUAL: Final = 24
FROZEN_HOURS_MAX: Final = 24 * 90
DAMPING_MINUTES_USUAL: Final = 30
DAMPING_MINUTES_MAX: Final = 7 * 24 * 60
RUNS_COUNT_MAX: Final = 20_000
# Rounds of swaps: each times every load some twenty times, so a large site has few.
ROUNDS_COUNT_MAX: Final = 200
ROUND_LOADS_COUNT: Final = 60_000


class ScheduleNotProposed(Refusal):
    """Only a schedule that is reckoned and waits for an answer can be accepted or rejected."""


class ScheduleOutdated(Refusal):
    """Runs that a schedule moves, or machines that it takes, are not as they were when it was reckoned."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A schedule of a site; counts of late runs and seconds of delay are those of movable runs, before and in it."""

    schedule_id: str
    site_id: str
    frozen_hours: int
    damping_minutes: int
    asked_by: str
    asked_at: datetime
    state: str = "computing"
    frozen_until: datetime | None = None
    runs_count: int = 0
    moved_count: int = 0
    late_was_count: int = 0
    late_count: int = 0
    tardy_seconds_was: int = 0
    tardy_seconds: int = 0
    accepted_by: str | None = None
    rejected_by: str | None = None

    def demand_possible(self) -> None:
        """Raise `Invalid` for spans that nobody can mean."""
        wrong: list[Pointer] = []
        if not 0 <= self.frozen_hours <= FROZEN_HOURS_MAX:
            wrong.append(("/frozen_hours", f"0 to {FROZEN_HOURS_MAX} hours"))
        if not 0 <= self.damping_minutes <= DAMPING_MINUTES_MAX:
            wrong.append(("/damping_minutes", f"0 to {DAMPING_MINUTES_MAX} minutes"))
        if wrong:
            raise Invalid("no site is scheduled like that", wrong)

    @property
    def damping(self) -> timedelta:
        """A run that moves no further is not told of."""
        return timedelta(minutes=self.damping_minutes)

    def accepted(self, by: str) -> Proposal:
        """Somebody accepts; raises `ScheduleNotProposed`."""
        self._demand_proposed()
        return replace(self, state="accepted", accepted_by=by)

    def rejected(self, by: str) -> Proposal:
        """Somebody leaves all as it is; raises `ScheduleNotProposed`."""
        self._demand_proposed()
        return replace(self, state="rejected", rejected_by=by)

    def _demand_proposed(self) -> None:
        if self.state != "proposed":
            raise ScheduleNotProposed(f"schedule {self.schedule_id} is {self.state}")

    def demand_current(
        self, moves: Sequence[Move], runs: dict[str, Run], taken: int, gone_by: int = 0
    ) -> None:
        """Raise `ScheduleOutdated` when a run changed, machines were `taken` or places have `gone_by` meanwhile."""
        other = sum(
            move.run_id not in runs or runs[move.run_id].version != move.run_version for move in moves
        )
        if other or taken or gone_by:
            raise ScheduleOutdated(
                f"{other} runs have changed, {taken} places were taken and {gone_by} have gone by since it was "
                "reckoned; propose another"
            )


def settled(shop: Shop, found: Schedule) -> Schedule:
    """A schedule in its order with everything as late as is early enough, and nobody later than it was found.

    In the same order work can begin before a stop, behind which the next one needs a longer setup: then all stays.
    """
    sequences = Sequences.of(shop, found)
    made = sequences.earliest()
    assert made is not None
    if lateness(shop, sequences.schedule(made)) > lateness(shop, found):
        return found
    sequences.latest(made)
    return sequences.schedule(made)


class Reckoning:
    """The work on one proposal, in steps: lists first, then rounds of swaps, then as late as is early enough."""

    def __init__(self, site: Site, proposal: Proposal, now: datetime) -> None:
        frozen_until = now + timedelta(hours=proposal.frozen_hours)
        self.proposal = replace(proposal, frozen_until=frozen_until)
        self.model = Model(site, now, frozen_until)
        steps = len(self.model.shop.steps)
        # Where nothing may move there is nothing to swap.
        self.rounds = min(ROUNDS_COUNT_MAX, ROUND_LOADS_COUNT // steps) if steps else 0
        self.done = 0
        self._search: Search | None = None

    def step(self, rounds: int) -> bool:
        """List, or go so many rounds; whether more is to be done."""
        if self._search is None:
            known, best = listed(self.model.shop)
            self._search = Search(self.model.shop, best, known)
        else:
            for _ in range(min(rounds, self.rounds - self.done)):
                self.done += 1
                if not self._search.step():
                    self.done = self.rounds
        return self.done < self.rounds

    def proposed(self) -> tuple[Proposal, list[Move]]:
        """What is proposed: where all runs can still keep their places, nothing moves unless somebody is less late."""
        assert self._search is not None
        found, schedule = self._search.best
        moves = self.model.moves(settled(self.model.shop, schedule))
        if self.model.site.crews:
            found, moves = with_people(self.model, moves)
        before = self._before()
        gone_by = any(run.starts_at < self.model.now for run in self.model.runs)
        if not gone_by and (found.tardiness, found.late) >= (before.tardiness, before.late):
            moves, found = self._staying(moves), before
        proposal = replace(
            self.proposal,
            state="proposed",
            runs_count=len(self.model.runs),
            moved_count=sum(bool(move.bookings) for move in moves),
            late_was_count=before.late,
            late_count=found.late,
            tardy_seconds_was=before.tardiness,
            tardy_seconds=found.tardiness,
        )
        return proposal, moves

    def _before(self) -> Lateness:
        """How late the runs are where they are; one whose place has gone by ends now at the earliest."""
        late = [
            max(seconds(run.ends_at), seconds(self.model.now)) - seconds(run.due_at)
            for run in self.model.runs
        ]
        delays = [each for each in late if each > 0]
        return Lateness(sum(delays), len(delays), 0)

    def _staying(self, moves: Sequence[Move]) -> list[Move]:
        """Late runs where they are, with the causes that are known."""
        causes = {move.run_id: move.cause for move in moves}
        return [
            Move(
                run.run_id, run.version, run.starts_at, run.ends_at, run.starts_at, run.ends_at, run.due_at,
                causes.get(run.run_id) or "capacity",
            )
            for run in self.model.runs
            if run.ends_at > run.due_at
        ]  # fmt: skip
