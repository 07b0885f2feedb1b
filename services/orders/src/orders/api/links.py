"""Signed links over HTTP: what a customer gets to answer a quote, or to see and change an order, without signing in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter

from backbone import links
from backbone.web import Ask, Asked, Response, found, shows
from backbone.web.portal import entrance
from orders import queries
from orders.domain.states import WrongState

router = APIRouter()

# An order is looked at for longer than a quote; each change of it makes a new link.
ORDER_DAYS: Final = 30

QUOTE_ACTS: Final = (
    "show_quote",
    "accept_quote",
    "decline_quote",
    "take_substitute",
    "show_quote_page",
    "answer_quote_at_page",
)
ORDER_ACTS: Final = (
    "show_order",
    "accept_new_dates",
    "cancel_order",
    "request_amendment",
    "request_cancellation",
    "show_change",
    "commit_change",
    "withdraw_change",
    "show_order_page",
    "answer_order_at_page",
    "change_order_at_page",
    "show_change_page",
    "decide_change_at_page",
)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A bearer token for one thing and one act, which shows it until it ends, too; `path` opens its page."""

    token: str
    path: str
    operations: tuple[str, ...]
    expires_at: datetime


@router.get("/v1/quotes/{quote_id}/link", **shows(LinkView))
async def link_quote(ask: Asked, quote_id: str) -> Response:
    """The link of a quote that waits for its answer."""
    async with ask.read() as sql:
        found_quote = await queries.find_quote(sql, quote_id, party=ask.party)
    if found_quote.state != "sent":
        raise WrongState(f"quote {quote_id} is {found_quote.state}; no answer is awaited")
    mark = f"{quote_id}/{found_quote.version}"
    place = f"/portal/quotes/{quote(quote_id, safe='')}"
    return _signed(
        ask, found_quote.customer_id, ("quote_id", quote_id), QUOTE_ACTS, place, found_quote.expires_at, mark
    )


@router.get("/v1/orders/{order_id}/link", **shows(LinkView))
async def link_order(ask: Asked, order_id: str) -> Response:
    """The link of an order, good for a month at least, and for one act."""
    async with ask.read() as sql:
        order = await queries.find_order(sql, order_id, party=ask.party)
    # Whoever asks in one month gets one link, which is good to the end of the next.
    month = (ask.now - order.placed_at).days // ORDER_DAYS
    ends = order.placed_at + timedelta(days=ORDER_DAYS) * (month + 2)
    mark = f"{order_id}/{order.version}/{month}"
    place = f"/portal/orders/{quote(order_id, safe='')}"
    return _signed(ask, order.customer_id, ("order_id", order_id), ORDER_ACTS, place, ends, mark)


def _signed(
    ask: Ask,
    customer_id: str,
    thing: tuple[str, str],
    acts: Iterable[str],
    place: str,
    expires_at: datetime,
    mark: str,
) -> Response:
    operations = tuple(f"orders.{name}" for name in acts)
    token = links.sign(
        ask.seals,
        subject=f"client-of-{thing[1]}",
        party=customer_id,
        parameter=thing[0],
        object_id=thing[1],
        operations=operations,
        expires_at=expires_at,
        # However often it is asked for, it is one link: what was answered with it is answered.
        link_id=mark,
    )
    return found(LinkView(token, entrance(token, place), operations, expires_at))
