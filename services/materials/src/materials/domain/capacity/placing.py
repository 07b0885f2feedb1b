"""Where runs find room on work centres and with people: rough-cut, in day buckets, before production schedules them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from contracts.production import ScheduledOperation
from materials.domain.book import Book
from materials.domain.calendar import WorkingDays
from materials.domain.capacity.hours import day_micro, free_micro
from materials.domain.capacity.room import Load
from materials.domain.recipe import Recipe
from materials.domain.supply import PlannedOrder

EARLY_DAYS_MAX: Final = 100
HORIZON_DAYS_MAX: Final = 366
_DAY: Final = timedelta(days=1)


class Need(NamedTuple):
    """What a run takes of a resource in all, and how many of its units (one machine, so many people) at a time."""

    load_micro: int
    at_once: int


Work = Mapping[str, Need]
_NOTHING: Final = Need(0, 0)


@dataclass(frozen=True, slots=True)
class Lead:
    """How long a run takes at least, in working days of a calendar."""

    days: int
    calendar: WorkingDays


@dataclass(frozen=True, slots=True)
class Span:
    """When a run begins and ends, over how many working days, and (resource, day, load) of it."""

    starts_at: datetime
    due_at: datetime
    days: int
    loads: tuple[tuple[str, str, int], ...]


def work_of(book: Book, recipe: Recipe, runs_micro: int) -> dict[str, Need]:
    """What so many runs take of each resource whose capacity is known; of any other they take what they like."""
    work: dict[str, Need] = {}
    for step in recipe.steps:
        load_micro = step.load_micro(runs_micro)
        for resource, at_once in ((step.work_centre_id, 1), *step.people_at(recipe.site_id)):
            if load_micro > 0 and resource in book.room.units:
                so_far = work.get(resource, _NOTHING)
                work[resource] = Need(so_far.load_micro + load_micro * at_once, max(so_far.at_once, at_once))
    return work


def place(book: Book, order: PlannedOrder, recipe: Recipe) -> PlannedOrder | None:
    """The order with its room on resources: the last in time, else the first there is; None within a year.

    A start that is too early for its lead time alone stays where it is, as it does without resources.
    """
    work = work_of(book, recipe, order.runs_micro)
    if not work:
        return order
    lead = Lead(order.lead_days, book.network.days_of(order.calendar_id))
    span = latest(book, work, lead, order.due_at, order.floor_at)
    if span is None:
        first = book.network.site_days(order.site_id).opens(order.floor_at)
        in_time = max(order.due_at, lead.calendar.after(first, lead.days))
        for resource in binds(book, work, lead, in_time):
            book.bound[order.sku, order.site_id, resource] = None
        span = earliest(book, work, lead, first)
    if span is None:
        return None
    put(book, order.planned_order_id, span)
    if order.starts_at >= order.floor_at or span.days > lead.days:
        order = moved(order, span)
        book.orders.put(order)
    return order


def moved(order: PlannedOrder, span: Span) -> PlannedOrder:
    """An order in a place of its own; it is released, and firm, as long before as it was."""
    by = span.starts_at - order.starts_at
    return order._replace(
        starts_at=span.starts_at, due_at=span.due_at, lead_days=span.days, release_at=order.release_at + by,
        firm_at=order.firm_at + by if order.firm_at is not None else None,
    )  # fmt: skip


def latest(book: Book, work: Work, lead: Lead, before: datetime, not_before: datetime) -> Span | None:
    """The last place that ends by a moment and begins at another or later; at most `EARLY_DAYS_MAX` early."""
    ends_at = before
    for _ in range(EARLY_DAYS_MAX):
        starts_at, days = _begins(book, work, lead, ends_at)
        if starts_at < not_before:
            return None
        span = _filled(book, work, starts_at, ends_at, days)
        if span is not None:
            return span
        ends_at = lead.calendar.before(ends_at, 1)
    return None


def earliest(book: Book, work: Work, lead: Lead, not_before: datetime) -> Span | None:
    """The first place that begins at a moment or later; none within `HORIZON_DAYS_MAX` working days is None."""
    ends_at = lead.calendar.after(not_before, lead.days)
    for _ in range(HORIZON_DAYS_MAX):
        starts_at, days = _begins(book, work, lead, ends_at)
        if starts_at >= not_before:
            span = _filled(book, work, starts_at, ends_at, days)
            if span is not None:
                return span
        ends_at = lead.calendar.after(ends_at, 1)
    return None


def binds(book: Book, work: Work, lead: Lead, ends_at: datetime) -> list[str]:
    """The resources without room for a run that ends at a moment."""
    starts_at, _ = _begins(book, work, lead, ends_at)
    days = _dates(starts_at, ends_at)
    return sorted(resource for resource, need in work.items() if _share(book, resource, need, days) is None)


def put(book: Book, planned_order_id: str, span: Span) -> None:
    """The order takes its room."""
    for resource, day, load in span.loads:
        book.loads.put(Load(planned_order_id, resource, day, load))


def replan(book: Book, planned_order_id: str, not_before: datetime, lead: Lead) -> Span | None:
    """Give an order's room back and take the first that begins at a moment or later; None leaves it as it is."""
    work = _taken(book, planned_order_id)
    if not work:
        return None
    mark = book.mark()
    book.unload(planned_order_id)
    span = earliest(book, work, lead, not_before)
    if span is None:
        book.back(mark)
    else:
        put(book, planned_order_id, span)
    return span


