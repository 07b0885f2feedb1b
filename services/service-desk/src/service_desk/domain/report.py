"""What a technician reports of the work done: time, parts and cost; the client's word is another thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backbone.errors import Invalid
from contracts.service_desk import PartUsed
from contracts.values import ZERO, CostVector, Quantity, total
from service_desk.domain.form import PARTS_COUNT_MAX, counted, number, said
from service_desk.domain.service import Service
from service_desk.domain.technician import Technician

REPORT_MINUTES_MAX: Final = 60 * 24 * 31


class ReportIsWrong(Invalid):
    """A report names parts twice, nothing done, or more than was ordered."""


class PartsNeedAReason(Invalid):
    """Other parts were used than the service says, and nobody says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """Work done: so many units in so many minutes of the whole team, with these parts, at this cost."""

    quantity: Quantity
    minutes: int
    parts: tuple[PartUsed, ...]
    parts_reason: str | None
    cost: CostVector
    reported_by: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Saying:
    """What a technician says was done; without a quantity, all of it."""

    minutes: int
    parts: tuple[PartUsed, ...] = ()
    quantity: Quantity | None = None
    parts_reason: str | None = None


def checked_parts(
    used: Sequence[PartUsed], planned: dict[str, Quantity], reason: str | None
) -> tuple[PartUsed, ...]:
    """Parts used; other than planned only with a reason. Raises `ReportIsWrong`, `PartsNeedAReason`."""
    counted(used, "/parts", PARTS_COUNT_MAX, least=0)
    if len({(part.sku, part.site_id) for part in used}) < len(used):
        raise ReportIsWrong("a part of a site is named once", [("/parts", "add them up")])
    if any(part.quantity <= ZERO for part in used):
        raise ReportIsWrong("a part used is more than nothing", [("/parts", "leave it out")])
    sums = {sku: total(part.quantity for part in used if part.sku == sku) for sku in {p.sku for p in used}}
    if sums != planned:
        if reason is None:
            raise PartsNeedAReason(
                "other parts were used than the service says", [("/parts_reason", "say why")]
            )
        said(reason, "/parts_reason")
    return tuple(used)


def checked_work(quantity: Quantity, minutes: int, ordered: Quantity) -> None:
    """Raise `ReportIsWrong` or `NumberIsOutOfRange` unless so much work can have been done."""
    number(minutes, "/minutes", 1, REPORT_MINUTES_MAX)
    if not ZERO < quantity <= ordered:
        raise ReportIsWrong("not more is done than was ordered", [("/quantity", f"up to {ordered}")])


def reported(
    visit_quantity: Quantity,
    service: Service,
    said_to_be: Saying,
    *,
    team: Sequence[Technician],
    by: str,
    at: datetime,
) -> Report:
    """The report that a technician's saying becomes; raises `ReportIsWrong`, `PartsNeedAReason`."""
    quantity = said_to_be.quantity or visit_quantity
    checked_work(quantity, said_to_be.minutes, visit_quantity)
    parts = checked_parts(said_to_be.parts, service.parts_for(quantity), said_to_be.parts_reason)
    cost = service.cost(said_to_be.minutes, team)
    return Report(quantity, said_to_be.minutes, parts, said_to_be.parts_reason, cost, by, at)
