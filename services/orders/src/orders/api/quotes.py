"""Quotes, taken or left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, filter_asked, found, lists, page_asked, paged, shows
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from orders import commands, handlers, queries
from orders.api.forms import Taken, ordered
from orders.domain.order import Order
from orders.domain.quote import Quote

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AcceptanceAct:
    """One quote is taken."""

    quote_id: str


@dataclass(frozen=True, slots=True)
class AcceptancesBody:
    """Quotes that are taken, each or refused by itself."""

    acts: tuple[AcceptanceAct, ...]


@dataclass(frozen=True, slots=True)
class AlsoBody:
    """Which item stands in for which, too."""

    sku: str
    substitute: str


@dataclass(frozen=True, slots=True)
class SubstituteBody:
    """Of what a quote shows as an alternative: which item stands in for which, with all that stands in beside it."""

    sku: str
    substitute: str
    also: tuple[AlsoBody, ...] = ()

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Each item with what stands in for it."""
        return (self.sku, self.substitute), *((each.sku, each.substitute) for each in self.also)


CARD: Final = SubstituteBody("card-a", "card-b")
BOTH: Final = AcceptancesBody((AcceptanceAct("a quote"), AcceptanceAct("another")))


@router.get("/v1/quotes", **lists(queries.QuoteView, "state"))
async def list_quotes(ask: Asked) -> Response:
    """Quotes, the oldest first."""
    after, limit = page_asked(ask)
    state = filter_asked(ask, "state")
    async with ask.read() as sql:
        page = await queries.page_quotes(sql, party=ask.party, state=state, after=after, limit=limit)
    return paged(ask, page, limit)


@router.get("/v1/quotes/{quote_id}", **shows(queries.QuoteView))
async def show_quote(ask: Asked, quote_id: str) -> Response:
    """A quote with its lines, prices and dates."""
    async with ask.read() as sql:
        quote = await queries.find_quote(sql, quote_id, party=ask.party)
    return found(quote, version=quote.version)


@router.post("/v1/quotes/{quote_id}/accept", **acts(Taken))
async def accept_quote(ask: Asked, quote_id: str) -> Response:
    """Order what a quote offers; the answer names the order."""
    command = commands.AcceptQuote(quote_id, ask.new_id(), ask.party)
    return await ask.act(handlers.accept_quote, command, reply=ordered)


@router.post("/v1/quotes/{quote_id}/decline", **acts(Taken))
async def decline_quote(ask: Asked, quote_id: str) -> Response:
    """Leave a quote; what it held is free again."""
    return await ask.act(handlers.decline_quote, commands.DeclineQuote(quote_id, ask.party), reply=_left)


@router.post("/v1/quotes/{quote_id}/substitution", **acts(Taken, body=SubstituteBody, example=CARD))
async def take_substitute(ask: Asked, quote_id: str) -> Response:
    """Let items stand in for others, to have goods sooner: the quote has new dates when these are promised.

    Where nothing comes sooner by it any more it keeps the dates that it had.
    """
    body = await ask.body(SubstituteBody)
    command = commands.TakeSubstitute(quote_id, body.names, ask.principal.subject, ask.party)
    return await ask.act(handlers.take_substitute, command, reply=_left)


def _left(quote: Quote) -> Reply:
    return done(Taken(quote.quote_id), version=quote.version)


@router.post("/v1/quotes/acceptances/batch", **acts(BulkView, body=AcceptancesBody, example=BOTH))
async def accept_quotes(ask: Asked) -> Response:
    """Order what up to 100 quotes offer; each answer names its order."""
    body = await ask.body(AcceptancesBody)
    given = tuple(commands.AcceptQuote(act.quote_id, ask.new_id(), ask.party) for act in many(body.acts))
    return await ask.act(handlers.accept_quotes, commands.AcceptQuotes(given), reply=one_by_one(_placed))


def _placed(order: Order) -> ActView:
    return ActView(200, order.order_id, order.state)
