"""A line of a purchase order: what is asked, what is promised for it, what was shipped, accepted, turned away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Invalid
from contracts.shapes import LotPart, Share
from contracts.values import ZERO, Money, PropertyValue, Quantity, Window, total
from contracts.vendors import AcknowledgedLine, PurchaseLine
from vendors.domain.answer import Answer, Schedule
from vendors.domain.policy import POINTS_WHOLE, Policy
from vendors.domain.receipt import packed
from vendors.domain.sourcing import Source, Sourcing
from vendors.domain.states import LINE_ENDED, LINE_LIVE, PURCHASE_LINE, WrongState, moved


class MoreThanOrdered(Invalid):
    """More than was ordered and than the tolerance allows."""


class NothingThere(Invalid):
    """A quantity above 0 is needed."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How much dearer, more or less than ordered is still right, in hundredths of a per cent."""

    price_points: int
    over_points: int
    under_points: int

    @classmethod
    def of(cls, policy: Policy) -> Tolerances:
        """The tolerances in force; an order keeps them as they were when it was placed."""
        return cls(policy.price_tolerance_points, policy.over_tolerance_points, policy.under_tolerance_points)

    def of_work(self) -> Tolerances:
        """The tolerances of work: nothing can be done on more than was sent."""
        return replace(self, over_points=0)

    def most(self, quantity: Quantity) -> Quantity:
        """The most that is taken in for an ordered quantity."""
        return Quantity.of_micro(quantity.micro * (POINTS_WHOLE + self.over_points) // POINTS_WHOLE)

    def enough(self, accepted: Quantity, quantity: Quantity) -> bool:
        """Whether so much fulfils an ordered quantity."""
        return accepted.micro * POINTS_WHOLE >= quantity.micro * (POINTS_WHOLE - self.under_points)


@dataclass(frozen=True, slots=True)
class Line:
    """`accepted` counts all that was ever taken in, `replaced` what of it went back to be sent again.

    `answer` is the promise in force, `offered` a dearer one that waits for a buyer, `first_at` the date that the
    vendor's score is held to: the first acknowledged one, a later one only when we asked for it (`redating`);
    `first_schedule` are its parts, where there are several. `charge` is what we owe for what we gave up of it.
    """

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    unit_price: Money
    site_id: str
    wanted_at: datetime
    window: Window
    serves: tuple[Share, ...]
    properties: tuple[PropertyValue, ...] = ()
    inspect: bool = False
    state: str = "requested"
    answer: Answer | None = None
    offered: Answer | None = None
    first_at: datetime | None = None
    redating: bool = False
    shipped: Quantity = ZERO
    accepted: Quantity = ZERO
    rejected: Quantity = ZERO
    returned: Quantity = ZERO
    replaced: Quantity = ZERO
    on_the_way: tuple[LotPart, ...] = ()
    completed_at: datetime | None = None
    charge: Money | None = None
    first_schedule: Schedule = ()

    @property
    def live(self) -> bool:
        """Whether it still binds the vendor."""
        return self.state in LINE_LIVE

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of it."""
        return self.state in LINE_ENDED

    @property
    def kept(self) -> Quantity:
        """What was accepted and not sent back for a replacement."""
        return self.accepted - self.replaced

    @property
    def balance(self) -> Quantity:
        """What is still to come."""
        return max(self.quantity - self.kept, ZERO)

    @property
    def coming(self) -> Quantity:
        """What was shipped and has not arrived."""
        return max(self.shipped - self.accepted - self.rejected, ZERO)

    @property
    def agreed_price(self) -> Money:
        """The price of one unit that we pay."""
        return self.answer.unit_price if self.answer is not None else self.unit_price

    def to(self, state: str) -> Line:
        """The line in another state; raises `WrongState`."""
        return replace(
            self, state=moved(PURCHASE_LINE, f"purchase line {self.purchase_line_id}", self.state, state)
        )

    def asked(self) -> PurchaseLine:
        """The line as the vendor hears of it."""
        return PurchaseLine(
            self.purchase_line_id,
            self.planned_order_id,
            self.sku,
            self.quantity,
            self.unit,
            self.unit_price,
            self.site_id,
            self.wanted_at,
            self.window,
            self.serves,
        )

    def promised(self, answer: Answer) -> Line:
        """The vendor's promise is in force; once goods are on their way it moves the date and not the state."""
        self._answerable()
        state = "acknowledged" if self.state in {"ordered", "quoted", "acknowledged"} else self.state
        line = replace(self, answer=answer, offered=None, redating=False)
        if self.first_at is None or self.redating:
            line = replace(line, first_at=answer.at, first_schedule=answer.schedule)
        return line.to(state)

    def dearer(self, answer: Answer) -> Line:
        """The vendor asks a price beyond tolerance: nothing is promised until a buyer takes it."""
        self._answerable()
        return replace(self.to("quoted"), offered=answer)

    def _answerable(self) -> None:
        if self.ended or self.state == "requested":
            raise WrongState(
                f"purchase line {self.purchase_line_id} is {self.state} and awaits no answer; "
                "allowed: ordered, quoted, acknowledged, shipped, part-received, rejected"
            )

    def acknowledged(self) -> AcknowledgedLine:
        """The promise in force as others hear of it."""
        assert self.answer is not None
        return AcknowledgedLine(
            self.purchase_line_id,
            self.planned_order_id,
            self.sku,
            self.answer.quantity,
            self.answer.unit_price,
            self.answer.at,
            self.answer.as_asked,
            self.answer.schedule,
        )

    def charged(self, charge: Money | None) -> Line:
        """So much more is owed for what is given up of it, beside what is owed for what was given up before."""
        if charge is None:
            return self
        before = self.charge if self.charge is not None else Money(0, charge.currency)
        return replace(self, charge=before + charge)

    def sent(self, quantity: Quantity, lots: tuple[LotPart, ...], tolerances: Tolerances) -> Line:
        """So much is on its way; raises `MoreThanOrdered` and `NothingThere`."""
        self._room_for(quantity, self.kept + self.coming, tolerances)
        line = replace(self, shipped=self.shipped + quantity, on_the_way=packed(self.on_the_way, lots))
        return line.to("shipped")

    def arrived(self, accepted: Quantity, rejected: Quantity, tolerances: Tolerances, at: datetime) -> Line:
        """So much was accepted and turned away; raises `MoreThanOrdered` and `NothingThere`."""
        self._room_for(accepted + rejected, ZERO, None)
        if accepted:
            self._room_for(accepted, self.kept, tolerances)
        line = replace(self, accepted=self.accepted + accepted, rejected=self.rejected + rejected)
        if tolerances.enough(line.kept, line.quantity):
            return replace(line.to("received"), completed_at=line.completed_at or at)
        return line.to("part-received" if line.kept else "rejected")

    def _room_for(self, quantity: Quantity, had: Quantity, tolerances: Tolerances | None) -> None:
        if quantity.micro <= 0:
            raise NothingThere(f"a quantity above 0 is needed for purchase line {self.purchase_line_id}")
        if tolerances is not None and had + quantity > tolerances.most(self.quantity):
            room = max(tolerances.most(self.quantity) - had, ZERO)
            raise MoreThanOrdered(f"purchase line {self.purchase_line_id} takes {room} more, not {quantity}")

    def sent_back(self, lots: tuple[LotPart, ...], *, replacement: bool, tolerances: Tolerances) -> Line:
        """Accepted goods go back; to be replaced they are owed again, unless no more of the line was wanted.

        Raises `MoreThanOrdered`, `NothingThere`, `WrongState`.
        """
        quantity = total(lot.quantity for lot in lots)
        self._room_for(quantity, ZERO, None)
        if self.returned + quantity > self.accepted:
            raise MoreThanOrdered(f"of {self.accepted} accepted, {self.returned} went back already")
        line = replace(self, returned=self.returned + quantity)
        if not replacement:
            return line
        if self.state == "closed":
            raise WrongState(
                f"purchase line {self.purchase_line_id} is closed: nobody would send a replacement; let it be credited"
            )
        line = replace(line, replaced=line.replaced + quantity)
        if line.state == "received" and not tolerances.enough(line.kept, line.quantity):
            return replace(line.to("part-received"), completed_at=None)
        return line


def line_of(purchase_line_id: str, sourcing: Sourcing, source: Source) -> Line:
    """The line that asks a source for what a planned order needs.

    What a run makes is inspected as its own, and what its vendor promised of it is not measured.
    """
    goods = sourcing.run_id is None
    return Line(
        purchase_line_id,
        sourcing.planned_order_id,
        sourcing.sku,
        source.quantity,
        sourcing.unit,
        source.unit_price,
        sourcing.site_id,
        sourcing.needed_at,
        sourcing.window,
        sourcing.serves,
        source.properties if goods else (),
        goods and (source.inspect or source.vendor.inspect),
    )
