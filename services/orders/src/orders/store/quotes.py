"""Quotes and the promises behind them in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.errors import NotFound, NotYet
from backbone.service import Tx
from contracts.shapes import DateStep, DemandLine, Slot
from contracts.topics import PROMISE, QUOTE
from orders.domain.promise import Alternative, Promise
from orders.domain.quote import Priced, Quote

ADD_QUOTES: Final = text(
    """
    INSERT INTO quotes (quote_id, need_id, promise_id, customer_id, lines, dates, state, expires_at, version, told)
    SELECT quote_id, need_id, promise_id, customer_id, CAST(lines AS jsonb), '{}', state, expires_at, 1, told
    FROM unnest(CAST(:quote_id AS text[]), CAST(:need_id AS text[]), CAST(:promise_id AS text[]),
                CAST(:customer_id AS text[]), CAST(:lines AS text[]), CAST(:state AS text[]),
                CAST(:expires_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS added(quote_id, need_id, promise_id, customer_id, lines, state, expires_at, told)
    """
)
LOCK_QUOTES: Final = text(
    """
    SELECT quote_id, need_id, promise_id, customer_id, CAST(lines AS text) AS lines, dates, state, expires_at, version,
           told
    FROM quotes WHERE quote_id = ANY(:quote_ids) ORDER BY quote_id FOR UPDATE
    """
)
SAVE_QUOTES: Final = text(
    """
    UPDATE quotes SET state = saved.state, told = saved.told, version = version + 1, expires_at = saved.expires_at,
        dates = ARRAY(SELECT CAST(moment AS timestamptz) FROM jsonb_array_elements_text(CAST(saved.dates AS jsonb))
                      WITH ORDINALITY AS listed(moment, place) ORDER BY place)
    FROM unnest(CAST(:quote_id AS text[]), CAST(:state AS text[]), CAST(:dates AS text[]),
                CAST(:expires_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS saved(quote_id, state, dates, expires_at, told)
    WHERE quotes.quote_id = saved.quote_id
    """
)
SAVE_LINES: Final = text(
    """
    UPDATE quotes SET lines = CAST(saved.lines AS jsonb)
    FROM unnest(CAST(:quote_id AS text[]), CAST(:lines AS text[])) AS saved(quote_id, lines)
    WHERE quotes.quote_id = saved.quote_id
    """
)
ADD_PROMISES: Final = text(
    """
    INSERT INTO promises (promise_id, need_id, quote_id, customer_id, address_id, priority, delivery_policy, demand,
                          state, request_no, hold_until_at, steps, slots, alternatives, version, told)
    SELECT promise_id, need_id, quote_id, customer_id, address_id, priority, delivery_policy, CAST(demand AS jsonb),
           state, request_no, hold_until_at, '[]', '[]', '[]', 1, told
    FROM unnest(CAST(:promise_id AS text[]), CAST(:need_id AS text[]), CAST(:quote_id AS text[]),
                CAST(:customer_id AS text[]), CAST(:address_id AS text[]), CAST(:priority AS int[]),
                CAST(:delivery_policy AS text[]), CAST(:demand AS text[]), CAST(:state AS text[]),
                CAST(:request_no AS int[]), CAST(:hold_until_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS added(promise_id, need_id, quote_id, customer_id, address_id, priority, delivery_policy, demand, state,
                  request_no, hold_until_at, told)
    """
)
LOCK_PROMISES: Final = text(
    """
    SELECT promise_id, need_id, quote_id, customer_id, address_id, priority, delivery_policy,
           CAST(demand AS text) AS demand, state, request_no, hold_until_at, CAST(steps AS text) AS steps,
           CAST(slots AS text) AS slots, CAST(alternatives AS text) AS alternatives, version, told
    FROM promises WHERE promise_id = ANY(:promise_ids) ORDER BY promise_id FOR UPDATE
    """
)
SAVE_PROMISES: Final = text(
    """
    UPDATE promises SET state = saved.state, request_no = saved.request_no, demand = CAST(saved.demand AS jsonb),
        steps = CAST(saved.steps AS jsonb), slots = CAST(saved.slots AS jsonb),
        alternatives = CAST(saved.alternatives AS jsonb), hold_until_at = saved.hold_until_at, told = saved.told,
        version = version + 1
    FROM unnest(CAST(:promise_id AS text[]), CAST(:state AS text[]), CAST(:request_no AS int[]),
                CAST(:demand AS text[]), CAST(:steps AS text[]), CAST(:slots AS text[]),
                CAST(:alternatives AS text[]), CAST(:hold_until_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS saved(promise_id, state, request_no, demand, steps, slots, alternatives, hold_until_at, told)
    WHERE promises.promise_id = saved.promise_id
    """
)

_priced: Reads[tuple[Priced, ...]] = reader(tuple[Priced, ...])
_demand: Reads[tuple[DemandLine, ...]] = reader(tuple[DemandLine, ...])
_steps: Reads[tuple[DateStep, ...]] = reader(tuple[DateStep, ...])
_alternatives: Reads[tuple[Alternative, ...]] = reader(tuple[Alternative, ...])
_slots: Reads[tuple[Slot, ...]] = reader(tuple[Slot, ...])


async def add_quotes(tx: Tx, quotes: Sequence[Quote]) -> None:
    """Insert drafts, one statement for all."""
    tx.added(QUOTE, (quote.quote_id for quote in quotes))
    await tx.sql.execute(
        ADD_QUOTES,
        {
            "quote_id": [quote.quote_id for quote in quotes],
            "need_id": [quote.need_id for quote in quotes],
            "promise_id": [quote.promise_id for quote in quotes],
            "customer_id": [quote.customer_id for quote in quotes],
            "lines": [document(quote.lines) for quote in quotes],
            "state": [quote.state for quote in quotes],
            "expires_at": [quote.expires_at for quote in quotes],
            "told": [tx.tells(QUOTE, quote.quote_id) for quote in quotes],
        },
    )


async def lock_quotes(tx: Tx, quote_ids: Iterable[str]) -> dict[str, Quote]:
    """The quotes of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(LOCK_QUOTES, {"quote_ids": sorted(set(quote_ids))})).all()
    tx.locked(QUOTE, {row.quote_id: row.told for row in rows})
    return {row.quote_id: _quote_of(row) for row in rows}


async def lock_quote(tx: Tx, quote_id: str, *, party: str | None) -> Quote:
    """One quote, locked; raises `NotFound` when it is not there or belongs to another customer than `party`."""
    quote = (await lock_quotes(tx, [quote_id])).get(quote_id)
    if quote is None or (party is not None and quote.customer_id != party):
        raise NotFound(f"no quote {quote_id}")
    return quote


def _quote_of(row: Any) -> Quote:
    return Quote(
        row.quote_id,
        row.need_id,
        row.promise_id,
        row.customer_id,
        _priced(row.lines),
        row.state,
        row.expires_at,
        tuple(row.dates),
        row.version,
    )


async def save_quotes(tx: Tx, quotes: Iterable[Quote]) -> None:
    """Write locked quotes back."""
    changed = list(quotes)
    await tx.sql.execute(
        SAVE_QUOTES,
        {
            "quote_id": [quote.quote_id for quote in changed],
            "state": [quote.state for quote in changed],
            "dates": [document(quote.dates) for quote in changed],
            "expires_at": [quote.expires_at for quote in changed],
            "told": [tx.tells(QUOTE, quote.quote_id) for quote in changed],
        },
    )


async def save_quote_lines(tx: Tx, quotes: Iterable[Quote]) -> None:
    """Write the lines of locked quotes back, where something stands in for something else than before."""
    changed = list(quotes)
    await tx.sql.execute(
        SAVE_LINES,
        {
            "quote_id": [quote.quote_id for quote in changed],
            "lines": [document(quote.lines) for quote in changed],
        },
    )


async def add_promises(tx: Tx, promises: Sequence[Promise]) -> None:
    """Insert promises, one statement for all."""
    tx.added(PROMISE, (promise.promise_id for promise in promises))
    await tx.sql.execute(
        ADD_PROMISES,
        {
            "promise_id": [promise.promise_id for promise in promises],
            "need_id": [promise.need_id for promise in promises],
            "quote_id": [promise.quote_id for promise in promises],
            "customer_id": [promise.customer_id for promise in promises],
            "address_id": [promise.address_id for promise in promises],
            "priority": [promise.priority for promise in promises],
            "delivery_policy": [promise.delivery_policy for promise in promises],
            "demand": [document(promise.demand) for promise in promises],
            "state": [promise.state for promise in promises],
            "request_no": [promise.request_no for promise in promises],
            "hold_until_at": [promise.hold_until for promise in promises],
            "told": [tx.tells(PROMISE, promise.promise_id) for promise in promises],
        },
    )


async def lock_promises(tx: Tx, promise_ids: Iterable[str]) -> dict[str, Promise]:
    """The promises of these ids, locked in key order; raises `NotYet` for one that is not here."""
    wanted = sorted(set(promise_ids))
    rows = (await tx.sql.execute(LOCK_PROMISES, {"promise_ids": wanted})).all()
    tx.locked(PROMISE, {row.promise_id: row.told for row in rows})
    found = {row.promise_id: _promise_of(row) for row in rows}
    for promise_id in wanted:
        if promise_id not in found:
            raise NotYet(promise_id)
    return found


def _promise_of(row: Any) -> Promise:
    until: datetime = row.hold_until_at
    return Promise(
        row.promise_id,
        row.need_id,
        row.quote_id,
        row.customer_id,
        row.address_id,
        row.priority,
        row.delivery_policy,
        _demand(row.demand),
        row.state,
        row.request_no,
        until,
        _steps(row.steps),
        _slots(row.slots),
        _alternatives(row.alternatives),
        row.version,
    )


async def save_promises(tx: Tx, promises: Iterable[Promise]) -> None:
    """Write locked promises back."""
    changed = list(promises)
    await tx.sql.execute(
        SAVE_PROMISES,
        {
            "promise_id": [promise.promise_id for promise in changed],
            "state": [promise.state for promise in changed],
            "request_no": [promise.request_no for promise in changed],
            "demand": [document(promise.demand) for promise in changed],
            "steps": [document(promise.steps) for promise in changed],
            "slots": [document(promise.slots) for promise in changed],
            "alternatives": [document(promise.alternatives) for promise in changed],
            "hold_until_at": [promise.hold_until for promise in changed],
            "told": [tx.tells(PROMISE, promise.promise_id) for promise in changed],
        },
    )
