"""Needs, one by one and many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Ask, Asked, Response, acts, created, creates, found, placed, shows
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from contracts.orders import WantedLine
from contracts.shapes import DeliveryPolicy
from contracts.values import Quantity, Window
from orders import commands, handlers, queries
from orders.domain.need import Need

router = APIRouter()


@dataclass(frozen=True, slots=True)
class LineBody:
    """One thing that is needed; `required` are property windows, `offer_id` names an offer outright."""

    line_id: str
    quantity: Quantity
    wanted_at: datetime
    text: str = ""
    offer_id: str | None = None
    required: Window = ()


@dataclass(frozen=True, slots=True)
class NeedBody:
    """What a customer needs; `customer_id` is for staff, a customer's own is known."""

    lines: tuple[LineBody, ...]
    text: str = ""
    delivery_policy: DeliveryPolicy = "complete-order"
    customer_id: str | None = None
    address_id: str = "main"


@dataclass(frozen=True, slots=True)
class NeedsBody:
    """Needs, each taken or refused by itself."""

    acts: tuple[NeedBody, ...]


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need and how far it is."""

    need_id: str
    customer_id: str
    state: str
    attention: str | None
    stated_at: datetime

    @classmethod
    def of(cls, need: Need) -> NeedView:
        """The view of a need."""
        return cls(need.need_id, need.customer_id, need.state, need.attention, need.stated_at)


CHAIRS: Final = NeedBody(
    (LineBody("1", Quantity(4), datetime(2026, 7, 1, 12, tzinfo=UTC), offer_id="chair"),), "for the hall"
)
MANY: Final = NeedsBody((CHAIRS,))


@router.post("/v1/needs", **creates(NeedView, body=NeedBody, example=CHAIRS))
async def state_need(ask: Asked) -> Response:
    """State what a customer needs; a quote follows as soon as material and people are promised."""
    body = await ask.body(NeedBody)
    return await ask.act(
        handlers.state_need,
        _state_need(ask, body),
        reply=lambda need: created(f"/v1/needs/{need.need_id}", NeedView.of(need), version=need.version),
    )


def _state_need(ask: Ask, body: NeedBody, at: str = "") -> commands.StateNeed:
    customer_id = ask.whose(body.customer_id, f"{at}/customer_id")
    lines = tuple(
        WantedLine(
            placed(line.line_id, f"{at}/lines/{number}/line_id"),
            line.text,
            line.quantity,
            line.wanted_at,
            line.offer_id,
            line.required,
        )
        for number, line in enumerate(body.lines)
    )
    return commands.StateNeed(
        ask.new_id(), customer_id, body.address_id, body.text, lines, body.delivery_policy
    )


@router.get("/v1/needs/{need_id}", **shows(queries.NeedDetail))
async def show_need(ask: Asked, need_id: str) -> Response:
    """A need, with its quote once there is one."""
    async with ask.read() as sql:
        need = await queries.find_need(sql, need_id, party=ask.party)
    return found(need, version=need.version)


@router.post("/v1/needs/batch", **acts(BulkView, body=NeedsBody, example=MANY))
async def state_needs(ask: Asked) -> Response:
    """State up to 100 needs."""
    body = await ask.body(NeedsBody)
    given = tuple(_state_need(ask, act, f"/acts/{number}") for number, act in enumerate(many(body.acts)))
    return await ask.act(handlers.state_needs, commands.StateNeeds(given), reply=one_by_one(_stated))


def _stated(need: Need) -> ActView:
    return ActView(200, need.need_id, need.state)
