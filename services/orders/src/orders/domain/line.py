"""A line of an order on its own axes: lifecycle, supply, fulfilment, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.orders import CostExchanged, RateMissed
from contracts.shapes import DemandLine
from contracts.values import ZERO, CostVector, Money, Quantity
from orders.domain.rates import Exchange, Rates, Waiting
from orders.domain.states import ENDED, FULFILMENT, LIFECYCLE, PENDING, SUPPLY, moved
from orders.domain.value import nothing_spent

Fact = object


@dataclass(frozen=True, slots=True)
class Agreed:
    """A quantity and its price, as they were agreed on."""

    quantity: Quantity
    minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; `moved` counts what left stock for it, `parts` what a visit said it used.

    `charge` is what its customer owes for what of it was given up; `waiting` is what it has cost in currencies whose
    rate nobody has said yet, which is no part of `cost`. `agreed` is what was ordered at first where its quantity
    has changed since: the price of every other quantity is a share of that one, so that no cent is lost on the way.
    """

    demand: DemandLine
    price: Money
    promised_at: datetime
    slot_id: str | None
    lifecycle: str
    supply: str
    fulfilment: str
    fulfilled: Quantity
    moved: Quantity
    parts: Quantity
    cost: CostVector
    late_at: datetime | None = None
    held: str | None = None
    charge: Money | None = None
    waiting: tuple[Waiting, ...] = ()
    agreed: Agreed | None = None

    @classmethod
    def ordered(cls, demand: DemandLine, price: Money, promised_at: datetime, slot_id: str | None) -> Line:
        """A line as it is ordered: nothing planned, delivered or spent yet."""
        return cls(
            demand, price, promised_at, slot_id, "requested", "unplanned", "none", ZERO, ZERO, ZERO,
            nothing_spent(price.currency),
        )  # fmt: skip

    @property
    def line_id(self) -> str:
        """The line's id."""
        return self.demand.line_id

    @property
    def ended(self) -> bool:
        """Whether nothing more of it is awaited."""
        return self.lifecycle in ENDED

    @property
    def given_up(self) -> bool:
        """Whether it has ended and nothing of it was accepted."""
        return self.ended and self.fulfilled == ZERO

    @property
    def pending(self) -> bool:
        """Whether a change of it is neither committed nor withdrawn."""
        return self.lifecycle in PENDING

    @property
    def settled(self) -> bool:
        """Whether it has ended and every cost of it is known."""
        expected = self.fulfilled if self.demand.kind == "good" else self.parts
        return self.ended and self.moved >= expected and not self.waiting

    @property
    def due(self) -> Money:
        """What the customer owes for it: of a line that was given up what was accepted all the same, cut to cents.

        The charge of its cancellation comes on top.
        """
        owed = self.price.minor
        if self.lifecycle in {"cancelled", "cancelled-with-cost", "short-closed"}:
            whole = self.demand.quantity.micro
            owed = owed * min(self.fulfilled.micro, whole) // whole if whole else 0
        return Money(owed + (0 if self.charge is None else self.charge.minor), self.price.currency)

    @property
    def basis(self) -> Agreed:
        """What its price is a share of."""
        return self.agreed or Agreed(self.demand.quantity, self.price.minor)

    def price_of(self, quantity: Quantity) -> Money:
        """What so much of it costs in all: the share of the price that was agreed on, cut to cents."""
        basis = self.basis
        return Money(basis.minor * quantity.micro // basis.quantity.micro, self.price.currency)

    def supplied(self, to: str, late_at: datetime | None) -> Line:
        """The line with another state of supply; the same state again changes nothing but the date."""
        state = (
            self.supply if self.supply == to else moved(SUPPLY, f"supply of {self.line_id}", self.supply, to)
        )
        return replace(self, supply=state, late_at=late_at)

    def accepted(self, quantity: Quantity) -> Line:
        """So much more of it was accepted by the client."""
        fulfilled = self.fulfilled + quantity
        state = "complete" if fulfilled >= self.demand.quantity else "partial"
        fulfilment = self.fulfilment
        if fulfilment != state:
            fulfilment = moved(FULFILMENT, f"fulfilment of {self.line_id}", fulfilment, state)
        return replace(self, fulfilled=fulfilled, fulfilment=fulfilment)

    @property
    def exchanges(self) -> frozenset[Exchange]:
        """The rates that its costs wait for."""
        return frozenset(Exchange(each.cost.currency, self.price.currency, each.day) for each in self.waiting)

    def spent(self, cost: CostVector, order_id: str, rates: Rates) -> tuple[Line, list[Fact]]:
        """It has cost so much more; what is in another currency waits for the rate of today, unless that is known."""
        if cost.currency == self.price.currency:
            return replace(self, cost=self.cost + cost), []
        line = replace(self, waiting=(*self.waiting, Waiting(cost, rates.today)))
        line, facts = line.rated(order_id, rates)
        news = sorted(line.exchanges - self.exchanges)
        missed = [RateMissed(order_id, line.line_id, each.currency, each.into, each.day) for each in news]
        return line, [*facts, *missed]

    def rated(self, order_id: str, rates: Rates) -> tuple[Line, list[Fact]]:
        """Costs that waited for rates that are known now are costs in the currency of its price."""
        whole, still, facts = self.cost, list[Waiting](), list[Fact]()
        for each in self.waiting:
            found = rates.worth(each.cost, self.price.currency, each.day)
            if found is None:
                still.append(each)
            else:
                whole = whole + found[0]
                facts.append(CostExchanged(order_id, self.line_id, each.cost, *found, each.day))
        return replace(self, cost=whole, waiting=tuple(still)), facts

    def to(self, lifecycle: str) -> Line:
        """The line in another state of its life; raises `WrongState`."""
        return replace(self, lifecycle=moved(LIFECYCLE, f"line {self.line_id}", self.lifecycle, lifecycle))

    def amended(self, quantity: Quantity, *, at_cost: bool = False) -> Line:
        """So much of it is wanted in all, at its price; none of it cancels the line."""
        line = self.to("promised")
        if line.supply == "late" and quantity <= line.fulfilled:
            line = line.supplied("planned", None)
        line = replace(
            line,
            demand=replace(line.demand, quantity=quantity),
            price=self.price_of(quantity),
            agreed=self.basis,
        )
        if not quantity:
            return line.cancelled(at_cost=at_cost)
        if line.fulfilled >= quantity:
            return replace(line, fulfilment="complete")
        return replace(line, fulfilment="partial") if line.fulfilled > ZERO else line

    def charged(self, charge: Money) -> Line:
        """The customer owes so much for what was given up, and so do we to whoever gives it up."""
        owed = charge if self.charge is None else self.charge + charge
        return replace(self, charge=owed, cost=self.cost + CostVector(charge.minor, 0, 0, 0, charge.currency))

    def cancelled(self, *, at_cost: bool = False) -> Line:
        """Nothing of it is wanted any more."""
        state = self.lifecycle
        if state not in {"requested", "cancel-pending"}:
            state = moved(LIFECYCLE, f"line {self.line_id}", state, "cancel-pending")
        end = "cancelled-with-cost" if at_cost else "cancelled"
        return replace(self, lifecycle=moved(LIFECYCLE, f"line {self.line_id}", state, end))

    def short_closed(self) -> Line:
        """What of it is not accepted by now is not wanted any more; nobody has to decide about it."""
        state = moved(LIFECYCLE, f"line {self.line_id}", self.lifecycle, "short-closed")
        return replace(self._late_no_more(), lifecycle=state, held=None)

    def closed(self) -> Line:
        """Everything that was ordered has been accepted; if that was late, no date of it is awaited any more."""
        state = moved(LIFECYCLE, f"line {self.line_id}", self.lifecycle, "fulfilled")
        return replace(self._late_no_more(), lifecycle=state)

    def _late_no_more(self) -> Line:
        return self.supplied("planned", None) if self.supply == "late" else self
