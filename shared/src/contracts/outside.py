"""Work that a vendor does at its place: what a recipe says of it, and how production asks for it, run by run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ItemPart
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class OutsideWork:
    """Work that a vendor does at its place: the item it is bought as, and how much of that one run takes.

    Goods are so many days on their way there, there, and on their way back: days of the calendar of its work centre.
    """

    sku: str
    quantity: Quantity
    out_days: int
    work_days: int
    back_days: int


@dataclass(frozen=True, slots=True)
class WorkRequested:
    """A vendor has to do the work of a run: so much of it, done and back at the site by a moment, on what we provide.

    Said again with another moment or quantity it stands instead of what was said before.
    """

    run_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    site_id: str
    needed_at: datetime
    provided: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class WorkWithdrawn:
    """The work of a run is not wanted from a vendor any more; what it has done already is paid."""

    run_id: str
    planned_order_id: str
    reason: str
