"""Quotes as callers see them, with what could be had sooner instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import Instead
from contracts.values import Money, Quantity
from orders.domain.offer import called
from orders.domain.promise import Alternative
from orders.domain.quote import Priced
from orders.queries.titles import OFFERED, list_titles

QUOTES: Final = """
    SELECT quotes.quote_id, quotes.need_id, quotes.promise_id, quotes.customer_id, quotes.state, quotes.expires_at,
           quotes.version, CAST(quotes.lines AS text) AS lines, quotes.dates,
           CAST(promises.alternatives AS text) AS alternatives, promises.state AS promise_state
    FROM quotes JOIN promises USING (promise_id) WHERE (CAST(:party AS text) IS NULL OR quotes.customer_id = :party)
"""
FIND_QUOTE: Final = text(QUOTES + "AND quotes.quote_id = :quote_id")
PAGE: Final = "ORDER BY quotes.quote_id LIMIT :limit"
PAGE_QUOTES: Final = text(
    QUOTES
    + "AND quotes.quote_id > :after AND (CAST(:state AS text) IS NULL OR quotes.state = :state) "
    + PAGE
)
# Of what cannot be had as it was asked for those wait for an answer that could be had with a substitute.
PAGE_WAITING: Final = text(
    QUOTES + "AND quotes.quote_id > :after AND (quotes.state = 'sent' OR (quotes.state = 'draft' "
    "AND promises.state = 'refused' AND promises.alternatives <> '[]')) " + PAGE
)

Page = list[tuple[str, Any]]

_priced: Reads[tuple[Priced, ...]] = reader(tuple[Priced, ...])
_alternatives: Reads[tuple[Alternative, ...]] = reader(tuple[Alternative, ...])


@dataclass(frozen=True, slots=True)
class StandsIn:
    """Wherever the item is needed for a line, the substitute is taken, as the customer has decided."""

    sku: str
    substitute: str

    @classmethod
    def all_of(cls, instead: Iterable[Instead]) -> tuple[StandsIn, ...]:
        """What stands in for what in a line."""
        return tuple(cls(each.sku, each.substitute_sku) for each in instead)

    @property
    def skus(self) -> tuple[str, str]:
        """Both items."""
        return self.sku, self.substitute


@dataclass(frozen=True, slots=True)
class AlternativeView:
    """All goods could be there at `at` if the substitute stood in for the item, and so on for what stands in `also`.

    Nobody has decided that yet.
    """

    sku: str
    substitute: str
    at: datetime
    also: tuple[StandsIn, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteLineView:
    """A line of a quote, called as its offer is; `at` is absent until the promise is there."""

    line_id: str
    offer_id: str
    kind: str
    item: str
    title: str
    quantity: Quantity
    unit: str
    price: Money
    at: datetime | None
    instead: tuple[StandsIn, ...]


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as the customer sees it, with the substitutes that would let it be kept sooner while it may be taken.

    Of what is `refused` nothing can be had as it was asked for: there are no dates, unless a substitute is taken.
    """

    quote_id: str
    need_id: str
    customer_id: str
    state: str
    expires_at: datetime
    lines: tuple[QuoteLineView, ...]
    alternatives: tuple[AlternativeView, ...]
    refused: bool
    version: int

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """All items that stand, or could stand, in for others, and these others."""
        chosen = (each.skus for line in self.lines for each in line.instead)
        offered = (
            one.skus
            for each in self.alternatives
            for one in (StandsIn(each.sku, each.substitute), *each.also)
        )
        return tuple(sku for skus in (*chosen, *offered) for sku in skus)


async def find_quote(sql: AsyncConnection, quote_id: str, *, party: str | None) -> QuoteView:
    """One quote; raises `NotFound` when it is not there or not the party's."""
    row = (await sql.execute(FIND_QUOTE, {"quote_id": quote_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no quote {quote_id}")
    ((_, quote),) = await _quotes(sql, [row])
    return quote


async def page_quotes(
    sql: AsyncConnection, *, party: str | None, state: str | None, after: str, limit: int
) -> Page:
    """A page of quotes: (key, view) pairs after a key."""
    rows = await sql.execute(PAGE_QUOTES, {"party": party, "state": state, "after": after, "limit": limit})
    return await _quotes(sql, rows.all())


async def page_waiting_quotes(sql: AsyncConnection, *, party: str | None, after: str, limit: int) -> Page:
    """A page of the quotes that wait for an answer: (key, view) pairs after a key."""
    rows = await sql.execute(PAGE_WAITING, {"party": party, "after": after, "limit": limit})
    return await _quotes(sql, rows.all())


async def _quotes(sql: AsyncConnection, rows: Sequence[Any]) -> list[tuple[str, QuoteView]]:
    sold = {row.quote_id: _priced(row.lines) for row in rows}
    offer_ids = sorted({line.offer_id for lines in sold.values() for line in lines})
    offers = {row.offer_id: row for row in await sql.execute(OFFERED, {"offer_ids": offer_ids})}
    titles = await list_titles(sql, (line.demand.item for lines in sold.values() for line in lines))
    return [(row.quote_id, _quote(row, sold[row.quote_id], offers, titles)) for row in rows]


def _quote(
    row: Any, sold: Iterable[Priced], offers: Mapping[str, Any], titles: Mapping[str, str]
) -> QuoteView:
    lines = []
    for number, line in enumerate(sold):
        demand, offer = line.demand, offers[line.offer_id]
        at = row.dates[number] if row.dates else None
        lines.append(
            QuoteLineView(
                demand.line_id,
                line.offer_id,
                demand.kind,
                demand.item,
                called(titles[demand.item], offer.title, offer.kind),
                demand.quantity,
                demand.unit,
                line.price,
                at,
                StandsIn.all_of(demand.instead),
            )
        )
    refused = row.state == "draft" and row.promise_state in {"refused", "withdrawn"}
    open_ones = _alternatives(row.alternatives) if row.state == "sent" or refused else ()
    alternatives = tuple(
        AlternativeView(
            each.sku,
            each.substitute_sku,
            max(step.at for step in each.steps),
            tuple(StandsIn(more.sku, more.substitute_sku) for more in each.also),
        )
        for each in open_ones
    )
    return QuoteView(
        row.quote_id, row.need_id, row.customer_id, row.state, row.expires_at, tuple(lines), alternatives,
        refused, row.version,
    )  # fmt: skip
