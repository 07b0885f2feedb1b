"""An operation is put elsewhere, and what is in its way gives way; the effect can be seen before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from backbone.errors import NotFound, VersionMoved
from backbone.service import Batch, Tx
from production import store
from production.commands import MoveOperation
from production.domain import record
from production.domain.at_vendor import followed
from production.domain.crew import skills_asked
from production.domain.recipe import Recipe
from production.domain.routing import centres_of
from production.domain.scheduling import Board, Booking
from production.domain.scheduling.giving_way import (
    Effect,
    Shift,
    beyond_damping,
    demand_done_at,
    demand_thawed,
    operation_of,
)
from production.domain.scheduling.places import load_of, placed_at
from production.domain.scheduling.site import MOVABLE
from production.handlers.boards import load_hours, locked_board


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time on a machine, and of so many people of a crew where one is named."""

    work_centre_id: str
    machine_no: int
    begin: datetime
    end: datetime
    crew_id: str | None = None
    people: int = 0

    def taken(self) -> Booking:
        """It as a place that an operation is wanted at."""
        return Booking(
            0, self.work_centre_id, self.machine_no, self.begin, self.end, crew_id=self.crew_id,
            people=self.people,
        )  # fmt: skip

    def holds(self, booking: Booking) -> bool:
        """Whether a booking lies on the machine in that time."""
        return (
            (booking.work_centre_id, booking.machine_no) == (self.work_centre_id, self.machine_no)
            and booking.starts_at < self.end
            and booking.ends_at > self.begin
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The runs that may move, looked up before any lock, with their recipes and every work centre they may need."""

    stretch: Stretch | None
    run_ids: frozenset[str]
    recipes: dict[tuple[str, int], Recipe]
    centres: frozenset[str]


async def gathered(tx: Tx, run_ids: Iterable[str], stretch: Stretch | None = None) -> Gathered:
    """These runs, and those for which a machine, or people of a crew, are kept in a time."""
    ids = frozenset({*run_ids, *await _runs_on(tx, stretch)})
    runs = await store.load_runs(tx, ids)
    recipes = await store.load_recipes(tx, {(run.recipe_id, run.recipe_version) for run in runs.values()})
    named = {name for recipe in recipes.values() for name in centres_of(recipe.content.operations)}
    there = set() if stretch is None else {stretch.work_centre_id}
    return Gathered(stretch, ids, recipes, frozenset(there | named))


async def _runs_on(tx: Tx, place: Stretch | None) -> list[str]:
    if place is None:
        return []
    found = await store.load_runs_on(tx, place.work_centre_id, place.machine_no, place.begin, place.end)
    if place.crew_id is None:
        return found
    return [*found, *await store.load_runs_of_crew(tx, place.crew_id, place.begin, place.end)]


async def shifting(tx: Tx, known: Gathered) -> Shift:
    """The work centres and runs, locked, and what all others keep; raises `VersionMoved` when others came meanwhile."""
    board = await locked_board(tx, known.centres, known.recipes.values(), known.run_ids)
    if not set(await _runs_on(tx, known.stretch)) <= known.run_ids:
        raise VersionMoved("another run got its place there just now")
    runs = await store.lock_runs(tx, known.run_ids)
    operations = {
        run_id: known.recipes[run.recipe_id, run.recipe_version].content.operations
        for run_id, run in runs.items()
    }
    return Shift(board, runs, operations, await store.load_bookings_of_runs(tx, runs), tx.now)


async def carried_out(tx: Tx, because: object, shift: Shift, why: record.Why) -> None:
    """Keep what moved, with an entry in its record, and tell of what moved beyond the damping."""
    changed = []
    notes: list[record.Note] = []
    for run_id in sorted(shift.moved):
        was = shift.runs[run_id]
        run, facts = followed(was, shift.after(run_id).blamed(why.cause, was))
        if beyond_damping(was, run):
            tx.emit(run.answer(), *facts, because=because, correlation=run.root_id)
        changed.append(store.add_entry(run, record.moved(was, run, why, tx.now), notes))
    await store.save_runs(tx, changed)
    await store.save_bookings(tx, shift.moved)
    await store.add_notes(tx, notes)


async def made_room(
    tx: Tx, because: object, shift: Shift, in_the_way: Callable[[Booking], bool], why: record.Why
) -> None:
    """What is in the way and has not begun gives way; what has begun stays where it is."""
    waiting = sorted(run_id for run_id, run in shift.runs.items() if run.state in MOVABLE)
    for run_id in sorted(shift.runs.keys() - set(waiting)):
        shift.board.book(shift.moved.get(run_id, shift.bookings.get(run_id, ())))
    found = shift.keep(waiting, in_the_way)
    shift.give_way(found)
    await carried_out(tx, because, shift, why)


async def move_operation(commands: Batch[MoveOperation], tx: Tx) -> list[tuple[Effect, ...]]:
    """Put operations where they are wanted; a trial keeps nothing and says what would move.

    Raises `NotFound`, `Invalid`, `MachineTaken`, `CannotBeScheduled`, `InsideFrozenTime`.
    """
    return [await _moved(command, tx) for command in commands]


async def _moved(command: MoveOperation, tx: Tx) -> tuple[Effect, ...]:
    stretch = await _wanted(command, tx)
    shift = await shifting(tx, await gathered(tx, [command.run_id], stretch))
    others = sorted(set(shift.runs) - {command.run_id})
    found = shift.keep(others, stretch.holds, stretch.taken())
    shift.put(command.run_id, command.operation_no, stretch.taken())
    shift.give_way(found)
    effects = shift.effects()
    if not command.dry_run:
        if not command.forced:
            demand_thawed(effects, tx.now)
        await carried_out(tx, command, shift, record.Why(command.by, "moved", command.reason))
    return effects


async def _wanted(command: MoveOperation, tx: Tx) -> Stretch:
    """The time on the machine that the operation would take, as its work centre is before any lock."""
    run = (await store.load_runs(tx, [command.run_id])).get(command.run_id)
    if run is None:
        raise NotFound(f"no run {command.run_id}")
    run.demand_placed()
    key = (run.recipe_id, run.recipe_version)
    recipes = await store.load_recipes(tx, [key])
    operations = recipes[key].content.operations
    operation = operation_of(operations, command.operation_no)
    demand_done_at(operation, command.work_centre_id)
    centres = await store.load_work_centres(tx, [command.work_centre_id])
    crews = await store.load_crews(tx, skills_asked(recipes.values()))
    board = Board(centres, await load_hours(tx, centres, crews), crews=crews)
    known = (await store.load_bookings_of_runs(tx, [run.run_id])).get(run.run_id, ())
    theirs = {each.operation_no: each.crew_id for each in known}.get(command.operation_no)
    (begin, end), crew_id = placed_at(
        board, operation, command.work_centre_id, load_of(operation, run.runs), command.starts_at, theirs
    )
    people = operation.people if crew_id else 0
    return Stretch(command.work_centre_id, command.machine_no, begin, end, crew_id, people)
