"""More of an order's lines, lines at another moment, new ones: held as promises are, and taken over by the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.shapes import DateStep, DemandLine, LineQuantity
from contracts.values import Quantity
from materials.domain.askable import unaskable
from materials.domain.asking import Asker, demands_of, taken_whole
from materials.domain.book import Book
from materials.domain.dates import behind, served_at
from materials.domain.demand import Demand, demand_id_of
from materials.domain.header import Change, Order
from materials.domain.lessening import demands_of_line, lessened
from materials.domain.netting import Missing
from materials.domain.network import Place
from materials.domain.promise import keep_substitutions, missing_reason, plan_in_time, taking_of
from materials.domain.release import await_release, free_from_hold
from materials.domain.shrinking import release_demands
from materials.domain.substitute import Taking


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept for lines as they are wanted: by when each could be there, or why it cannot."""

    steps: tuple[DateStep, ...] = ()
    refused: str | None = None


def held(book: Book, change_id: str, order: Order, wanted: Sequence[DemandLine], start: datetime) -> Held:
    """Hold what lines want beyond what they have, planned as a promise is, starting when the hold ends at the latest.

    More is a schedule line of its own. What would come too late for an earlier moment is planned a second time, by
    then; the customer takes it instead of the first. A later moment needs nothing: what is kept lies ready till then.
    What stands in for something in a line does so in more of it, too.
    """
    pieces = [piece for line in wanted if (piece := _piece(book, order, line)) is not None]
    mark = book.mark()
    demands = [demand for piece in pieces for demand in _demands(book, change_id, order, piece)]
    why = unaskable(book, pieces, demands)
    if why is not None:
        return Held(refused=why)
    for demand in demands:
        book.demands.put(demand)
    taking = taking_of(book, demands, pieces)
    netting = plan_in_time(book, [each.demand_id for each in demands], max(book.now, start), taking)
    if netting.missing:
        reason = _unsupplied(book, netting.missing, taking.values())
        book.back(mark)
        return Held(refused=reason)
    for demand in demands:
        now = book.demands[demand.demand_id]
        at = max(demand.needed_at, now.available_at or demand.needed_at)
        book.demands.put(now._replace(promised_at=at))
    steps = tuple(_step(book, change_id, line) for line in wanted)
    late = _no_sooner(book, order, wanted, steps)
    if late is not None:
        book.back(mark)
        return Held(refused=late)
    taken = [*netting.substitutions, *taken_whole(book, demands, pieces)]
    keep_substitutions(book, order.promise_id, taken)
    return Held(steps)


def _unsupplied(book: Book, missing: Sequence[Missing], takings: Iterable[Taking]) -> str:
    """What nothing supplies, and what of it stands in for something else."""
    reason, _ = missing_reason(book, missing)
    nodes = {(each.node.site_id, each.node.sku) for each in missing}
    ones = {take.one for taking in takings for take in taking.values()}
    said = sorted(
        f"{one.substitute_sku} stands in for {one.sku}"
        for one in ones
        if (one.site_id, one.substitute_sku) in nodes
    )
    return "; ".join([reason, *said])


def _piece(book: Book, order: Order, line: DemandLine) -> DemandLine | None:
    """So much of a line has to be planned in addition; None where what it has is enough."""
    own = [each for each in demands_of_line(book, order.order_id, line.line_id) if not each.part]
    micro = line.quantity.micro - sum(each.quantity_micro for each in own)
    micro += sum(_too_late(book, each, line.wanted_at) for each in own)
    return replace(line, quantity=Quantity.of_micro(micro)) if micro > 0 else None


def _too_late(book: Book, demand: Demand, wanted_at: datetime) -> int:
    """How much of a demand is not there by a moment that is earlier than what is promised for it."""
    promised_at = demand.promised_at or demand.needed_at
    if not behind(promised_at, wanted_at):
        return 0
    late = demand.uncovered_micro
    for peg in book.pegs_of(demand.demand_id):
        at = served_at(book, peg)
        if at is None or behind(at, wanted_at):
            late += peg.quantity_micro
    return late


def _demands(book: Book, change_id: str, order: Order, piece: DemandLine) -> list[Demand]:
    """The demand of a piece: it belongs to the change until the order takes it over, under the order's own key."""
    known = demands_of_line(book, order.order_id, piece.line_id)
    number = max((each.schedule_no for each in known), default=0) + 1
    asker = Asker(change_id, order.need_id, order.priority, held=True)
    return [
        each._replace(
            demand_id=demand_id_of(order.promise_id, piece.line_id, number, each.sku),
            schedule_no=number,
        )
        for each in demands_of(book, asker, [piece])
    ]


def _step(book: Book, change_id: str, line: DemandLine) -> DateStep:
    """By when all of a line could be there."""
    dates = [
        each.promised_at
        for each in book.demands.by("promise", change_id)
        if each.line_id == line.line_id and each.promised_at is not None
    ]
    return DateStep(line.line_id, line.quantity, max([line.wanted_at, *dates]))


def _no_sooner(
    book: Book, order: Order, wanted: Sequence[DemandLine], steps: Sequence[DateStep]
) -> str | None:
    """Which line was wanted sooner, and cannot be sooner than it is promised."""
    for line, step in zip(wanted, steps, strict=True):
        own = [each for each in demands_of_line(book, order.order_id, line.line_id) if each.open_micro]
        promised = max((each.promised_at or each.needed_at for each in own), default=None)
        sooner = promised is not None and behind(promised, line.wanted_at)
        if sooner and promised is not None and not behind(promised, step.at):
            return f"line {line.line_id} cannot be there before {promised:%Y-%m-%d}, as it is promised"
    return None


def taken(book: Book, change: Change, order: Order) -> set[Place]:
    """The order takes over what was held for the change; what it replaces is given back, its latest supply first."""
    adopted = [each.demand_id for each in book.demands.by("promise", change.change_id)]
    for key in adopted:
        book.demands.put(
            book.demands[key]._replace(kind="order", order_id=order.order_id, promise_id=order.promise_id,
                placed_at=book.now,
            )
        )  # fmt: skip
    steps = {step.line_id: step.at for step in change.steps}
    freed = lessened(
        book,
        order.order_id,
        [LineQuantity(each.line_id, each.quantity) for each in change.wanted],
        keep=adopted,
    )
    for line in change.wanted:
        _redated(book, order, line, steps[line.line_id], adopted)
    book.touch(adopted)
    await_release(book, free_from_hold(book, adopted))
    return freed


def _redated(book: Book, order: Order, line: DemandLine, at: datetime, adopted: Sequence[str]) -> None:
    """What of a line is wanted at another moment is promised for it now; it is told anew when it lies ready."""
    for demand in demands_of_line(book, order.order_id, line.line_id):
        if not demand.open_micro or demand.demand_id in adopted:
            continue
        promised = demand.promised_at or demand.needed_at
        moved = behind(line.wanted_at, promised) or behind(promised, at)
        book.demands.put(
            demand._replace(ready=False, promised_at=at if moved else demand.promised_at,
                needed_at=at if moved else demand.needed_at,
            )
        )  # fmt: skip
        book.touch([demand.demand_id])


def let_go(book: Book, change_id: str) -> set[Place]:
    """What was held for a change is free again."""
    return release_demands(book, [each.demand_id for each in book.demands.by("promise", change_id)])
