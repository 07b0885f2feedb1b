"""Supplies that are open, and the same by component and by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class Missing:
    """A supply that is open: what it is of, by when it is needed and expected, and who waits for it.

    `kind` and `subject_id` name the run or purchase order, or the planned order itself as long as there is neither.
    It is `late` when it is expected after it is needed, or should have been there by now.
    """

    kind: str
    subject_id: str
    sku: str
    title: str
    quantity: Quantity
    source: str
    state: str
    vendor: str
    needed_at: datetime | None
    expected_at: datetime | None
    order_ids: tuple[str, ...]
    late: bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """An item of which something is missing: how much in all, since when it is needed first, by which supplies."""

    sku: str
    title: str
    quantity: Quantity
    needed_at: datetime | None
    supplies: tuple[Missing, ...]
    order_ids: tuple[str, ...]

    @property
    def unit(self) -> str:
        """What the item is counted in; empty where that was not told."""
        return self.supplies[0].unit

    @property
    def late(self) -> bool:
        """Whether any of it is late."""
        return any(one.late for one in self.supplies)


def by_component(missing: list[Missing]) -> list[Component]:
    """Open supplies by item, in the order in which the items are needed first."""
    found: dict[str, list[Missing]] = {}
    for one in missing:
        found.setdefault(one.sku, []).append(one)
    return [
        Component(
            sku,
            supplies[0].title,
            Quantity.of_micro(sum(one.quantity.micro for one in supplies)),
            supplies[0].needed_at,
            tuple(supplies),
            tuple(sorted({order_id for one in supplies for order_id in one.order_ids})),
        )
        for sku, supplies in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Blocked:
    """An order and the open supplies that it waits for, the first needed first."""

    order_id: str
    needed_at: datetime | None
    supplies: tuple[Missing, ...]
    late: bool


def by_order(missing: list[Missing]) -> list[Blocked]:
    """Open supplies by the orders that wait for them: those with a late supply first, then in the order given."""
    found: dict[str, list[Missing]] = {}
    for one in missing:
        for order_id in one.order_ids:
            found.setdefault(order_id, []).append(one)
    blocked = [
        Blocked(order_id, supplies[0].needed_at, tuple(supplies), any(one.late for one in supplies))
        for order_id, supplies in found.items()
    ]
    return sorted(blocked, key=lambda each: not each.late)


def is_late(needed_at: datetime | None, expected_at: datetime | None, now: datetime) -> bool:
    """Whether an open supply is behind: expected after it is needed, or not there although its moment has passed."""
    after = needed_at is not None and expected_at is not None and expected_at > needed_at
    due_at = expected_at or needed_at
    return after or (due_at is not None and due_at < now)
