"""Purchase orders over HTTP: seen, approved, answered, refused, priced, cancelled, closed, re-dated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from contracts.shapes import ScheduleLine
from contracts.values import LINES_COUNT_MAX, Quantity
from vendors import commands, handlers, queries
from vendors.api.forms import Taken, changed
from vendors.domain.answer import SCHEDULE_COUNT_MAX, LineAnswer
from vendors.domain.form import counted, moment, said, truth

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ScheduleLineBody:
    """So much of a line is there by that moment."""

    quantity: Quantity
    at: datetime


@dataclass(frozen=True, slots=True)
class LineAnswerBody:
    """What is promised for a line; what is absent is as it was asked.

    Quantities and price are said in `unit`, a unit of the item (absent: its own), and are kept and shown in its own.
    What comes in parts is said as their `schedule`, which sums to what is promised.
    """

    purchase_line_id: str
    quantity: Quantity | None = None
    unit_price_minor: int | None = None
    at: datetime | None = None
    unit: str | None = None
    schedule: tuple[ScheduleLineBody, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgementBody:
    """Promises by line; without any, all lines as asked."""

    lines: tuple[LineAnswerBody, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why."""

    reason: str


@dataclass(frozen=True, slots=True)
class DecisionBody:
    """Yes or no, and why."""

    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CancellationBody:
    """Why the order is let go, and whether the next source is asked."""

    reason: str
    ask_next: bool


@dataclass(frozen=True, slots=True)
class DateBody:
    """The date that we want instead."""

    purchase_line_id: str
    wanted_at: datetime


LATER: Final = datetime(2026, 4, 1, 12, tzinfo=UTC)
SHORT: Final = AcknowledgementBody((LineAnswerBody("a line", Quantity(12), at=LATER),))
GONE: Final = CancellationBody("never answers", True)
MOVED: Final = DateBody("a line", LATER)
WHY: Final = ReasonBody("sold out")
YES: Final = DecisionBody(True, "no other source")


@router.get(
    "/v1/purchase-orders",
    **lists(
        queries.OrderView,
        "state",
        "vendor_id",
        "sku",
        "site_id",
        "planned_order_id",
        "run_id",
        overdue=one_of("true", "false"),
    ),
)
async def list_orders(ask: Asked) -> Response:
    """Purchase orders, the oldest first; narrowed by state, vendor_id, sku, site_id, planned_order_id, run_id, overdue.

    Those of a run are the work of it.
    """
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "state", "vendor_id", "sku", "site_id", "planned_order_id", "run_id")
    overdue = truth(ask.request.query_params.get("overdue"), "overdue")
    narrowed = queries.OrderFilter(**asked, overdue=overdue)
    async with ask.read() as sql:
        rows = await queries.page_orders(sql, party=ask.party, wanted=narrowed, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/purchase-orders/{purchase_order_id}", **shows(queries.OrderDetail))
async def show_order(ask: Asked, purchase_order_id: str) -> Response:
    """A purchase order with what was sent and what arrived."""
    async with ask.read() as sql:
        detail = await queries.find_order(sql, purchase_order_id, party=ask.party)
    return found(detail, version=detail.order.version)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/approval", **acts(Taken, body=DecisionBody, example=YES)
)
async def approve_order(ask: Asked, purchase_order_id: str) -> Response:
    """Agree to an order above the limit as a second person, or let nothing be bought."""
    body = await ask.body(DecisionBody)
    reason = said(body.reason, "/reason")
    command = commands.ApproveOrder(purchase_order_id, body.accepted, reason, ask.principal.subject)
    return await ask.act(handlers.approve_order, command, reply=changed)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/acknowledgement",
    **acts(Taken, body=AcknowledgementBody, example=SHORT),
)
async def acknowledge_order(ask: Asked, purchase_order_id: str) -> Response:
    """Promise an order, as asked or with deltas; a price beyond tolerance waits for a buyer (state quoted)."""
    body = await ask.body(AcknowledgementBody)
    command = acknowledgement(ask, purchase_order_id, body, "")
    return await ask.act(handlers.acknowledge_order, command, reply=changed)


def acknowledgement(
    ask: Ask, purchase_order_id: str, body: AcknowledgementBody, place: str
) -> commands.AcknowledgeOrder:
    """The command of an acknowledgement whose body lies at `place`."""
    counted(body.lines, f"{place}/lines", LINES_COUNT_MAX, least=0)
    lines = tuple(_answer(line, f"{place}/lines/{number}") for number, line in enumerate(body.lines))
    units = tuple(line.unit for line in body.lines)
    return commands.AcknowledgeOrder(purchase_order_id, lines, ask.party, units)


def _answer(line: LineAnswerBody, place: str) -> LineAnswer:
    counted(line.schedule, f"{place}/schedule", SCHEDULE_COUNT_MAX, least=0)
    return LineAnswer(
        line.purchase_line_id,
        line.quantity,
        line.unit_price_minor,
        None if line.at is None else moment(line.at, f"{place}/at"),
        tuple(
            ScheduleLine(part.quantity, moment(part.at, f"{place}/schedule/{number}/at"))
            for number, part in enumerate(line.schedule)
        ),
    )


@router.post("/v1/purchase-orders/{purchase_order_id}/refusal", **acts(Taken, body=ReasonBody, example=WHY))
async def refuse_order(ask: Asked, purchase_order_id: str) -> Response:
    """Refuse to supply; the next ranked source is asked."""
    body = await ask.body(ReasonBody)
    command = commands.RefuseOrder(purchase_order_id, said(body.reason, "/reason"), ask.party)
    return await ask.act(handlers.refuse_order, command, reply=changed)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/price-decision", **acts(Taken, body=DecisionBody, example=YES)
)
async def decide_price(ask: Asked, purchase_order_id: str) -> Response:
    """Take a dearer price, or not: an earlier promise then stands, without one the next source is asked."""
    body = await ask.body(DecisionBody)
    command = commands.DecidePrice(purchase_order_id, body.accepted, said(body.reason, "/reason"))
    return await ask.act(handlers.decide_price, command, reply=changed)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/cancellation",
    **acts(Taken, body=CancellationBody, example=GONE),
)
async def cancel_order(ask: Asked, purchase_order_id: str) -> Response:
    """Let an order go of which nothing is on its way."""
    body = await ask.body(CancellationBody)
    command = commands.CancelOrder(purchase_order_id, said(body.reason, "/reason"), body.ask_next)
    return await ask.act(handlers.cancel_order, command, reply=changed)


@router.post("/v1/purchase-orders/{purchase_order_id}/closure", **acts(Taken, body=ReasonBody, example=WHY))
async def close_order(ask: Asked, purchase_order_id: str) -> Response:
    """Let the rest of an order go."""
    body = await ask.body(ReasonBody)
    command = commands.CloseOrder(purchase_order_id, said(body.reason, "/reason"))
    return await ask.act(handlers.close_order, command, reply=changed)


@router.post(
    "/v1/purchase-orders/{purchase_order_id}/re-dating",
    **acts(Taken, body=DateBody, example=MOVED),
)
async def redate_line(ask: Asked, purchase_order_id: str) -> Response:
    """Ask for another date; the vendor's next answer is what its score is held to."""
    body = await ask.body(DateBody)
    wanted_at = moment(body.wanted_at, "/wanted_at")
    command = commands.RedateLine(purchase_order_id, body.purchase_line_id, wanted_at)
    return await ask.act(handlers.redate_line, command, reply=changed)
