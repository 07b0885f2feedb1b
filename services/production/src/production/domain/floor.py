"""What happens at a run on the shop floor, as it is kept: what it took, made, scrapped and measured, and its stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from backbone.errors import Refusal
from contracts.production import ProducedLot
from contracts.shapes import LotPart, Role
from contracts.values import ZERO, CostVector, Quantity
from production.domain.act import Scrap, Time
from production.domain.outside import Bought
from production.domain.points import Point
from production.domain.stages import Stage

RECORDS_COUNT_MAX: Final = 1_000

R = TypeVar("R")


class TooManyRecords(Refusal):
    """A run has as many records of a kind as are kept."""


def kept(records: tuple[R, ...], what: str) -> tuple[R, ...]:
    """The records of a run; raises `TooManyRecords`."""
    if len(records) > RECORDS_COUNT_MAX:
        raise TooManyRecords(f"a run keeps {RECORDS_COUNT_MAX} {what}")
    return records


@dataclass(frozen=True, slots=True)
class Recorded:
    """A measured parameter of an operation, when and by whom."""

    operation_no: int
    name: str
    unit: str
    value: Quantity
    within: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made of an item so far, and how much of it is blocked."""

    sku: str
    role: Role
    quantity: Quantity
    blocked: Quantity


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a run stood still, and why; one without an end lasts."""

    reason: str
    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """What has happened at a run: `staged` is left, `open` was consumed and is borne by no product yet.

    `beyond` are minutes needed beyond the recipe's, by operation (less, if negative). `pending` is work that no product
    bears yet, `work` all of it; both in minor units by kind. `record` seals the `entries` of the batch record.
    `recalled` are lots it took that were called back since. What a vendor does of it is `bought`.
    `let` are people who may do it although they have not the skill that it asks for. `points` are its inspection
    points, as they were planned when it began, `stages` its runs that went through an operation and no further.
    """

    staged: tuple[LotPart, ...] = ()
    open: tuple[LotPart, ...] = ()
    consumed: tuple[LotPart, ...] = ()
    made: tuple[Made, ...] = ()
    scrapped: tuple[Scrap, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    stops: tuple[Stop, ...] = ()
    beyond: tuple[Time, ...] = ()
    pending: CostVector | None = None
    work: CostVector | None = None
    labour_minutes: Quantity = ZERO
    machine_minutes: Quantity = ZERO
    started_at: datetime | None = None
    ended_at: datetime | None = None
    entries: int = 0
    record: str = ""
    recalled: tuple[str, ...] = ()
    bought: Bought | None = None
    let: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def back(self) -> tuple[LotPart, ...]:
        """What comes back from a vendor if nothing more is done."""
        return () if self.bought is None else self.bought.back(self.consumed, self.staged)


def judged(made: tuple[Made, ...], blocked: Mapping[str, Quantity]) -> tuple[Made, ...]:
    """What was made, with so much of each item blocked as quality says today."""
    return tuple(replace(each, blocked=min(blocked.get(each.sku, ZERO), each.quantity)) for each in made)


def counted(made: tuple[Made, ...], lots: tuple[ProducedLot, ...]) -> tuple[Made, ...]:
    """What was made so far with further lots, an entry for each item."""
    found = {each.sku: each for each in made}
    for lot in lots:
        sku, quantity = lot.part.sku, lot.part.quantity
        known = found.get(sku, Made(sku, lot.role, ZERO, ZERO))
        blocked = known.blocked + (quantity if lot.blocked else ZERO)
        found[sku] = replace(known, quantity=known.quantity + quantity, blocked=blocked)
    return tuple(found.values())
