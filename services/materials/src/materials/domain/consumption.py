"""Orders use forecasts up: what is left of them is a demand like any other, and gives its supply to orders first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from materials.domain.book import Book
from materials.domain.conclusion import cover, offer
from materials.domain.demand import Demand
from materials.domain.forecast import Portion, Want, counted, left_over
from materials.domain.network import Place
from materials.domain.shrinking import lessen, prune, release_demands

# Orders are served first, safety stock last.
PRIORITY_LATE: Final = 900


class Left(NamedTuple):
    """What orders leave of a forecast, and the first day on which it counts."""

    micro: int
    first: date


NOTHING: Final = Left(0, date.min)


def lend(book: Book, demands: Iterable[Demand]) -> None:
    """Forecasts that new demands use up give their supply back before these are covered."""
    places = dict.fromkeys((each.site_id, each.sku) for each in demands)
    for place in places:
        if place not in book.forecasts:
            continue
        freed: set[Place] = set()
        for key, (micro, _) in _open(book, place).items():
            known = book.demands.get(key)
            if known is not None and micro < known.quantity_micro:
                book.lent.update(lessen(book, known, micro, freed))


def renew(book: Book) -> None:
    """Want of each forecast what orders leave of it, and plan for that; what was lent and not taken is given up."""
    for place in book.forecasts:
        _renew(book, place)
    book.lent.clear()


def _renew(book: Book, place: Place) -> None:
    wanted = _open(book, place)
    freed: set[Place] = set()
    shaken = dict(book.lent)
    grown: list[str] = []
    gone = [
        each.demand_id
        for each in book.demands.by("place", place)
        if each.kind == "forecast" and not wanted.get(each.demand_id, NOTHING)[0]
    ]
    for key, (micro, first) in wanted.items():
        known = book.demands.get(key)
        if known is not None and known.needed_at < _moment(first):
            # The master schedule stands for its first days by now.
            known = known._replace(needed_at=_moment(first))
            book.demands.put(known)
            book.touch([key])
        if known is not None and micro < known.quantity_micro:
            if micro:
                shaken.update(lessen(book, known, micro, freed))
        elif micro and (known is None or micro > known.quantity_micro):
            book.demands.put(
                _demand(book, place, key, Left(micro, first))
                if known is None
                else known._replace(quantity_micro=micro)
            )
            grown.append(key)
    freed |= release_demands(book, gone)
    prune(book, [key for key in shaken if key in book.orders], freed)
    for each in freed:
        offer(book, each)
    if grown:
        cover(book, grown)


def _open(book: Book, place: Place) -> dict[str, Left]:
    """What is wanted of each forecast that counts at a place, by the key of its demand; sets when to look again."""
    told = book.network.parameters.get(place)
    forecasts = book.forecasts[place]
    days = book.network.site_days(place[0])
    fence_days = told.demand_fence_days if told is not None else 0
    item = book.network.items.get(place[1])
    fence = days.after(book.now, fence_days).date() if fence_days else date.min
    here = counted(forecasts, told, book.now, fence, item.quantum_micro if item is not None else 1)
    key = f"{place[0]}/{place[1]}"
    ends = [days.before(_moment(_last(each)) + timedelta(days=1), fence_days) for each in here]
    book.dues["forecast", key] = min((max(at, book.now + timedelta(days=1)) for at in ends), default=None)
    if told is None or not here:
        return {}
    left = left_over(here, _wants(book, place).values(), told.backward_days, told.forward_days)
    return {
        each.forecast.demand_id: Left(micro, each.days[0][0]) for each, micro in zip(here, left, strict=True)
    }


def _last(portion: Portion) -> date:
    return portion.days[-1][1]


def _wants(book: Book, place: Place) -> Mapping[str, Want]:
    """What orders and holds want at a place, as the book has it by now."""
    wants = {key: want for key, want in book.consuming.get(place, {}).items() if not book.demands.gone(key)}
    for demand in book.demands.by("place", place):
        if demand.kind in {"hold", "order"}:
            wants[demand.demand_id] = (demand.needed_at.date(), demand.quantity_micro)
    return wants


def _demand(book: Book, place: Place, key: str, left: Left) -> Demand:
    at = max(_moment(left.first), book.now)
    return Demand(
        key, "forecast", place[0], place[1], (), left.micro, 0, 0, at, None, PRIORITY_LATE,
        book.now, held=False, part=False,
    )  # fmt: skip


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
