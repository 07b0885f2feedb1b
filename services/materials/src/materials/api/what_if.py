"""What if: changes are tried over HTTP, and nothing of them is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done
from contracts.shapes import DemandLine
from contracts.values import Money, PropertyWindow, Quantity
from materials import commands, handlers
from materials.domain.difference import AskDiffers, DemandDiffers, Difference, OrderDiffers
from materials.domain.price import Bought
from materials.domain.what_if import ClosedDays, OtherDemand, OtherSupply, RecipeLeftOut, Supposition

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ClosedBody:
    """A site does not work from the first day to the last."""

    site_id: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class RecipeBody:
    """A version of a recipe by which nothing new is planned."""

    recipe_id: str
    version: int


@dataclass(frozen=True, slots=True)
class SupplyBody:
    """An ordered supply comes at another moment (null: nobody knows when), or, `lost`, not at all."""

    planned_order_id: str
    at: datetime | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class DemandBody:
    """A demand wants another quantity (in a unit of its item; absent: its own), or at another moment; null stays."""

    demand_id: str
    quantity: Quantity | None = None
    wanted_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class MoreBody:
    """A demand that nobody has yet, in a unit of its item (absent: its own)."""

    site_id: str
    sku: str
    quantity: Quantity
    wanted_at: datetime
    window: tuple[PropertyWindow, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIfBody:
    """What is supposed, decided on in this order; at most 100 changes in all.

    Closed sites and recipes left out hold for what is planned afresh: `anew` names orders to plan so.
    """

    closed: tuple[ClosedBody, ...] = ()
    recipes: tuple[RecipeBody, ...] = ()
    lots: tuple[str, ...] = ()
    supplies: tuple[SupplyBody, ...] = ()
    demands: tuple[DemandBody, ...] = ()
    more: tuple[MoreBody, ...] = ()
    anew: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderView:
    """A planned order before and after: new, gone or changed; quantities in the item's unit, moments of arrival.

    A bought one costs its price, a made one its work; null where that is not known (`unpriced`), and for transfers.
    """

    change: str
    planned_order_id: str
    site_id: str
    sku: str
    source: str
    state: str
    was: Quantity
    now: Quantity
    was_at: datetime | None
    now_at: datetime | None
    was_cost: Money | None
    now_cost: Money | None
    unpriced: bool
    unit: str


@dataclass(frozen=True, slots=True)
class DemandView:
    """When a demand is served before and after (null: nobody knows), and how much of it nothing covers."""

    demand_id: str
    site_id: str
    sku: str
    order_id: str | None
    line_id: str | None
    promised_at: datetime | None
    was_at: datetime | None
    now_at: datetime | None
    was_short: Quantity
    now_short: Quantity
    unit: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """An action message that would open, or close."""

    planned_order_id: str
    kind: str
    opens: bool
    reason: str


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """What would be other than it is; what is not named stays as it is.

    `costs` are those of the orders named here, what is bought and what is worked, by currency; `work` is the part of
    it that is work. Both are without the items that are `unpriced`: no price or no rate of theirs is known.
    """

    orders: tuple[OrderView, ...]
    demands: tuple[DemandView, ...]
    messages: tuple[MessageView, ...]
    costs: tuple[Bought, ...]
    work: tuple[Bought, ...]
    unpriced: tuple[str, ...]


CLOSED: Final = WhatIfBody(
    closed=(ClosedBody("plant-1", date(2026, 7, 27), date(2026, 8, 7)),),
    supplies=(SupplyBody("01a0", datetime(2026, 7, 1, 12, tzinfo=UTC)),),
    anew=("01a1",),
)


@router.post("/v1/what-if", **acts(WhatIfView, body=WhatIfBody, example=CLOSED))
async def try_changes(ask: Asked) -> Response:
    """Say what would follow from changes of demand, supply, stock, recipes and working days; nothing is kept."""
    asked = _supposition(await ask.body(WhatIfBody))
    return await ask.act(
        handlers.try_changes, commands.TryChanges(asked), reply=lambda found: done(_view(found))
    )


def _supposition(body: WhatIfBody) -> Supposition:
    """What a body supposes; raises `CannotBeSupposed`."""
    asked = Supposition(
        tuple(ClosedDays(each.site_id, each.first, each.last) for each in body.closed),
        tuple(RecipeLeftOut(each.recipe_id, each.version) for each in body.recipes),
        body.lots,
        tuple(OtherSupply(each.planned_order_id, each.at, each.lost) for each in body.supplies),
        tuple(_other(each) for each in body.demands),
        tuple(_line(number, each) for number, each in enumerate(body.more)),
        body.anew,
    )
    return asked.checked()


def _other(body: DemandBody) -> OtherDemand:
    # Nothing is a quantity, too: a demand for none is another demand than one that stays.
    micro = None if body.quantity is None else body.quantity.micro
    return OtherDemand(body.demand_id, micro, body.wanted_at, body.unit)


def _line(number: int, body: MoreBody) -> DemandLine:
    return DemandLine(
        f"more-{number + 1}",
        "good",
        body.sku,
        body.quantity,
        body.unit or "",
        body.site_id,
        body.wanted_at,
        body.window,
    )


def _view(found: Difference) -> WhatIfView:
    return WhatIfView(
        tuple(_order(each) for each in found.orders),
        tuple(_demand(each) for each in found.demands),
        tuple(_message(each) for each in found.messages),
        found.costs,
        found.work,
        found.unpriced,
    )


def _order(each: OrderDiffers) -> OrderView:
    return OrderView(
        each.change, each.planned_order_id, each.site_id, each.sku, each.source, each.state,
        Quantity.of_micro(each.was_micro), Quantity.of_micro(each.now_micro), each.was_at, each.now_at,
        each.was_cost, each.now_cost, each.unpriced, each.unit,
    )  # fmt: skip


def _demand(each: DemandDiffers) -> DemandView:
    return DemandView(
        each.demand_id, each.site_id, each.sku, each.order_id, each.line_id, each.promised_at, each.was_at,
        each.now_at, Quantity.of_micro(each.was_short_micro), Quantity.of_micro(each.now_short_micro), each.unit,
    )  # fmt: skip


def _message(each: AskDiffers) -> MessageView:
    return MessageView(each.planned_order_id, each.kind, each.opens, each.reason)
