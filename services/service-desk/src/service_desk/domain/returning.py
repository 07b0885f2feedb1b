"""What clients send back: authorised by orders, taken in lot by lot at the site that had sent it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Invalid, Refusal
from contracts.returns import ReturnAuthorised, ReturnReceived
from contracts.shapes import LotPart
from contracts.values import ZERO, Quantity, total
from service_desk.domain.goods import parted
from service_desk.domain.visit import Fact, Visit


class NotHandedOver(Invalid):
    """Somebody takes in a lot that the client was not brought, or more of it than the client has."""


class MoreThanAuthorised(Refusal):
    """More comes back than the client may send back."""


@dataclass(frozen=True, slots=True)
class LotQuantity:
    """So much of a lot."""

    lot_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Return:
    """So much of an order line may come back; `lots` are what has come."""

    return_id: str
    order_id: str
    line_id: str
    customer_id: str
    need_id: str
    quantity: Quantity
    reason: str
    authorised_at: datetime
    lots: tuple[LotQuantity, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, fact: ReturnAuthorised, at: datetime) -> Return:
        """The return that was authorised."""
        return cls(
            fact.return_id, fact.order_id, fact.line_id, fact.customer_id, fact.need_id, fact.quantity,
            fact.reason, at,
        )  # fmt: skip

    @property
    def received(self) -> Quantity:
        """How much of it has come."""
        return total(lot.quantity for lot in self.lots)

    @property
    def state(self) -> str:
        """Whether all of it has come."""
        return "received" if self.received >= self.quantity else "awaited"

    def taken_in(
        self, lots: Sequence[LotQuantity], visits: Iterable[Visit], others: Iterable[Return]
    ) -> tuple[Return, list[Fact]]:
        """Lots of these hand-overs are back, beside what `others` have brought; told for each site that sent them.

        Raises `NotHandedOver` and `MoreThanAuthorised`.
        """
        named = {lot.lot_id for lot in lots}
        if not lots or len(named) < len(lots) or any(lot.quantity <= ZERO for lot in lots):
            raise NotHandedOver(
                "some of a lot comes back, and a lot is named once", [("/lots", "add them up")]
            )
        if self.received + total(lot.quantity for lot in lots) > self.quantity:
            raise MoreThanAuthorised(
                f"of return {self.return_id} {self.quantity - self.received} can still come"
            )
        back = [lot for each in (self, *others) if each.line_id == self.line_id for lot in each.lots]
        left, _ = _taken(_handed(visits, self.line_id), back, "/lots")
        _, found = _taken(left, lots, "/lots")
        facts: list[Fact] = [
            ReturnReceived(
                self.return_id,
                self.order_id,
                self.line_id,
                site_id,
                tuple(part for place, part in found if place == site_id),
            )
            for site_id in dict.fromkeys(place for place, _ in found)
        ]
        return replace(self, lots=(*self.lots, *lots)), facts


Placed = tuple[str, LotPart]


def _handed(visits: Iterable[Visit], line_id: str) -> list[Placed]:
    """The lots of a line that its client has accepted, with the sites that sent them."""
    return [
        (visit.site_id, lot)
        for visit in visits
        if visit.kind == "hand-over" and visit.state == "completed"
        for line in visit.lines
        if line.line_id == line_id
        for lot in line.lots
    ]


def _taken(
    handed: Sequence[Placed], lots: Iterable[LotQuantity], pointer: str
) -> tuple[list[Placed], list[Placed]]:
    """What is left when these lots are taken away, and what was taken. Raises `NotHandedOver`."""
    left, taken = list(handed), list[Placed]()
    for lot in lots:
        wanted, rest = lot.quantity, list[Placed]()
        for site_id, part in left:
            away = min(wanted, part.quantity) if part.lot_id == lot.lot_id else ZERO
            wanted = wanted - away
            stays, goes = parted(part, away)
            rest += [(site_id, each) for each in stays]
            taken += [(site_id, each) for each in goes]
        if wanted:
            raise NotHandedOver(
                f"the client does not have so much of lot {lot.lot_id}", [(pointer, lot.lot_id)]
            )
        left = rest
    return left, taken
