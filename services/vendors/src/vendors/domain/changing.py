"""Less of what was asked of vendors: whether it can be, what the terms charge for it, and how it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from contracts.answers import ActionMessageAccepted, PurchaseWishRefused
from contracts.changes import ChangeProbed, PurchaseChangeAnswered, PurchaseReduced
from contracts.rounding import halved_even
from contracts.values import ZERO, Money, Quantity
from contracts.vendors import PurchaseOrderCancelled
from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.line import Line
from vendors.domain.policy import POINTS_WHOLE
from vendors.domain.price import Rates, worth
from vendors.domain.purchase_order import Fact, PurchaseOrder
from vendors.domain.sourcing import Sourcing
from vendors.domain.terms import Terms

LESS_WANTED = "its customer wants less"
PLANNER_CANCELS = "a planner cancels it"


@dataclass(frozen=True, slots=True)
class Probe:
    """What was answered for one purchase: `held` keeps it possible until the hold ends; `done` was carried out.

    Without a planned order it is the tombstone of a change that was withdrawn before it was asked for.
    """

    change_id: str
    planned_order_id: str
    state: Literal["held", "refused", "done", "withdrawn"]
    quantity: Quantity
    hold_until: datetime
    refused: str | None = None
    charge: Money | None = None
    days: int = 0

    @property
    def loss(self) -> Loss:
        """What it would be, and cost."""
        return Loss(self.quantity, self.refused, self.charge, self.days)

    def told(self) -> PurchaseChangeAnswered:
        """What materials hears, the same each time."""
        return PurchaseChangeAnswered(
            self.planned_order_id, self.change_id, self.quantity, self.refused, self.charge, self.days
        )


@dataclass(frozen=True, slots=True)
class Bought:
    """A planned order as vendors knows it: its sourcing, the order that is open for it, and the terms behind that."""

    sourcing: Sourcing
    order: PurchaseOrder | None = None
    terms: Terms | None = None
    days: WorkingDays = EVERY_DAY

    @property
    def line(self) -> Line | None:
        """The one line of the open order."""
        return None if self.order is None else self.order.lines[0]


@dataclass(frozen=True, slots=True)
class Loss:
    """What giving up a part of a purchase costs; with a reason it cannot be given up."""

    quantity: Quantity
    refused: str | None = None
    charge: Money | None = None
    days: int = 0


def loss(bought: Bought, wanted: Quantity, rates: Rates, at: datetime) -> Loss:
    """What it costs that only so much is bought, in whole lots of the terms.

    Free until the vendor has promised it. Then `cancellation_points` of what is given up, at the price agreed on,
    as long as the promised date is `notice_days` away; what is on its way or here cannot be given up.
    """
    line = bought.line
    if line is None:
        return Loss(wanted, _closed(bought.sourcing))
    if line.coming > ZERO or line.state in {"shipped", "part-received", "rejected"}:
        return Loss(
            line.quantity, f"purchase line {line.purchase_line_id} of {line.sku} is {line.state} already"
        )
    kept = ZERO
    if wanted > ZERO:
        kept = min(line.quantity, wanted if bought.terms is None else bought.terms.lot_for(wanted))
    if line.answer is None or bought.terms is None or kept >= line.answer.quantity:
        return Loss(kept)
    return _by_terms(bought.terms, bought.days, line, kept, rates, at)


def _closed(sourcing: Sourcing) -> str | None:
    if sourcing.state == "quoting":
        return f"vendors are quoting for {sourcing.sku}"
    return f"what was bought of {sourcing.sku} has arrived already" if sourcing.state == "ordered" else None


def _by_terms(
    terms: Terms, days: WorkingDays, line: Line, kept: Quantity, rates: Rates, at: datetime
) -> Loss:
    assert line.answer is not None
    promised = line.answer.at.date()
    if at.date() > days.moved(promised, -terms.notice_days):
        return Loss(
            line.quantity,
            f"{line.sku} is promised for {promised}; its vendor wants {terms.notice_days} days' notice",
        )
    return Loss(kept, None, owed(line, charged_minor(terms, line, kept), rates), terms.notice_days)


def charged_minor(terms: Terms | None, line: Line, kept: Quantity) -> int:
    """What terms charge for so much less than a line's vendor has promised, in minor units of the line's currency."""
    if terms is None or line.answer is None or kept >= line.answer.quantity:
        return 0
    given_up = worth(line.agreed_price.minor, line.answer.quantity - kept)
    return halved_even(given_up * terms.cancellation_points, POINTS_WHOLE)


def owed(line: Line, minor: int, rates: Rates) -> Money | None:
    """So much that is owed for a line, in our currency where its own has a rate; None for nothing."""
    charge = Money(minor, line.agreed_price.currency)
    if rates.knows(charge.currency):
        charge = rates.converted(charge)
    return charge if charge.minor else None


def answered(ask: ChangeProbed, bought: Bought, rates: Rates, at: datetime) -> Probe:
    """Say whether a purchase can be less, and keep that possible until the hold ends."""
    found = loss(bought, ask.quantity, rates, at)
    return Probe(
        ask.change_id,
        ask.planned_order_id,
        "held" if found.refused is None else "refused",
        found.quantity,
        ask.hold_until,
        found.refused,
        found.charge,
        found.days,
    )


def withdrawn(change_id: str, known: Mapping[str, Probe], at: datetime) -> list[Probe]:
    """What is kept for a change is let go; before it was asked for, a tombstone is left."""
    if not known:
        return [Probe(change_id, "", "withdrawn", ZERO, at, "it was withdrawn before it was asked")]
    return [replace(each, state="withdrawn") for each in known.values() if each.state == "held"]


def lessened(
    order: PurchaseOrder, found: Loss, reason: str, change_id: str | None = None
) -> tuple[PurchaseOrder, list[Fact]]:
    """So much is bought from now on. What the vendor sent meanwhile comes all the same, and costs no charge."""
    line, quantity, charge = order.lines[0], found.quantity, found.charge
    if line.ended or line.coming > ZERO or line.state in {"shipped", "part-received", "rejected"}:
        return order, []
    order = order.put(line.charged(charge))
    if quantity <= ZERO:
        order, facts = order.cancelled(reason)
        told = [each for each in facts if isinstance(each, PurchaseOrderCancelled)]
        others = [each for each in facts if not isinstance(each, PurchaseOrderCancelled)]
        return order, [*(replace(each, charge=charge, change_id=change_id) for each in told), *others]
    if quantity >= line.quantity:
        return order, []
    less = replace(order.lines[0], quantity=quantity)
    if less.answer is not None:
        less = replace(less, answer=less.answer.cut_to(quantity))
    if less.offered is not None:
        less = replace(less, offered=less.offered.cut_to(quantity))
    reduced = PurchaseReduced(
        order.purchase_order_id, order.vendor_id, order.vendor_kind, line.purchase_line_id, line.planned_order_id,
        line.quantity, quantity, reason, charge, change_id,
    )  # fmt: skip
    return order.put(less), [reduced] if order.issued_at is not None else []


def redated(line: Line, wanted_at: datetime) -> Line:
    """A line for which another date is asked; a vendor that heard of it is held to its next answer."""
    return replace(line, wanted_at=wanted_at, redating=line.state != "requested")


def nobody_asked(sourcing: Sourcing) -> str:
    """Why a purchase without an open order cannot be moved."""
    return _closed(sourcing) or f"no vendor is asked for {sourcing.sku}"


def refused_wish(wish: ActionMessageAccepted, reason: str) -> PurchaseWishRefused:
    """Why what a planner wants of a purchase cannot be."""
    return PurchaseWishRefused(wish.planned_order_id, wish.kind, reason)
