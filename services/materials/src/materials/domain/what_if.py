"""What would follow if: changes decided on a book like any other decision, which is then written nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from backbone.errors import Invalid, NotFound
from contracts.production import LotDisposed
from contracts.shapes import DemandLine
from contracts.values import Quantity
from materials.domain.askable import in_own_units
from materials.domain.asking import Asker, demands_of
from materials.domain.book import Book
from materials.domain.conclusion import conclude, cover
from materials.domain.dates import redated
from materials.domain.network import Place
from materials.domain.promise import plan_in_time
from materials.domain.quality import disposed
from materials.domain.receiving import close
from materials.domain.shrinking import lessen, prune, release_pegs
from materials.domain.supply import PlannedOrder
from materials.domain.units import below, to_base

CHANGES_COUNT_MAX: Final = 100
CLOSED_DAYS_MAX: Final = 366
SUPPOSED: Final = "supposed"
PRIORITY_USUAL: Final = 2


class CannotBeSupposed(Invalid):
    """Nothing is supposed, too much is, or something that can never be."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """A site does not work from the first day to the last."""

    site_id: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days that are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class RecipeLeftOut:
    """Nothing new is planned by a version of a recipe."""

    recipe_id: str
    version: int


@dataclass(frozen=True, slots=True)
class OtherSupply:
    """A supply that is ordered comes at another moment (absent: nobody knows when), or does not come at all."""

    planned_order_id: str
    at: datetime | None
    lost: bool


@dataclass(frozen=True, slots=True)
class OtherDemand:
    """A demand wants another quantity (in a unit; absent: its item's own), or at another moment; the absent stays."""

    demand_id: str
    quantity_micro: int | None
    wanted_at: datetime | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed, in the order in which it is decided on: masters, stock, supplies, demands, orders anew.

    `more` are demands that nobody has yet; `anew` names orders whose lines are planned afresh after all the rest.
    """

    closed: tuple[ClosedDays, ...] = ()
    recipes: tuple[RecipeLeftOut, ...] = ()
    lots: tuple[str, ...] = ()
    supplies: tuple[OtherSupply, ...] = ()
    demands: tuple[OtherDemand, ...] = ()
    more: tuple[DemandLine, ...] = ()
    anew: tuple[str, ...] = ()

    def checked(self) -> Supposition:
        """Itself; raises `CannotBeSupposed`."""
        parts = (self.closed, self.recipes, self.lots, self.supplies, self.demands, self.more, self.anew)
        wrong: list[tuple[str, str]] = []
        if not 1 <= sum(len(part) for part in parts) <= CHANGES_COUNT_MAX:
            wrong.append(("", f"1 to {CHANGES_COUNT_MAX} changes"))
        for number, closed in enumerate(self.closed):
            if not 1 <= closed.days <= CLOSED_DAYS_MAX:
                wrong.append((f"/closed/{number}/last", f"1 to {CLOSED_DAYS_MAX} days"))
        for number, demand in enumerate(self.demands):
            if demand.quantity_micro is not None and demand.quantity_micro < 0:
                wrong.append((f"/demands/{number}/quantity", "below 0"))
        for number, line in enumerate(self.more):
            if line.quantity.micro <= 0:
                wrong.append((f"/more/{number}/quantity", "above 0"))
        if wrong:
            raise CannotBeSupposed("this cannot be supposed", wrong)
        return self


def suppose(book: Book, asked: Supposition) -> None:
    """Decide on all that is supposed; the book is then what would be.

    Raises `NotFound`, and `UnitDoesNotFit` and `QuantityIsNotWhole` with the place.
    """
    more = in_own_units(book, asked.more, "/more")
    for days in asked.closed:
        _close_site(book, days)
    for left_out in asked.recipes:
        _leave_out(book, left_out)
    for lot_id in asked.lots:
        conclude(book, _lose_lot(book, lot_id))
    for supply in asked.supplies:
        conclude(book, _other_supply(book, supply))
    for number, demand in enumerate(asked.demands):
        conclude(book, _other_demand(book, demand, f"/demands/{number}"))
    if more:
        conclude(book, _more(book, more))
    for order_id in asked.anew:
        conclude(book, _anew(book, order_id))


def _close_site(book: Book, closed: ClosedDays) -> None:
    site = book.network.sites.get(closed.site_id)
    if site is None:
        raise NotFound(f"no site {closed.site_id}")
    days = book.network.days_of(site.calendar_id)
    gone = days.days_off.union(closed.first + timedelta(days=number) for number in range(closed.days))
    name = f"{SUPPOSED}/{site.site_id}"
    network = book.network
    network.calendars = {**network.calendars, name: replace(days, days_off=gone)}
    network.sites = {**network.sites, site.site_id: site._replace(calendar_id=name)}


def _leave_out(book: Book, left_out: RecipeLeftOut) -> None:
    network = book.network
    if network.recipe(left_out.recipe_id, left_out.version) is None:
        raise NotFound(f"no version {left_out.version} of recipe {left_out.recipe_id} where this can reach")
    network.recipes = {
        place: tuple(
            each for each in found if (each.recipe_id, each.version) != (left_out.recipe_id, left_out.version)
        )
        for place, found in network.recipes.items()
    }


def _lose_lot(book: Book, lot_id: str) -> Iterable[Place]:
    lot = book.lots.get(lot_id)
    if lot is None:
        raise NotFound(f"no lot {lot_id}")
    disposed(book, LotDisposed(lot_id, lot.sku, lot.site_id, "scrap", SUPPOSED, SUPPOSED))
    return ()


def _ordered(book: Book, planned_order_id: str) -> PlannedOrder:
    order = book.orders.get(planned_order_id)
    if order is None or order.ended:
        raise NotFound(f"no open planned order {planned_order_id}")
    return order


def _other_supply(book: Book, supply: OtherSupply) -> Iterable[Place]:
    order = _ordered(book, supply.planned_order_id)
    if supply.lost:
        close(book, order)
        return ()
    cause = None if supply.at is not None else SUPPOSED
    state = "confirmed" if order.state in {"planned", "released"} else order.state
    book.orders.put(order._replace(state=state, confirmed_at=supply.at, cause=cause))
    book.cause = (SUPPOSED, order.kind, order.planned_order_id)
    book.touch(redated(book, order.planned_order_id))
    return ()


def _other_demand(book: Book, other: OtherDemand, place: str) -> Iterable[Place]:
    demand = book.demands.get(other.demand_id)
    if demand is None:
        raise NotFound(f"no demand {other.demand_id}")
    micro = other.quantity_micro
    item = book.network.items.get(demand.sku)
    if micro is not None and other.unit is not None and item is not None:
        with below(place):
            micro = to_base(item, Quantity.of_micro(micro), other.unit)
    freed: set[Place] = set()
    if other.wanted_at is not None:
        promised = other.wanted_at if demand.promised_at is not None else None
        freed |= release_pegs(book, [demand.demand_id])
        now = book.demands[demand.demand_id]
        book.demands.put(now._replace(needed_at=other.wanted_at, promised_at=promised))
    if micro is not None:
        prune(book, lessen(book, book.demands[demand.demand_id], micro, freed), freed)
    cover(book, [demand.demand_id])
    book.touch([demand.demand_id])
    return freed


def _more(book: Book, lines: tuple[DemandLine, ...]) -> Iterable[Place]:
    demands = demands_of(book, Asker(SUPPOSED, SUPPOSED, PRIORITY_USUAL, held=True), lines)
    for demand in demands:
        book.demands.put(demand)
    keys = [demand.demand_id for demand in demands]
    plan_in_time(book, keys, book.now)
    book.touch(keys)
    return ()


def _anew(book: Book, order_id: str) -> Iterable[Place]:
    demands = book.demands.by("order", order_id)
    if not demands:
        raise NotFound(f"no open order {order_id}")
    keys = [demand.demand_id for demand in demands]
    freed = release_pegs(book, keys)
    cover(book, keys)
    book.touch(keys)
    return freed
