"""A schedule of machines with the people that its operations ask for: in its order, and later where they lack.

The lists and swaps of a site know machines alone. What they found is placed once more, operation by operation, in the
order of their begins and in that of due moments: where it is, if its crew has people then, else at the next place where
machine and crew are free (serial schedule generation: Kolisch, "Serial and parallel resource-constrained project
scheduling methods revisited", European Journal of Operational Research 90, 1996). Where
somebody is late then, further lists let those who were late choose machine and people first, from their release on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from contracts.production import ScheduledOperation
from contracts.recipes import Operation
from production.domain.downtime import open_minutes
from production.domain.run import Run
from production.domain.scheduling.board import Board, Booking, CannotBeScheduled
from production.domain.scheduling.hours import moment, seconds
from production.domain.scheduling.places import load_of, place_from, put
from production.domain.scheduling.precedence import Placed, befores_with, bounds
from production.domain.scheduling.shop import Lateness
from production.domain.scheduling.site import Model, Move
from production.domain.scheduling.working import WorkingHours

Places = dict[str, list[Booking]]
_Best = tuple[Lateness, Places]

# Lists in which who was late comes first, and how many operations they place in all: a large site has fewer of them.
URGED_LISTS_COUNT_MAX: Final = 4
URGED_PLACES_COUNT: Final = 4_000
NOBODY: Final[Mapping[str, datetime]] = MappingProxyType({})


def with_people(model: Model, moves: Iterable[Move]) -> tuple[Lateness, list[Move]]:
    """How late the movable runs of a site are with people, and their moves; `moves` are those of machines alone."""
    wanted: dict[str, Sequence[Booking]] = {
        run.run_id: model.site.bookings.get(run.run_id, ()) for run in model.runs
    }
    known = {move.run_id: move for move in moves}
    wanted |= {move.run_id: move.bookings for move in known.values() if move.bookings}
    runs = {run.run_id: run for run in model.runs}
    places = [(run_id, place) for run_id, kept in wanted.items() for place in range(len(kept))]
    by_begin = sorted(
        places, key=lambda at: (wanted[at[0]][at[1]].starts_at, runs[at[0]].due_at, at[0], at[1])
    )
    # Where people are scarcer than machines, the begins on machines say little: those due first are tried, too.
    by_due = sorted(places, key=lambda at: (runs[at[0]].due_at, at[0], at[1]))
    begun = min(
        (
            (_lateness(model, each), each)
            for each in (_placed(model, wanted, by_begin), _placed(model, wanted, by_due))
        ),
        key=lambda found: found[0],
    )
    late, placed = _urged(model, wanted, by_due, begun)
    made = [_move(model, run, placed[run.run_id], known.get(run.run_id)) for run in model.runs]
    return late, [move for move in made if move.bookings or move.cause is not None]


def _urged(
    model: Model, wanted: Mapping[str, Sequence[Booking]], by_due: Sequence[tuple[str, int]], begun: _Best
) -> _Best:
    """The best of lists in which who was late in one before chooses first; `begun` where none is better."""
    released = {run.run_id: moment(job.release) for run, job in zip(model.runs, model.shop.jobs, strict=True)}
    first: dict[str, datetime] = {}
    best, (_, made) = begun, begun
    for _ in range(min(URGED_LISTS_COUNT_MAX, URGED_PLACES_COUNT // max(1, len(by_due)))):
        late = [
            run.run_id for run in model.runs if max(each.ends_at for each in made[run.run_id]) > run.due_at
        ]
        if first.keys() >= set(late):
            break
        first |= {run_id: released[run_id] for run_id in late}
        # The order is by due moments still among those who were late, and among the others.
        order = sorted(by_due, key=lambda at: at[0] not in first)
        try:
            made = _placed(model, wanted, order, first)
        except CannotBeScheduled:
            # Who chooses last finds no place within a year: what was found before stands.
            break
        found = _lateness(model, made)
        if (found.tardiness, found.late) < (best[0].tardiness, best[0].late):
            best = found, made
    return best


def _lateness(model: Model, placed: Places) -> Lateness:
    ends = {run_id: max(each.ends_at for each in kept) for run_id, kept in placed.items()}
    delays = [seconds(ends[run.run_id]) - seconds(run.due_at) for run in model.runs]
    late = [each for each in delays if each > 0]
    return Lateness(sum(late), len(late), max(map(seconds, ends.values()), default=0))


def _placed(
    model: Model,
    wanted: Mapping[str, Sequence[Booking]],
    order: Iterable[tuple[str, int]],
    first: Mapping[str, datetime] = NOBODY,
) -> Places:
    """Where operations are when they choose in an order; runs that are `first` do so anew, from that moment on."""
    site, board = model.site, _board(model)
    runs = {run.run_id: run for run in model.runs}
    befores = {run_id: befores_with(site.operations(run), run.runs) for run_id, run in runs.items()}
    found: dict[tuple[str, int], Booking] = {}
    for run_id, place in order:
        run, booking = runs[run_id], wanted[run_id][place]
        operation = site.operations(run)[place]
        before = [put(board, found[run_id, each], overlap) for each, overlap in befores[run_id][place]]
        kept = None if run_id in first else _kept(board, booking, operation, before, model.now)
        since = first.get(run_id, max(model.now, booking.starts_at))
        booking = kept or place_from(board, operation, run.runs, since, before)
        board.book([booking])
        found[run_id, place] = booking
    return {run_id: [found[run_id, place] for place in range(len(kept))] for run_id, kept in wanted.items()}


def _board(model: Model) -> Board:
    """What stays where it is."""
    site, moving = model.site, {run.run_id for run in model.runs}
    board = Board(site.centres, site.calendars, crews=site.crews)
    board.book(site.downtimes)
    for run in site.runs:
        if run.run_id not in moving:
            board.book(site.bookings.get(run.run_id, ()))
    return board


def _kept(
    board: Board, booking: Booking, operation: Operation, befores: Sequence[Placed[datetime]], now: datetime
) -> Booking | None:
    """The operation where the machines have it, or its load is, with people; None where it cannot be then."""
    load = board.loads.get(booking.load_id or "")
    if load is not None:
        return booking.joined(load) if _in_turn(board, load, befores, now) else None
    name, begin, end = booking.work_centre_id, booking.starts_at, booking.ends_at
    alone = open_minutes(board.calendar(name), begin, end)
    for way in board.ways(operation, name):
        # Whoever goes home while the machine is open makes it longer.
        as_long = way.crew_id is None or open_minutes(way.days, begin, end) == alone
        manned = booking.by(way.crew_id, operation.people)
        if as_long and _in_turn(board, manned, befores, now) and board.free(manned):
            return manned
    return None


def _in_turn(board: Board, booking: Booking, befores: Sequence[Placed[datetime]], now: datetime) -> bool:
    """Whether it begins and ends late enough behind those before it."""
    hours = WorkingHours(board.days(booking.work_centre_id, booking.crew_id))
    ready, done = bounds(befores, hours, now)
    return booking.starts_at >= ready and booking.ends_at >= done


def _move(model: Model, run: Run, kept: Sequence[Booking], known: Move | None) -> Move:
    """What that moves of a run, and why it is late if it is."""
    starts, ends = min(each.starts_at for each in kept), max(each.ends_at for each in kept)
    cause = (known.cause if known is not None else None) or "capacity"
    bookings = () if tuple(kept) == tuple(model.site.bookings.get(run.run_id, ())) else tuple(kept)
    operations = [
        ScheduledOperation(
            each.operation_no, each.work_centre_id, each.starts_at, each.ends_at,
            load_of(operation, run.runs) - operation.setup_minutes + each.setup_minutes,
        )
        for each, operation in zip(bookings, model.site.operations(run), strict=bool(bookings))
    ]  # fmt: skip
    return Move(
        run.run_id, run.version, run.starts_at, run.ends_at, starts, ends, run.due_at,
        cause if ends > run.due_at else None, tuple(operations), bookings,
    )  # fmt: skip
