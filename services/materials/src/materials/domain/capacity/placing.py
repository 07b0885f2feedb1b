"""Where runs find room on their work centres: rough-cut, in day buckets, before production schedules them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from contracts.production import ScheduledOperation
from materials.domain.book import Book
from materials.domain.calendar import WorkingDays
from materials.domain.capacity.room import Load
from materials.domain.recipe import Recipe
from materials.domain.supply import PlannedOrder

EARLY_DAYS_MAX: Final = 100
HORIZON_DAYS_MAX: Final = 366
_DAY: Final = timedelta(days=1)
Work = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lead:
    """How long a run takes at least, in working days of a calendar."""

    days: int
    calendar: WorkingDays


@dataclass(frozen=True, slots=True)
class Span:
    """When a run begins and ends, over how many working days, and (work centre, day, load) of it."""

    starts_at: datetime
    due_at: datetime
    days: int
    loads: tuple[tuple[str, str, int], ...]


def work_of(book: Book, recipe: Recipe, runs_micro: int) -> dict[str, int]:
    """What so many runs take of each work centre whose capacity is known; of any other they take what they like."""
    work: dict[str, int] = {}
    for step in recipe.steps:
        if step.work_centre_id in book.room.centres:
            load = step.load_micro(runs_micro)
            work[step.work_centre_id] = work.get(step.work_centre_id, 0) + load
    return {centre: load for centre, load in work.items() if load > 0}


def place(book: Book, order: PlannedOrder, recipe: Recipe) -> PlannedOrder | None:
    """The order with its room on work centres: the last in time, else the first there is; None within a year.

    A start that is too early for its lead time alone stays where it is, as it does without work centres.
    """
    work = work_of(book, recipe, order.runs_micro)
    if not work:
        return order
    lead = Lead(order.lead_days, book.network.days_of(order.calendar_id))
    span = latest(book, work, lead, order.due_at, order.floor_at)
    if span is None:
        first = book.network.site_days(order.site_id).opens(order.floor_at)
        in_time = max(order.due_at, lead.calendar.after(first, lead.days))
        for centre in binds(book, work, lead, in_time):
            book.bound[order.sku, order.site_id, centre] = None
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
    """The work centres without room for a run that ends at a moment."""
    starts_at, _ = _begins(book, work, lead, ends_at)
    days = _dates(starts_at, ends_at)
    return sorted(centre for centre, load in work.items() if _share(book, centre, load, days) is None)


def put(book: Book, planned_order_id: str, span: Span) -> None:
    """The order takes its room."""
    for centre, day, load in span.loads:
        book.loads.put(Load(planned_order_id, centre, day, load))


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
    for load in book.loads.by("order", order.planned_order_id):
        if load.work_centre_id in book.room.centres:
            day = date.fromisoformat(load.day)
            if load.load_micro > _day_micro(book, load.work_centre_id, day):
                return False
            if _free_micro(book, load.work_centre_id, day) < 0:
                return False
    return True


def _taken(book: Book, planned_order_id: str) -> dict[str, int]:
    """What an order takes of each work centre."""
    work: dict[str, int] = {}
    for load in book.loads.by("order", planned_order_id):
        work[load.work_centre_id] = work.get(load.work_centre_id, 0) + load.load_micro
    return work


def scheduled(book: Book, planned_order_id: str, operations: Sequence[ScheduledOperation]) -> None:
    """Production has put a run on its work centres: that replaces what was planned, whether it fits here or not."""
    book.unload(planned_order_id)
    loads: dict[tuple[str, str], int] = {}
    for operation in operations:
        left, days = operation.load_minutes.micro, _dates(operation.starts_at, operation.ends_at + _DAY)
        for number, day in enumerate(days, start=1):
            most = _day_micro(book, operation.work_centre_id, day)
            load = left if number == len(days) else min(left, most)
            if load:
                place = (operation.work_centre_id, day.isoformat())
                loads[place] = loads.get(place, 0) + load
            left -= load
    for (centre, iso), load in loads.items():
        book.loads.put(Load(planned_order_id, centre, iso, load))


def _begins(book: Book, work: Work, lead: Lead, ends_at: datetime) -> tuple[datetime, int]:
    """When a run has to begin that ends then, on machines of its own; longer than the lead where that is too short."""
    days = lead.days
    starts_at = lead.calendar.before(ends_at, days)
    for centre, load in work.items():
        open_micro = sum(_day_micro(book, centre, day) for day in _dates(starts_at, ends_at))
        while open_micro < load and days < HORIZON_DAYS_MAX:
            days += 1
            sooner = lead.calendar.before(starts_at, 1)
            open_micro += sum(_day_micro(book, centre, day) for day in _dates(sooner, starts_at))
            starts_at = sooner
    return starts_at, days


def _filled(book: Book, work: Work, starts_at: datetime, ends_at: datetime, days: int) -> Span | None:
    dates, loads = _dates(starts_at, ends_at), []
    for centre, load in work.items():
        share = _share(book, centre, load, dates)
        if share is None:
            return None
        loads += share
    return Span(starts_at, ends_at, days, tuple(loads))


def _share(book: Book, centre_id: str, load: int, days: Sequence[date]) -> list[tuple[str, str, int]] | None:
    """A load over days, the last ones first: never more than one machine does in a day, nor than is left of all."""
    share = []
    for day in reversed(days):
        some = min(load, _day_micro(book, centre_id, day), _free_micro(book, centre_id, day))
        if some > 0:
            share.append((centre_id, day.isoformat(), some))
            load -= some
        if not load:
            return share
    return None


def _dates(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The days of a run, without the one on which it is done; one that takes no day is on that one."""
    count = (ends_at.date() - starts_at.date()).days
    return [starts_at.date() + _DAY * number for number in range(max(count, 1))]


def _day_micro(book: Book, centre_id: str, day: date) -> int:
    """What one machine of a centre does on a day."""
    centre = book.room.centres.get(centre_id)
    if centre is None:
        return 0
    calendar = book.network.days_of(centre.calendar_id)
    return calendar.day_micro if calendar.works(day) else 0


def _free_micro(book: Book, centre_id: str, day: date) -> int:
    iso = day.isoformat()
    whole = book.room.centres[centre_id].machines * _day_micro(book, centre_id, day)
    ours = sum(load.load_micro for load in book.loads.by("bucket", (centre_id, iso)))
    return whole - book.room.taken.get(centre_id, {}).get(iso, 0) - ours
