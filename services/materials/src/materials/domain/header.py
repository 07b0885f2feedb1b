"""What demands belong to: holds of promises, customers' orders, purchase lines of our own sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from contracts.shapes import DateStep, DeliveryPolicy, DemandLine, Instead, LineQuantity, Share
from contracts.values import Money

HoldState = Literal["held", "refused", "expired", "released", "ordered"]
InternalState = Literal["promised", "refused", "ready", "shipped", "ended"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a promise was answered with; the same question gets it again.

    `instead` are the substitutes that are taken with it, `instead_in` the lines whose goods are made of each; `missing`
    are the items, and their sites, that nothing supplies.
    """

    steps: tuple[DateStep, ...] = ()
    reasons: tuple[str, ...] = ()
    refused: str | None = None
    next_possible_at: datetime | None = None
    instead: tuple[Instead, ...] = ()
    instead_in: tuple[tuple[str, ...], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


class Hold(NamedTuple):
    """What is kept for a promise until `hold_until_at`; a row without demands is a tombstone."""

    promise_id: str
    need_id: str
    request_no: int
    state: HoldState
    hold_until_at: datetime
    answer: Answer


class Order(NamedTuple):
    """A customer's order as materials serves it."""

    order_id: str
    need_id: str
    promise_id: str
    state: Literal["open", "cancelled"]
    priority: int
    delivery_policy: DeliveryPolicy
    placed_at: datetime


class InternalSupply(NamedTuple):
    """A purchase order line that one of our sites supplies, and when it promised to."""

    purchase_line_id: str
    purchase_order_id: str
    site_id: str
    sku: str
    quantity_micro: int
    wanted_at: datetime
    promised_at: datetime | None
    state: InternalState
    planned_order_id: str
    serves: tuple[Share, ...] = ()


class Dispatch(NamedTuple):
    """So much of a lot is on its way to a client, or to another site of ours, and for which demand."""

    shipment_id: str
    lot_id: str
    demand_id: str
    site_id: str
    quantity_micro: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """A planned order that is not released before the hold ends, and when it would have been."""

    planned_order_id: str
    release_at: datetime


@dataclass(frozen=True, slots=True)
class Probe:
    """What the owner of a supply is asked for a change, in the supply's own unit, and what it has answered."""

    planned_order_id: str
    quantity_micro: int
    answered: bool = False
    refused: str | None = None
    charge: Money | None = None
    days: int = 0


class Change(NamedTuple):
    """A change of a customer's order as it was answered; one that is withdrawn before it was asked is a tombstone.

    While it is `asking` owners of supplies have not answered yet.
    """

    change_id: str
    order_id: str
    state: Literal["asking", "held", "refused", "committed", "withdrawn"]
    lines: tuple[LineQuantity, ...]
    put_off: tuple[PutOff, ...]
    hold_until_at: datetime
    refused: str | None = None
    probes: tuple[Probe, ...] = ()
    steps: tuple[DateStep, ...] = ()
    wanted: tuple[DemandLine, ...] = ()

    @property
    def line_ids(self) -> set[str]:
        """The lines of the order that it is about."""
        return {line.line_id for line in self.lines} | {line.line_id for line in self.wanted}
