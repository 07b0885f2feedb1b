"""What lines ask for as demands: goods, what stands in for them whole, the parts of services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backbone.errors import NotYet
from contracts.shapes import DemandLine
from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.demand import Demand, demand_id_of
from materials.domain.substitute import Substitution, Take, takings


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom demands are made."""

    promise_id: str
    need_id: str
    priority: int
    held: bool
    order_id: str | None = None


def demands_of(book: Book, asker: Asker, lines: Iterable[DemandLine]) -> list[Demand]:
    """The demands of lines: goods or what stands in for them, of services the parts.

    Raises `NotYet` for a service that is not here.
    """
    made: dict[str, Demand] = {}
    for line in lines:
        if line.kind == "good":
            take = stands_in_for(book, line)
            sku = take.one.substitute_sku if take is not None else line.item
            key = demand_id_of(asker.promise_id, line.line_id, 1, sku)
            made[key] = _demand(book, asker, key, line, line.site_id, sku, line.quantity.micro, part=False)
            continue
        service = book.network.services.get(line.item)
        if service is None:
            raise NotYet(line.item)
        for part in service.parts:
            key = demand_id_of(asker.promise_id, line.line_id, 1, part.sku)
            micro = part.quantity.times(line.quantity).micro
            item = book.network.items.get(part.sku)
            whole = item.whole(micro) if item is not None else micro
            if key in made:
                made[key] = made[key]._replace(quantity_micro=made[key].quantity_micro + whole)
            else:
                demand = _demand(book, asker, key, line, service.site_id, part.sku, whole, part=True)
                made[key] = demand._replace(window=part.window)
    return list(made.values())


def _demand(
    book: Book, asker: Asker, key: str, line: DemandLine, site_id: str, sku: str, micro: int, *, part: bool
) -> Demand:
    return Demand(
        key, "hold" if asker.held else "order", site_id, sku, line.window, micro, 0, 0,
        max(line.wanted_at, book.now), None, asker.priority, book.now, asker.held, part, asker.promise_id,
        asker.order_id, line.line_id, 1, asker.need_id, line.wanted_at,
    )  # fmt: skip


def stands_in_for(book: Book, line: DemandLine) -> Take | None:
    """What is delivered instead of the item of a line, as it lets; None where that is delivered itself.

    It is counted as the item is: one stands in for one, in the same unit.
    """
    take = takings([line], book.substitutes).get(line.line_id, {}).get((line.site_id, line.item))
    if take is None or line.kind != "good":
        return None
    one, items = take.one, book.network.items
    known = one.sku in items and one.substitute_sku in items
    alike = known and items[one.sku].unit == items[one.substitute_sku].unit and one.ratio_micro == MICRO
    return take if alike and one.valid(max(line.wanted_at, book.now)) else None


def taken_whole(book: Book, demands: Iterable[Demand], lines: Iterable[DemandLine]) -> list[Substitution]:
    """The demands of goods lines for what is delivered instead of their items."""
    takes = {line.line_id: take for line in lines if (take := stands_in_for(book, line)) is not None}
    return [
        Substitution(each.demand_id, "", take.one.sku, each.quantity_micro, take.by, book.now)
        for each in demands
        if not each.part
        and (take := takes.get(each.line_id or "")) is not None
        and each.sku == take.one.substitute_sku
    ]
