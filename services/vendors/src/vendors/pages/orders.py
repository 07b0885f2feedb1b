"""Purchase orders as vendors see them: promised as asked or with deltas, refused, sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.service import Reply
from backbone.web import Asked, Response, shown_at
from backbone.web.forms import moment_of, value_of
from backbone.web.portal import cut, may
from contracts.shapes import ScheduleLine
from contracts.values import ZERO, Quantity
from vendors import commands, handlers, queries
from vendors.domain.answer import SCHEDULE_COUNT_MAX, LineAnswer
from vendors.domain.delivery import Shipped
from vendors.domain.form import said
from vendors.domain.overdue import missed
from vendors.domain.states import LINE_ENDED
from vendors.pages.portal import HOME, PORTAL, ROWS_COUNT, minor_of, order_place

router = APIRouter()

PLACE: Final = f"{HOME}/purchase-orders/{{purchase_order_id}}"
QUANTITY: Final = "quantity "
PRICE: Final = "price "
MOMENT: Final = "moment "
UNIT: Final = "unit "
# Of a line that is promised in parts, each has a number before the line.
PART_QUANTITY: Final = "part quantity "
PART_MOMENT: Final = "part moment "
# What a line is that waits for its vendor's answer.
UNANSWERED: Final = "ordered"
# States of lines in which a vendor may still promise, and send.
REFUSABLE: Final = frozenset({"ordered", "quoted", "acknowledged"})
SENDABLE: Final = frozenset({"ordered", "acknowledged", "shipped", "part-received", "rejected"})
ANSWERED: Final = SENDABLE | {"quoted"}


@router.get(HOME, include_in_schema=False)
async def show_portal(ask: Asked) -> Response:
    """Purchase orders that wait for an answer, the oldest first; all of them and RFQs, the newest first."""
    asked = ask.request.query_params
    async with ask.read() as sql:
        waiting = await queries.page_orders(
            sql, party=ask.party, wanted=queries.OrderFilter(state=UNANSWERED), after="", limit=ROWS_COUNT
        )
        orders = await queries.page_newest_orders(
            sql, party=ask.party, after=asked.get("after", ""), limit=ROWS_COUNT
        )
        rfqs = await queries.page_newest_rfqs(
            sql, party=ask.party, after=asked.get("rfqs_after", ""), limit=ROWS_COUNT
        )
    shown_orders, more_orders = cut(orders, ROWS_COUNT)
    shown_rfqs, more_rfqs = cut(rfqs, ROWS_COUNT)
    return PORTAL.page(
        ask,
        "portal.html",
        "Your orders and enquiries",
        waiting=[order for _, order in waiting],
        orders=shown_orders,
        more_orders=more_orders,
        rfqs=shown_rfqs,
        more_rfqs=more_rfqs,
    )


@router.get(PLACE, include_in_schema=False)
async def show_order_page(ask: Asked, purchase_order_id: str) -> Response:
    """A purchase order with what was promised, sent and taken, and what may be said to it now."""
    async with ask.read() as sql:
        detail = await queries.find_order(sql, purchase_order_id, party=ask.party)
        units = await queries.list_units(sql, (line.sku for line in detail.order.lines))
        own_units = await queries.list_own_units(sql, (part.sku for part in detail.order.provided))
    lines = [line for line in detail.order.lines if line.state not in LINE_ENDED]
    answers = [line for line in lines if line.state in ANSWERED]
    return PORTAL.page(
        ask,
        "order.html",
        "Purchase order",
        order=detail.order,
        shipments=detail.shipments,
        receipts=detail.receipts,
        units=units,
        own_units=own_units,
        place=order_place(purchase_order_id),
        parts=_parts_asked(ask.request.query_params.get("parts", "")),
        parts_most=SCHEDULE_COUNT_MAX,
        late={line.purchase_line_id: late for line in lines if (late := _late(line, ask.now)) is not None},
        refusable=all(line.state in REFUSABLE for line in lines),
        to_answer=answers if may(ask, "answer_order_at_page") else [],
        untouched=bool(lines) and all(line.state == "ordered" for line in lines),
        to_send=[line for line in lines if line.state in SENDABLE] if may(ask, "ship_order_at_page") else [],
    )


@router.post(PLACE, include_in_schema=False)
async def answer_order_at_page(ask: Asked, purchase_order_id: str) -> Response:
    """Promise the order as asked or with deltas, or refuse it."""
    form = await ask.form()
    act, there = form.get("act", ""), _there(purchase_order_id)
    if act == "as-asked":
        command = commands.AcknowledgeOrder(purchase_order_id, (), ask.party)
        return await ask.act(handlers.acknowledge_order, command, reply=there)
    if act == "deltas":
        answers = _answers(form)
        units = _units(form, (each.purchase_line_id for each in answers))
        command = commands.AcknowledgeOrder(purchase_order_id, answers, ask.party, units)
        return await ask.act(handlers.acknowledge_order, command, reply=there)
    if act == "parts":
        scheduled = _scheduled(form)
        units = _units(form, (each.purchase_line_id for each in scheduled))
        command = commands.AcknowledgeOrder(purchase_order_id, scheduled, ask.party, units)
        return await ask.act(handlers.acknowledge_order, command, reply=there)
    if act == "refuse":
        refused = commands.RefuseOrder(purchase_order_id, said(form.get("reason", ""), "/reason"), ask.party)
        return await ask.act(handlers.refuse_order, refused, reply=there)
    raise Invalid("an order is promised or refused", [("/act", "as-asked, deltas, parts or refuse")])


@router.post(f"{PLACE}/shipments", include_in_schema=False)
async def ship_order_at_page(ask: Asked, purchase_order_id: str) -> Response:
    """Say that goods were sent, and when they are expected."""
    form = await ask.form()
    parts = tuple(part for part in map(_sent(form), _named(form, QUANTITY)) if part.quantity != ZERO)
    if not parts:
        raise Invalid("say of which line how much was sent", [("/quantity", "none above 0")])
    expected_at = datetime.fromisoformat(moment_of(form, "expected_at"))
    units = _units(form, (part.purchase_line_id for part in parts))
    command = commands.NotifyShipment(purchase_order_id, ask.new_id(), parts, expected_at, ask.party, units)
    return await ask.act(handlers.notify_shipment, command, reply=_there(purchase_order_id))


def _there(purchase_order_id: str) -> Callable[[object], Reply]:
    return lambda _: shown_at(order_place(purchase_order_id))


def _named(form: Mapping[str, str], prefix: str) -> list[str]:
    """The lines that fields of one kind are about."""
    return [name.removeprefix(prefix) for name in form if name.startswith(prefix)]


def _units(form: Mapping[str, str], line_ids: Iterable[str]) -> tuple[str | None, ...]:
    """The units that were chosen for lines; an item that has one only leaves no choice."""
    return tuple(form.get(UNIT + line_id) for line_id in line_ids)


def _sent(form: Mapping[str, str]) -> Callable[[str], Shipped]:
    return lambda line_id: Shipped(line_id, value_of(form, QUANTITY + line_id, Quantity))


def _late(line: queries.OrderLineView, now: datetime) -> ScheduleLine | None:
    """What of a line should have been sent by now, and since when."""
    on_the_way = max(line.shipped - line.accepted - line.rejected, ZERO)
    return (
        None if line.answer is None else missed(line.answer, line.quantity - line.balance + on_the_way, now)
    )


def _parts_asked(given: str) -> int:
    """In how many parts a vendor means to promise; 0 for all at once."""
    return min(int(given), SCHEDULE_COUNT_MAX) if given.isascii() and given.isdigit() else 0


def _scheduled(form: Mapping[str, str]) -> tuple[LineAnswer, ...]:
    """Lines that are promised in parts; a part without a quantity is none."""
    found = [
        LineAnswer(
            line_id,
            unit_price_minor=value_of(form, PRICE + line_id, minor_of),
            schedule=tuple(
                ScheduleLine(
                    value_of(form, f"{PART_QUANTITY}{part}", Quantity),
                    datetime.fromisoformat(moment_of(form, f"{PART_MOMENT}{part}")),
                )
                for part in (f"{number} {line_id}" for number in range(1, SCHEDULE_COUNT_MAX + 1))
                if form.get(f"{PART_QUANTITY}{part}", "").strip()
            ),
        )
        for line_id in _named(form, PRICE)
    ]
    scheduled = tuple(each for each in found if each.schedule)
    if not scheduled:
        raise Invalid("say how much comes when", [("/part quantity", "at least one")])
    return scheduled


def _answers(form: Mapping[str, str]) -> tuple[LineAnswer, ...]:
    return tuple(
        LineAnswer(
            line_id,
            value_of(form, QUANTITY + line_id, Quantity),
            value_of(form, PRICE + line_id, minor_of),
            datetime.fromisoformat(moment_of(form, MOMENT + line_id)),
        )
        for line_id in _named(form, QUANTITY)
    )
