"""What the read model shows of one thing: its state, and the rows that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ActionKind
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order: `promised_at` holds, `expected_at` is what is known now, `reason` why they differ."""

    order_id: str
    line_id: str
    kind: str
    item: str
    quantity: Quantity
    unit: str
    promised_at: datetime
    expected_at: datetime | None
    open: bool
    at_risk: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """price - bought in = labour + capital + overhead + margin, in minor units; `kind` is good, service or whole."""

    order_id: str
    kind: str
    currency: str
    price_minor: int
    bought_in_minor: int
    labour_minor: int
    capital_minor: int
    overhead_minor: int
    margin_minor: int
    final: bool
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation of a run in time, at a work centre; `state` is the run's."""

    run_id: str
    operation_no: int
    work_centre_id: str
    planned_order_id: str
    state: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class MessageRow:
    """An open action message: what the plan asks a planner to do with a supply, and whom it hurts."""

    planned_order_id: str
    kind: ActionKind
    sku: str
    quantity: Quantity
    wanted_at: datetime | None
    opened_at: datetime
    reason: str
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A thing as it stands: `state` since `since_at`, a label for people, `detail` as it is shown on its page."""

    kind: str
    subject_id: str
    state: str
    since_at: datetime | None
    label: str
    detail: object = None
    lines: tuple[LineRow, ...] = ()
    values: tuple[ValueRow, ...] = ()
    operations: tuple[OperationRow, ...] = ()
    messages: tuple[MessageRow, ...] = ()
