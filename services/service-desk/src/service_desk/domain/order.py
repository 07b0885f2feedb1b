"""An order as the desk knows it: what has to be delivered where, and what of it lies ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.materials import GoodsReady
from contracts.orders import OrderPlaced
from contracts.shapes import DeliveryPolicy, Kind, LineQuantity
from contracts.values import Quantity, total
from service_desk.domain.hold import place_of
from service_desk.domain.service import Service


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `parts` says whether its service uses up parts that have to lie ready first."""

    line_id: str
    kind: Kind
    item: str
    quantity: Quantity
    promised_at: datetime
    slot_id: str | None
    parts: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """So much lies ready for a schedule line, and the hand-over it goes with (none for parts of a visit)."""

    line_id: str
    schedule_no: int
    quantity: Quantity
    visit_id: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Other quantities of these lines, in all, and new ones are kept possible until then, unless it is refused."""

    change_id: str
    lines: tuple[LineQuantity, ...]
    hold_until: datetime
    refused: str | None = None
    added: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a client."""

    order_id: str
    need_id: str
    promise_id: str
    customer_id: str
    address_id: str
    delivery_policy: DeliveryPolicy
    currency: str
    lines: tuple[Line, ...]
    ready: tuple[Ready, ...] = ()
    cancelled: bool = False
    changes: tuple[Change, ...] = ()
    charged_minor: int | None = None
    version: int = 0

    @classmethod
    def of(cls, fact: OrderPlaced, services: Mapping[str, Service]) -> Order:
        """The order that was placed."""
        lines = tuple(
            Line(
                line.demand.line_id,
                line.demand.kind,
                line.demand.item,
                line.demand.quantity,
                line.promised_at,
                line.slot_id,
                line.demand.kind == "service"
                and line.demand.item in services
                and bool(services[line.demand.item].parts),
            )
            for line in fact.lines
        )
        return cls(
            fact.order_id,
            fact.need_id,
            fact.promise_id,
            fact.customer_id,
            fact.address_id,
            fact.delivery_policy,
            fact.lines[0].price.currency,
            lines,
            charged_minor=sum(line.price.minor for line in fact.lines),
        )

    @property
    def place(self) -> str:
        """Where the client is."""
        return place_of(self.customer_id, self.address_id)

    @property
    def services(self) -> tuple[Line, ...]:
        """The lines that people have to come for."""
        return tuple(line for line in self.lines if line.kind == "service")

    def line(self, line_id: str) -> Line | None:
        """The line of that id."""
        return next((line for line in self.lines if line.line_id == line_id), None)

    def without(self, line_id: str) -> Order:
        """The order when a line of it has ended."""
        return replace(
            self,
            lines=tuple(line for line in self.lines if line.line_id != line_id),
            ready=tuple(each for each in self.ready if each.line_id != line_id),
        )

    @property
    def held_until(self) -> datetime | None:
        """Until when nothing of it begins, since its customer has to decide about a change, or about several."""
        return max((change.hold_until for change in self.changes if change.refused is None), default=None)

    def change(self, change_id: str) -> Change | None:
        """The change of that id about which its customer has not decided."""
        return next((change for change in self.changes if change.change_id == change_id), None)

    def decided(self, change_id: str) -> Order:
        """The order when nothing waits for a change any more."""
        return replace(
            self, changes=tuple(change for change in self.changes if change.change_id != change_id)
        )

    def amended(self, line_id: str, quantity: Quantity) -> Order:
        """The order with another quantity of a line; what lies ready of it is told anew."""
        lines = tuple(
            replace(line, quantity=quantity) if line.line_id == line_id else line for line in self.lines
        )
        return replace(self, lines=lines, ready=tuple(each for each in self.ready if each.line_id != line_id))

    def ready_for(self, line_id: str, schedule_no: int) -> Ready | None:
        """What is known to lie ready for a schedule line."""
        return next(
            (each for each in self.ready if (each.line_id, each.schedule_no) == (line_id, schedule_no)), None
        )

    def took(self, fact: GoodsReady, visit_id: str | None) -> Order:
        """The order with what lies ready for a schedule line; what came back and is ready again counts once."""
        key = (fact.line_id, fact.schedule_no)
        others = tuple(each for each in self.ready if (each.line_id, each.schedule_no) != key)
        before = self.ready_for(*key)
        most = fact.quantity if before is None else max(fact.quantity, before.quantity)
        return replace(self, ready=(*others, Ready(*key, most, visit_id)))

    @property
    def all_ready(self) -> bool:
        """Whether every good, and the parts of every service, lie ready or are gone already."""
        return all(self.covered(line) for line in self.lines)

    @property
    def goods_ready(self) -> bool:
        """Whether every good lies ready or is gone already."""
        return all(self.covered(line) for line in self.lines if line.kind == "good")

    @property
    def needs_goods(self) -> bool:
        """Whether anything has to lie ready at all."""
        return any(line.kind == "good" or line.parts for line in self.lines)

    def covered(self, line: Line) -> bool:
        """Whether all of a line, or the parts of its service, lies ready or is gone already."""
        there = [each.quantity for each in self.ready if each.line_id == line.line_id]
        if line.kind == "service":
            return bool(there) or not line.parts
        return total(there) >= line.quantity
