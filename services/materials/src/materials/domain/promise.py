"""What can be promised: what lines want, planned for the first moment at which all of it can be there, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from backbone.errors import Invalid
from contracts.shapes import DateStep, DeliveryPolicy, DemandLine, Instead
from contracts.values import Quantity
from materials.domain.askable import unaskable
from materials.domain.asking import Asker, demands_of, taken_whole
from materials.domain.book import Book
from materials.domain.capacity.room import said
from materials.domain.consumption import lend
from materials.domain.dates import ALWAYS, available, date_planned, served_at
from materials.domain.demand import Demand, demand_id_of
from materials.domain.header import Answer
from materials.domain.netting import Missing, Netting
from materials.domain.shares import lines_above
from materials.domain.shrinking import release_demands
from materials.domain.substitute import Substitution, Taking, takings

SHIFTS_COUNT_MAX: Final = 6
LINES_COUNT_MAX: Final = 100


class CannotBePromised(Invalid):
    """Nothing is asked for, or more lines than are looked at together."""


def inquired(lines: tuple[DemandLine, ...]) -> tuple[DemandLine, ...]:
    """Lines that may be inquired about; raises `CannotBePromised`."""
    if not 1 <= len(lines) <= LINES_COUNT_MAX:
        message = f"1 to {LINES_COUNT_MAX} lines"
        raise CannotBePromised("nothing can be promised of that", [("/lines", message)])
    return lines


def plan_in_time(
    book: Book, demand_ids: Sequence[str], floor: datetime, taking: Mapping[str, Taking] | None = None
) -> Netting:
    """Plan demands for the first moment from their date on at which all that is missing can be there.

    What is planned for those of `taking` takes substitutes where these stand in. Runs have room on the work centres
    whose capacity is known; any other is not limited. What cannot be there by its date is planned again for the date
    that was found.
    """
    book.bound.clear()
    for left in range(SHIFTS_COUNT_MAX, -1, -1):
        mark = book.mark()
        netting = Netting(book, floor=floor, taking=taking)
        netting.run(demand_ids)
        date_planned(book, netting.created)
        late: dict[str, datetime] = {}
        for key in demand_ids:
            at = available(book, book.demands[key])
            book.demands.put(book.demands[key]._replace(available_at=at))
            if at is not None and at > book.demands[key].needed_at:
                late[key] = at
        if netting.missing or not late or not left:
            return netting
        book.back(mark)
        for key, at in late.items():
            book.demands.put(book.demands[key]._replace(needed_at=at))
    return netting


def answered(
    book: Book, asker: Asker, lines: Sequence[DemandLine], policy: DeliveryPolicy, start: datetime
) -> Answer:
    """What lines can be promised, and all that it takes put into the book; nothing of it begins before `start`."""
    demands = demands_of(book, asker, lines)
    broken = unaskable(book, lines, demands)
    if broken is not None:
        return Answer(refused=broken)
    keys = [demand.demand_id for demand in demands]
    mark = book.mark()
    for demand in demands:
        book.demands.put(demand)
    lend(book, demands)
    taking = taking_of(book, demands, lines)
    netting = plan_in_time(book, keys, max(book.now, start), taking)
    if netting.missing:
        reason, opens_at = missing_reason(book, netting.missing)
        book.back(mark)
        return Answer(refused=reason, next_possible_at=opens_at, missing=_places(netting.missing))
    late = [key for key in keys if book.demands[key].needed_at > _wanted(book, key)]
    reasons = _why(book, demands, late, taking)
    steps = _steps(book, keys, policy, lines)
    held = book.demands.by("promise", asker.promise_id)
    taken = keep_substitutions(
        book, asker.promise_id, [*netting.substitutions, *taken_whole(book, held, lines)]
    )
    instead = _stood_in(lines, taken)
    among = tuple(
        lines_above(book, asker.promise_id, (each.demand_id for each in taken if each.sku == one.sku))
        for one in instead
    )
    return Answer(steps, reasons, instead=instead, instead_in=among)


def _places(missing: Iterable[Missing]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(each.node.site_id, each.node.sku) for each in missing}))


def taking_of(book: Book, demands: Iterable[Demand], lines: Sequence[DemandLine]) -> dict[str, Taking]:
    """What stands in for what in the demands of lines that let it, each by its id."""
    by_line = takings(lines, book.substitutes)
    return {each.demand_id: by_line[each.line_id] for each in demands if each.line_id in by_line}


def keep_substitutions(book: Book, promise_id: str, taken: Iterable[Substitution]) -> Sequence[Substitution]:
    """Note who takes a substitute with a promise; the answer is what was noted."""
    noted = [each._replace(supply_id=promise_id) for each in taken]
    book.substituted += noted
    return noted


def _stood_in(lines: Iterable[DemandLine], taken: Sequence[Substitution]) -> tuple[Instead, ...]:
    skus = {each.sku for each in taken}
    return tuple(dict.fromkeys(each for line in lines for each in line.instead if each.sku in skus))


def _wanted(book: Book, key: str) -> datetime:
    demand = book.demands[key]
    return max(demand.promised_at or book.now, book.now)


def missing_reason(book: Book, missing: Sequence[Missing]) -> tuple[str, datetime | None]:
    """Why it cannot be, and from when on it could if all that is missing has a recipe that becomes effective."""
    named = ", ".join(sorted({f"{each.node.sku} at {each.node.site_id}" for each in missing}))
    opens = [book.network.opens_later(each.node, book.now) for each in missing]
    known = [moment for moment in opens if moment is not None]
    reason = "; ".join((f"nothing supplies {named}", *_full(book)))
    return reason, max(known) if len(known) == len(opens) else None


def _full(book: Book) -> tuple[str, ...]:
    """The resources that had no room when it was wanted."""
    return tuple(
        f"capacity of {said(resource)} at {site_id} for {sku}"
        for sku, site_id, resource in sorted(book.bound)
    )


def _why(
    book: Book, demands: Sequence[Demand], late: Sequence[str], taking: Mapping[str, Taking]
) -> tuple[str, ...]:
    """A sentence for each line that is later than it was wanted: lead time, and the date if it were placed at once."""
    if not late:
        return ()
    dates = {key: book.demands[key].needed_at for key in late}
    kept = {key: book.demands[key] for key in late}
    full = _full(book)
    at_once = _at_once(book, demands, taking)
    return full + tuple(
        f"{kept[key].line_id}: lead time of {kept[key].sku} at {kept[key].site_id}, {dates[key].date()}"
        + (f", {at_once[key].date()} if placed at once" if at_once.get(key, dates[key]) < dates[key] else "")
        for key in late
    )


def _at_once(book: Book, demands: Sequence[Demand], taking: Mapping[str, Taking]) -> dict[str, datetime]:
    """The dates without the wait for the end of the hold: tried on what is free now, and taken back."""
    mark, dues, facts = book.mark(), dict(book.dues), list(book.facts)
    release_demands(book, [demand.demand_id for demand in demands])
    for demand in demands:
        book.demands.put(demand)
    plan_in_time(book, [demand.demand_id for demand in demands], book.now, taking)
    found = {demand.demand_id: book.demands[demand.demand_id].needed_at for demand in demands}
    book.back(mark)
    book.dues, book.facts = dues, facts
    return found


def _steps(
    book: Book, keys: Sequence[str], policy: DeliveryPolicy, lines: Sequence[DemandLine]
) -> tuple[DateStep, ...]:
    """The dates that are promised, written into the demands: one a line, or as each part comes where that is wanted."""
    goods = [key for key in keys if not book.demands[key].part]
    if policy == "partial":
        for key in goods:
            _split(book, book.demands[key])
        promise_id = book.demands[goods[0]].promise_id if goods else None
        goods = [each.demand_id for each in book.demands.by("promise", promise_id) if not each.part]
    dates = {key: _date(book.demands[key], book.now) for key in [*goods, *keys]}
    if policy == "complete-order" and goods:
        last = max(dates[key] for key in goods)
        dates.update(dict.fromkeys(goods, last))
    for key, at in dates.items():
        book.demands.put(book.demands[key]._replace(promised_at=at))
    steps = [
        DateStep(demand.line_id or "", Quantity.of_micro(demand.quantity_micro), dates[key])
        for key in goods
        for demand in [book.demands[key]]
    ]
    for line in lines:
        parts = [
            dates[key] for key in keys if book.demands[key].part and book.demands[key].line_id == line.line_id
        ]
        if parts:
            steps.append(DateStep(line.line_id, line.quantity, max(parts)))
    return tuple(steps)


def _date(demand: Demand, now: datetime) -> datetime:
    """When a demand is served: as wanted, or as late as its last supply comes."""
    wanted = max(demand.promised_at or now, now)
    return max(wanted, demand.available_at or wanted)


def _split(book: Book, demand: Demand) -> None:
    """A schedule line for each moment at which a part of a line comes."""
    groups: dict[datetime, list[tuple[str, int]]] = {}
    wanted = max(demand.promised_at or book.now, book.now)
    for peg in book.pegs_of(demand.demand_id):
        at = served_at(book, peg)
        groups.setdefault(max(wanted, at or ALWAYS), []).append((peg.supply_id, peg.quantity_micro))
    for number, at in enumerate(sorted(groups), start=1):
        if number == 1:
            book.demands.put(book.demands[demand.demand_id]._replace(available_at=at))
            continue
        key = demand_id_of(demand.promise_id or "", demand.line_id or "", number, demand.sku)
        whole = sum(micro for _, micro in groups[at])
        part = demand._replace(
            demand_id=key, schedule_no=number, quantity_micro=whole, covered_micro=0, available_at=at
        )
        book.demands.put(part)
        for supply_id, micro in groups[at]:
            book.unpeg(demand.demand_id, supply_id, micro)
            book.peg(key, supply_id, micro)
        first = book.demands[demand.demand_id]
        book.demands.put(first._replace(quantity_micro=first.quantity_micro - whole))
