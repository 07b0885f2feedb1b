"""Recipes of any shape and the places of their runs: what of these could not be, by the recipe alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.downtime import open_minutes
from production.domain.plant import Calendar
from production.domain.scheduling import Booking
from services.production.tests.made import FURNACE

WEEK = Calendar.defined("week", (0, 1, 2, 3, 4), 8, 16, ())
NIGHTS = Calendar.defined("nights", (0, 1, 2, 3, 4), 22, 30, ())
ALWAYS = Calendar.defined("always", tuple(range(7)), 0, 24, ())
CALENDARS = {each.calendar_id: each for each in (WEEK, NIGHTS, ALWAYS)}
CENTRES = {
    name: replace(FURNACE, work_centre_id=name, calendar_id=calendar, machines=machines)
    for name, calendar, machines in (
        ("saw", "week", 1),
        ("mill", "always", 2),
        ("lathe", "week", 2),
        ("kiln", "nights", 1),
    )
}


def operation(number: int, centre: str = "mill", each: str = "1", **more: Any) -> Operation:
    """An operation without a setup, a minute a run."""
    made = Operation(number, "Do", centre, Quantity(0), Quantity(each), 1, Quantity(1))
    return replace(made, **more)


@dataclass(frozen=True, slots=True)
class Route:
    """The operations of a run, and how many runs it is."""

    operations: tuple[Operation, ...]
    runs: Quantity


@st.composite
def routes(draw: Any) -> Route:
    """Branches, alternates, loads, setups, and operations that send ahead of all sizes."""
    names = sorted(CENTRES)
    found: list[Operation] = []
    for place in range(draw(st.integers(1, 5))):
        earlier = [each.operation_no for each in found]
        centres = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        batch = draw(st.sampled_from([None, None, 2, 5]))
        sends = draw(st.sampled_from([None, 1, 3, 5, 8]))
        found.append(
            operation(
                10 * (place + 1), centres[0], draw(st.sampled_from(["0", "0.7", "4", "25"])),
                setup_minutes=Quantity(draw(st.sampled_from([0, 0, 10, 90]))), alternates=tuple(centres[1:]),
                after=draw(st.none() | st.sets(st.sampled_from(earlier)).map(lambda some: tuple(sorted(some))))
                if earlier else None,
                setup_family=draw(st.sampled_from(["", "red", "blue"])),
                batch_runs=None if batch is None else Quantity(batch),
                send_ahead=None if sends is None else Quantity(max(sends, batch or 0)),
            )
        )  # fmt: skip
    return Route(tuple(found), Quantity(draw(st.integers(1, 20))))


def wrongs(bookings: Sequence[Booking], route: Route) -> Iterator[str]:
    """Sentences for operations that are too short, or do not wait for those before them."""
    places = {each.operation_no: each for each in bookings}
    before: Operation | None = None
    for each in route.operations:
        place, hours = places[each.operation_no], _hours(places[each.operation_no])
        needed = place.setup_minutes + each.run_minutes.times(_whole(each.batch_runs, route.runs))
        if open_minutes(hours, place.starts_at, place.ends_at) < Fraction(needed.decimal):
            yield f"operation {each.operation_no} has less time than it needs"
        numbers = [before.operation_no] if each.after is None and before is not None else each.after or ()
        for number in numbers:
            one = next(other for other in route.operations if other.operation_no == number)
            yield from _too_early(one, places[number], each, place, route.runs)
        before = each


def _too_early(
    before: Operation, one: Booking, after: Operation, other: Booking, runs: Quantity
) -> Iterator[str]:
    if one.ends_at <= other.starts_at:
        return
    sent = _whole(before.send_ahead, after.batch_runs or Quantity(1)) if before.send_ahead else runs
    if sent >= runs:
        yield f"operation {after.operation_no} begins before operation {before.operation_no} has ended"
        return
    through = one.setup_minutes + before.run_minutes.times(_whole(before.batch_runs, sent))
    # A schedule is made of whole seconds.
    if open_minutes(_hours(one), one.starts_at, other.starts_at) * 60 < int(through.decimal * 60):
        yield f"operation {after.operation_no} begins before its first transfer batch is through"
    last = after.run_minutes.times(_whole(after.batch_runs, sent))
    if open_minutes(_hours(other), one.ends_at, other.ends_at) * 60 < int(last.decimal * 60):
        yield f"operation {after.operation_no} ends before its last transfer batch can be"


def _whole(load: Quantity | None, runs: Quantity) -> Quantity:
    if load is None:
        return runs
    return Quantity.of_micro(-(-runs.micro // load.micro) * load.micro)


def _hours(booking: Booking) -> Calendar:
    return CALENDARS[CENTRES[booking.work_centre_id].calendar_id]


def taken_twice(bookings: Iterable[Booking]) -> list[tuple[str, int]]:
    """Machines that are kept for two at once; what shares a load is one."""
    rows: dict[tuple[str, int], set[tuple[datetime, datetime, object]]] = {}
    for place, each in enumerate(bookings):
        if each.starts_at < each.ends_at:
            alone = each.load_id or place
            rows.setdefault(each.place[:2], set()).add((each.starts_at, each.ends_at, alone))
    return [
        machine
        for machine, row in rows.items()
        if any(other[0] < one[1] for one, other in pairwise(sorted(row, key=lambda span: span[:2])))
    ]
