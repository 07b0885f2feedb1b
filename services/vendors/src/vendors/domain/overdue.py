"""What a vendor has promised and let pass: it should be on its way or here, and nothing was said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.overdue import DeliveryOverdue, OverdueLine
from contracts.shapes import ScheduleLine
from contracts.values import ZERO, Quantity
from vendors.domain.answer import Answer
from vendors.domain.line import Line
from vendors.domain.purchase_order import PurchaseOrder


def open_parts(answer: Answer, sent: Quantity) -> list[ScheduleLine]:
    """What of a promise was not sent yet, by date."""
    found, left = [], sent
    for part in answer.parts:
        gone = min(part.quantity, left)
        left = left - gone
        if part.quantity > gone:
            found.append(ScheduleLine(part.quantity - gone, part.at))
    return found


def missed(answer: Answer, sent: Quantity, now: datetime) -> ScheduleLine | None:
    """So much should have been sent by now, the first of it by that moment: promises are kept by the day."""
    parts = [part for part in open_parts(answer, sent) if part.at.date() < now.date()]
    if not parts:
        return None
    return ScheduleLine(sum((part.quantity for part in parts), ZERO), parts[0].at)


def unsent(line: Line) -> tuple[Answer, Quantity] | None:
    """The promise of a line that binds its vendor, and how much of it is here or on its way."""
    if not line.live or line.answer is None:
        return None
    return line.answer, line.kept + line.coming


def next_due(order: PurchaseOrder, now: datetime) -> datetime | None:
    """When the next promised day is over; None when nothing more is to be sent by a day to come."""
    ends = [_after(part.at) for each in _unsent(order) for part in open_parts(*each)]
    return min((end for end in ends if end > now), default=None)


def _unsent(order: PurchaseOrder) -> Iterable[tuple[Answer, Quantity]]:
    return (each for line in order.lines if (each := unsent(line)) is not None)


def _after(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def overdue(order: PurchaseOrder, now: datetime) -> list[object]:
    """The fact of what should have been sent by now; none where all of it was."""
    lines = []
    for line in order.lines:
        promise = unsent(line)
        owed = None if promise is None else missed(*promise, now)
        if owed is not None:
            lines.append(
                OverdueLine(line.purchase_line_id, line.planned_order_id, line.sku, owed.quantity, owed.at)
            )
    if not lines:
        return []
    return [DeliveryOverdue(order.purchase_order_id, order.vendor_id, tuple(lines), order.run_id)]