def rearranged(book: Book, order: PlannedOrder) -> PlannedOrder:
    """Give an order's room back and take the last in time for its due date, else the first there is from now on.

    It stays firm where it was. Where there is none within a year, or it needs none, it stays as it is.
    """
    work = _taken(book, order.planned_order_id)
    if not work:
        return order
    mark = book.mark()
    book.unload(order.planned_order_id)
    lead = Lead(order.lead_days, book.network.days_of(order.calendar_id))
    first = book.network.site_days(order.site_id).opens(max(book.now, order.floor_at))
    span = latest(book, work, lead, order.due_at, first) or earliest(book, work, lead, first)
    if span is None:
        book.back(mark)
        return order
    put(book, order.planned_order_id, span)
    return moved(order, span)._replace(firm_at=order.firm_at)


def stands(book: Book, order: PlannedOrder) -> bool:
    """Whether an order's days, and its room on each of them, are there as the calendars are by now."""
    days = book.network.days_of(order.calendar_id)
    if days.before(order.due_at, order.lead_days) != order.starts_at:
        return False
    work = _taken(book, order.planned_order_id)
    for load in book.loads.by("order", order.planned_order_id):
        if load.resource_id in book.room.units:
            day = date.fromisoformat(load.day)
            if load.load_micro > day_micro(book, load.resource_id, day, work[load.resource_id].at_once):
                return False
            if free_micro(book, load.resource_id, day) < 0:
                return False
    return True


def _taken(book: Book, planned_order_id: str) -> dict[str, Need]:
    """What an order takes of each resource."""
    people = [each for asked in _people(book, planned_order_id).values() for each in asked]
    work: dict[str, Need] = {}
    for load in book.loads.by("order", planned_order_id):
        so_far = work.get(load.resource_id, _NOTHING).load_micro
        at_once = max((number for resource, number in people if resource == load.resource_id), default=1)
        work[load.resource_id] = Need(so_far + load.load_micro, at_once)
    return work


def _people(book: Book, planned_order_id: str) -> dict[int, tuple[tuple[str, int], ...]]:
    """The people that each operation of an order asks for."""
    order = book.orders.get(planned_order_id)
    recipe = order and book.network.recipe(order.recipe_id, order.recipe_version)
    return {step.operation_no: step.people_at(recipe.site_id) for step in recipe.steps} if recipe else {}


def scheduled(book: Book, planned_order_id: str, operations: Sequence[ScheduledOperation]) -> None:
    """Production has put a run on its resources: that replaces what was planned, whether it fits here or not."""
    book.unload(planned_order_id)
    people = _people(book, planned_order_id)
    loads: dict[tuple[str, str], int] = {}
    for operation in operations:
        days = _dates(operation.starts_at, operation.ends_at + _DAY)
        for resource, at_once in ((operation.work_centre_id, 1), *people.get(operation.operation_no, ())):
            need = Need(operation.load_minutes.micro * at_once, at_once)
            for day, load in _in_turn(book, resource, need, days):
                loads[resource, day] = loads.get((resource, day), 0) + load
    for (resource, day), load in loads.items():
        book.loads.put(Load(planned_order_id, resource, day, load))


def _in_turn(book: Book, resource: str, need: Need, days: Sequence[date]) -> Iterator[tuple[str, int]]:
    """A load over days, the first ones first; what is too much for all of them is on the last."""
    left = need.load_micro
    for number, day in enumerate(days, start=1):
        load = left if number == len(days) else min(left, day_micro(book, resource, day, need.at_once))
        if load:
            yield day.isoformat(), load
        left -= load


def _begins(book: Book, work: Work, lead: Lead, ends_at: datetime) -> tuple[datetime, int]:
    """When a run has to begin that ends then, with units of its own; longer than the lead where that is too short."""
    days = lead.days
    starts_at = lead.calendar.before(ends_at, days)
    for resource, need in work.items():
        open_micro = _open_micro(book, resource, need, _dates(starts_at, ends_at))
        while open_micro < need.load_micro and days < HORIZON_DAYS_MAX:
            days += 1
            sooner = lead.calendar.before(starts_at, 1)
            open_micro += _open_micro(book, resource, need, _dates(sooner, starts_at))
            starts_at = sooner
    return starts_at, days


def _open_micro(book: Book, resource: str, need: Need, days: Sequence[date]) -> int:
    return sum(day_micro(book, resource, day, need.at_once) for day in days)


def _filled(book: Book, work: Work, starts_at: datetime, ends_at: datetime, days: int) -> Span | None:
    dates, loads = _dates(starts_at, ends_at), []
    for resource, need in work.items():
        share = _share(book, resource, need, dates)
        if share is None:
            return None
        loads += share
    return Span(starts_at, ends_at, days, tuple(loads))


def _share(book: Book, resource: str, need: Need, days: Sequence[date]) -> list[tuple[str, str, int]] | None:
    """A load over days, the last ones first: never more than one run may take in a day, nor than is left of all."""
    share, load = [], need.load_micro
    for day in reversed(days):
        some = min(load, day_micro(book, resource, day, need.at_once), free_micro(book, resource, day))
        if some > 0:
            share.append((resource, day.isoformat(), some))
            load -= some
        if not load:
            return share
    return None


def _dates(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The days of a run, without the one on which it is done; one that takes no day is on that one."""
    count = (ends_at.date() - starts_at.date()).days
    return [starts_at.date() + _DAY * number for number in range(max(count, 1))]
