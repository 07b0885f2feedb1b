"""A schedule made better than by one list: backward, then forward, urged where it is late, and by swaps.

Lists that give way to what was late in the one before: Joslin and Clements, "Squeaky wheel optimization" (Journal of
Artificial Intelligence Research 10, 1999). Swaps at the ends of critical blocks with a tabu list and returns to better
schedules: Nowicki and Smutnicki, "A fast taboo search algorithm for the job shop problem" (Management Science 42,
1996), here on times with hours, setups and blocks. Nothing is drawn by chance: the same site has the same schedule.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from production.domain.scheduling.dispatching import dispatch
from production.domain.scheduling.sequencing import Sequences, Timed
from production.domain.scheduling.shop import Lateness, Schedule, Shop, job_ends, lateness

TABU_COUNT: Final = 8
# How much an hour of setup counts against an hour of being urgent.
WEIGHTS: Final = (4, 8)
# About so many operations are given a place in lists, so that a large site takes seconds; two lists at least.
PLACES_COUNT: Final = 32_000
LISTS_COUNT_MAX: Final = 5
# So many rounds without a better schedule, and the walk goes on from the last better one by another swap.
STALE_COUNT: Final = 400

Best = tuple[Lateness, Schedule]
Heard = Callable[[int, int], None]


def earliest_due_date(shop: Shop) -> Schedule:
    """List scheduling by each job's due moment alone."""
    return dispatch(shop, _dues(shop), modified=False)


def _dues(shop: Shop) -> list[int]:
    return [shop.jobs[step.job].due for step in shop.steps]


def _operation_dues(shop: Shop) -> list[int]:
    """When each operation has to end so that what follows it needs no more than its bare time."""
    dues, overlaps = _dues(shop), shop.overlaps()
    followers = shop.followers()
    for number in _last_first(shop, followers):
        for follower in followers[number]:
            step, overlap = shop.steps[follower], overlaps.get((number, follower))
            begin = dues[follower] - step.span - step.setup
            if overlap is not None:
                begin = min(begin + shop.steps[number].span - overlap.first, dues[follower] - overlap.last)
            dues[number] = min(dues[number], begin)
    return dues


def _last_first(shop: Shop, followers: Sequence[Sequence[int]]) -> Iterator[int]:
    waits = [len(some) for some in followers]
    open_ = [number for number, count in enumerate(waits) if not count]
    while open_:
        number = open_.pop()
        yield number
        for before in shop.steps[number].after:
            waits[before] -= 1
            if not waits[before]:
                open_.append(before)


def latest_begins(shop: Shop) -> list[int]:
    """When each operation begins in a list schedule that is made backward from the due moments."""
    turned = shop.mirrored()
    return [-end for end in dispatch(turned, _dues(turned)).ends]


