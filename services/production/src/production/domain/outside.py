"""Work that a vendor does at its place: the one operation of a recipe, and what is kept of buying it for a run.

What leaves the house is a run like any other, with its recipe, its record, its cost and the lots that it takes and
makes; only its work is bought. What comes before it and after it are recipes of their own: what goes out and comes
back is stock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backbone.errors import Invalid, Pointer
from contracts.outside import OutsideWork
from contracts.recipes import Operation
from contracts.shapes import LotPart
from contracts.values import NAME_CHARS_MAX, ZERO, Quantity
from production.domain.material import cut, merged
from production.domain.plant import Calendar

DAYS_MAX: Final = 366


@dataclass(frozen=True, slots=True)
class Bought:
    """The work of a run as it is bought: what it is, how much of it, and by when it was last asked for.

    Then who is to do it, when that is agreed to be done and back, and how much of it is `done`. `sent` are the lots
    that went there.
    """

    sku: str
    quantity: Quantity
    unit: str
    needed_at: datetime
    purchase_order_id: str | None = None
    vendor_id: str | None = None
    agreed_at: datetime | None = None
    done: Quantity = ZERO
    sent: tuple[LotPart, ...] = ()

    def back(self, consumed: Iterable[LotPart], staged: Sequence[LotPart]) -> tuple[LotPart, ...]:
        """What the vendor had and did not use: what was sent and not `consumed`, of what lies `staged` still."""
        left = {part.lot_id: part.quantity for part in self.sent}
        for part in consumed:
            left[part.lot_id] = max(left.get(part.lot_id, ZERO) - part.quantity, ZERO)
        return tuple(piece for part in merged(staged) for piece in cut(part, left.get(part.lot_id, ZERO))[0])


def outside_of(operations: Sequence[Operation]) -> OutsideWork | None:
    """The work of a recipe that a vendor does; None for a recipe of our own."""
    return operations[0].outside if operations else None


def wrong_outside(operations: Sequence[Operation], skus: Collection[str], lead_days: int) -> list[Pointer]:
    """What keeps work from being done by a vendor; `skus` are what the recipe takes and makes."""
    found: list[Pointer] = []
    for place, operation in enumerate(operations):
        at, work = f"/operations/{place}/outside", operation.outside
        if work is None:
            continue
        if len(operations) > 1:
            found.append((at, "is the only operation of its recipe: what goes out and comes back is stock"))
        if operation.people or operation.run_minutes or operation.alternates or operation.batch_runs:
            found.append((at, "takes days: no minutes, people, alternates or loads of our own"))
        if operation.send_ahead is not None:
            found.append((f"/operations/{place}/send_ahead", "a vendor sends all of it back"))
        if not work.sku.strip() or len(work.sku) > NAME_CHARS_MAX:
            found.append((f"{at}/sku", f"an item has a name of 1 to {NAME_CHARS_MAX} characters"))
        if work.sku in skus:
            found.append((f"{at}/sku", "the work, not what is worked on"))
        if work.quantity <= ZERO:
            found.append((f"{at}/quantity", "a quantity is above zero"))
        found += _wrong_days(work, lead_days, at)
    return found


def _wrong_days(work: OutsideWork, lead_days: int, at: str) -> list[Pointer]:
    found = [
        (f"{at}/{name}", f"{least} to {DAYS_MAX} days")
        for name, days, least in (
            ("out_days", work.out_days, 0),
            ("work_days", work.work_days, 1),
            ("back_days", work.back_days, 0),
        )
        if not least <= days <= DAYS_MAX
    ]
    if not found and days_of(work) > lead_days:
        found.append(("/lead_days", f"at least the {days_of(work)} days that the work takes"))
    return found


def days_of(work: OutsideWork) -> int:
    """How many days goods are away."""
    return work.out_days + work.work_days + work.back_days


def timed(operations: Sequence[Operation], calendars: Mapping[str, Calendar]) -> tuple[Operation, ...]:
    """Operations whose days outside are minutes of their work centre's calendar; `calendars` by work centre.

    Raises `Invalid` for a work centre of which nobody knows when it works.
    """
    found = []
    for place, operation in enumerate(operations):
        if operation.outside is None:
            found.append(operation)
            continue
        calendar = calendars.get(operation.work_centre_id)
        if calendar is None:
            raise Invalid(
                "days are those of a calendar",
                [(f"/operations/{place}/work_centre_id", "a work centre with a calendar")],
            )
        minutes = calendar.day_minutes.times(days_of(operation.outside))
        found.append(replace(operation, setup_minutes=minutes))
    return tuple(found)
