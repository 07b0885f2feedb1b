"""Facts of materials about what does not come as it was planned: goods that are not ready any more, and substitutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import DateStep, LateCause, Share
from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class GoodsWithdrawn:
    """Goods for a line that lay ready do so no more: nobody hands them over until they are ready again."""

    order_id: str
    line_id: str
    schedule_no: int
    site_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupplySubstituted:
    """Runs that waited for a late supply take another item instead; the lots that they make name what they took.

    `quantity` of the supply's item is not waited for any more, `substitute_quantity` stands in for it, there at
    `available_at`.
    """

    planned_order_id: str
    site_id: str
    sku: str
    quantity: Quantity
    substitute_sku: str
    substitute_quantity: Quantity
    available_at: datetime
    decided_by: str
    serves: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class StandIn:
    """An item, what could stand in for it wherever it is an input at a site, and the lines that would be made of it."""

    site_id: str
    sku: str
    substitute_sku: str
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubstituteOffered:
    """What is asked of a promise could be there sooner, by these moments, if an item let another one stand in for it.

    It is held as it was offered, or refused as it was, until whom it is for lets it. `line_ids` names the lines that
    would be made of it; where it is empty all may be. `also` has to stand in together with it.
    """

    promise_id: str
    need_id: str
    request_no: int
    site_id: str
    sku: str
    substitute_sku: str
    steps: tuple[DateStep, ...]
    line_ids: tuple[str, ...] = ()
    also: tuple[StandIn, ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialsWithdrawn:
    """What was staged for a run lies ready no more, since somebody else took of it; it is staged anew, or waits."""

    planned_order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class MaterialsDelayed:
    """The inputs of a run that was asked for will all be there at `at`, as far as anybody knows, and no sooner.

    Told when that is later than the run needs them, and again whenever it changes until it is not late any more.
    """

    planned_order_id: str
    at: datetime
    cause: LateCause
    reason: str