def listed(shop: Shop) -> tuple[Lateness, Best]:
    """How late list scheduling by earliest due date is, and the best of several lists that is no worse in anything.

    Backward from the due moments first: there, an operation's place tells how urgent it is, in view of all the others
    that need the same machines. Then forward from now on, in that order; who is late is more urgent in the next list.
    """
    edd = earliest_due_date(shop)
    known = lateness(shop, edd)
    best: Best = (known, edd)
    lists = max(2, PLACES_COUNT // max(1, len(shop.steps)))
    weights = WEIGHTS if lists > len(WEIGHTS) else WEIGHTS[:1]
    for dues in (latest_begins(shop), *([_operation_dues(shop)] if lists > LISTS_COUNT_MAX else [])):
        for weight in weights:
            urgent = list(dues)
            for _ in range(min(lists // len(weights), LISTS_COUNT_MAX)):
                made = dispatch(shop, urgent, weight)
                best = _better(best, (lateness(shop, made), made), known)
                urgent = _urged(shop, made, urgent)
    return known, best


def _urged(shop: Shop, made: Schedule, urgent: Sequence[int]) -> list[int]:
    """The operations of a job that is late are more urgent by as much."""
    delays = [max(0, end - job.due) for job, end in zip(shop.jobs, job_ends(shop, made), strict=True)]
    return [due - delays[step.job] for step, due in zip(shop.steps, urgent, strict=True)]


def _better(one: Best, other: Best, known: Lateness) -> Best:
    return other if other[0].no_worse(known) and other[0] < one[0] else one


def improved(shop: Shop, begun: Best, known: Lateness, steps: int, heard: Heard | None = None) -> Best:
    """At most so many rounds of swaps; each tries all swaps at the ends of critical blocks and takes the best.

    `heard` is told how many rounds are done, of how many.
    """
    search = Search(shop, begun, known)
    for step in range(steps):
        if not search.step():
            break
        if heard is not None:
            heard(step + 1, steps)
    return search.best


Goal = tuple[int, int, int]
Swap = tuple[int, int]


@dataclass(slots=True)
class _Elite:
    """A schedule that was better than all before, and the swaps in it that were not tried."""

    rows: list[list[int]]
    made: Timed
    tabu: tuple[Swap, ...]
    untried: list[tuple[Goal, int, int]]


class Search:
    """A walk from schedule to schedule by swaps of neighbours on a machine; the best one that was met is kept."""

    def __init__(self, shop: Shop, begun: Best, known: Lateness) -> None:
        self.shop, self.known = shop, known
        self.sequences = Sequences.of(shop, begun[1])
        self.best = begun
        self.tabu: deque[Swap] = deque(maxlen=TABU_COUNT)
        self.elites: list[_Elite] = []
        self.stale = 0
        self.at = self.sequences.earliest()
        if self.at is not None:
            self._keep(self.at)

    def step(self) -> bool:
        """Take the best swap that is not tabu or leads to the best so far; false when there is none any more."""
        if self.at is None:
            return False
        found = [] if self.stale > STALE_COUNT else self._allowed(self.at)
        if not found:
            return self._return()
        _, row, place = found[0]
        if not self.stale:
            rows = [list(row) for row in self.sequences.rows]
            self.elites.append(_Elite(rows, self.at, tuple(self.tabu), found[1:]))
        self._take(row, place)
        return True

    def _allowed(self, at: Timed) -> list[tuple[Goal, int, int]]:
        """The swaps that may be taken, the best first, those that are tabu last."""
        found = []
        for row, place in self._swaps(at):
            loads = self.sequences.rows[row]
            one, other = loads[place], loads[place + 1]
            loads[place], loads[place + 1] = other, one
            made = self.sequences.earliest()
            loads[place], loads[place + 1] = one, other
            if made is not None:
                goal = self._goal(made)
                tabu = (one, other) in self.tabu and goal >= self._best_goal()
                found.append((tabu, goal, row, place))
        return [each[1:] for each in sorted(found)]

    def _take(self, row: int, place: int) -> None:
        loads = self.sequences.rows[row]
        loads[place], loads[place + 1] = loads[place + 1], loads[place]
        # What was just put behind is not put in front again.
        self.tabu.append((loads[place], loads[place + 1]))
        self.at = self.sequences.earliest()
        assert self.at is not None
        self.stale += 1
        self._keep(self.at)

    def _return(self) -> bool:
        """Go on from the newest better schedule that has a swap left."""
        while self.elites:
            elite = self.elites[-1]
            if not elite.untried:
                self.elites.pop()
                continue
            _, row, place = elite.untried.pop(0)
            self.sequences.rows = [list(row) for row in elite.rows]
            self.tabu = deque(elite.tabu, maxlen=TABU_COUNT)
            self.at, self.stale = elite.made, 1
            self._take(row, place)
            return True
        return False

    def _keep(self, made: Timed) -> None:
        if self._goal(made) < self._best_goal():
            self.stale = 0
            schedule = self.sequences.schedule(made)
            self.best = _better(self.best, (lateness(self.shop, schedule), schedule), self.known)

    def _best_goal(self) -> Goal:
        best = self.best[0]
        return best.tardiness, best.late, best.last

    def _goal(self, made: Timed) -> Goal:
        delays = [
            end - due
            for end, due in zip(made.ends, self.sequences.due, strict=True)
            if due is not None and end > due
        ]
        return sum(delays), len(delays), max(made.ends, default=0)

    def _swaps(self, made: Timed) -> Iterator[tuple[int, int]]:
        """The first and the last two of each stretch of the critical path that stays on one machine."""
        path = self._path(made)
        place_of = {load: place for row in self.sequences.rows for place, load in enumerate(row)}
        met: set[tuple[int, int]] = set()
        begin = 0
        for end in range(1, len(path) + 1):
            if end < len(path) and made.on_machine[path[end]]:
                continue
            for first in {begin, end - 2}:
                if begin <= first < end - 1:
                    met.add((self.sequences.machine[path[first]], place_of[path[first]]))
            begin = end
        yield from sorted(met)

    def _path(self, made: Timed) -> list[int]:
        """The loads that make the latest job as late as it is, the first in front."""
        delays = [
            (made.ends[load] - (due or 0) if due is not None else -1, made.ends[load], -load)
            for load, due in enumerate(self.sequences.due)
        ]
        worst = max(delays)
        load = (
            -worst[2] if worst[0] > 0 else max(range(len(made.ends)), key=lambda one: (made.ends[one], -one))
        )
        path = []
        while load >= 0:
            path.append(load)
            load = made.waited_for[load]
        return path[::-1]
