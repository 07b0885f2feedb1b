"""Needs in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.errors import NotYet
from backbone.service import Tx
from contracts.orders import WantedLine
from contracts.topics import NEED
from orders.domain.need import Need

ADD_NEEDS: Final = text(
    """
    INSERT INTO needs (need_id, customer_id, address_id, text, lines, delivery_policy, state, stated_at, version, told)
    SELECT need_id, customer_id, address_id, text, CAST(lines AS jsonb), delivery_policy, state, stated_at, 1, told
    FROM unnest(CAST(:need_id AS text[]), CAST(:customer_id AS text[]), CAST(:address_id AS text[]),
                CAST(:text AS text[]), CAST(:lines AS text[]), CAST(:delivery_policy AS text[]),
                CAST(:state AS text[]), CAST(:stated_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS added(need_id, customer_id, address_id, text, lines, delivery_policy, state, stated_at, told)
    """
)
LOCK_NEEDS: Final = text(
    """
    SELECT need_id, customer_id, address_id, text, CAST(lines AS text) AS lines, delivery_policy, state, stated_at,
           attention, version, told
    FROM needs WHERE need_id = ANY(:need_ids) ORDER BY need_id FOR UPDATE
    """
)
SAVE_NEEDS: Final = text(
    """
    UPDATE needs SET state = saved.state, attention = saved.attention, told = saved.told, version = version + 1
    FROM unnest(CAST(:need_id AS text[]), CAST(:state AS text[]), CAST(:attention AS text[]), CAST(:told AS bigint[]))
         AS saved(need_id, state, attention, told)
    WHERE needs.need_id = saved.need_id
    """
)

_lines: Reads[tuple[WantedLine, ...]] = reader(tuple[WantedLine, ...])


async def add_needs(tx: Tx, needs: Sequence[Need]) -> None:
    """Insert needs, one statement for all."""
    tx.added(NEED, (need.need_id for need in needs))
    await tx.sql.execute(
        ADD_NEEDS,
        {
            "need_id": [need.need_id for need in needs],
            "customer_id": [need.customer_id for need in needs],
            "address_id": [need.address_id for need in needs],
            "text": [need.text for need in needs],
            "lines": [document(need.lines) for need in needs],
            "delivery_policy": [need.delivery_policy for need in needs],
            "state": [need.state for need in needs],
            "stated_at": [need.stated_at for need in needs],
            "told": [tx.tells(NEED, need.need_id) for need in needs],
        },
    )


async def lock_needs(tx: Tx, need_ids: Iterable[str]) -> dict[str, Need]:
    """The needs of these ids, locked in key order; raises `NotYet` for one that is not here."""
    wanted = sorted(set(need_ids))
    rows = (await tx.sql.execute(LOCK_NEEDS, {"need_ids": wanted})).all()
    tx.locked(NEED, {row.need_id: row.told for row in rows})
    found = {row.need_id: _need_of(row) for row in rows}
    for need_id in wanted:
        if need_id not in found:
            raise NotYet(need_id)
    return found


def _need_of(row: Any) -> Need:
    return Need(
        row.need_id,
        row.customer_id,
        row.address_id,
        row.text,
        _lines(row.lines),
        row.delivery_policy,
        row.state,
        row.stated_at,
        row.attention,
        row.version,
    )


async def save_needs(tx: Tx, needs: Iterable[Need]) -> None:
    """Write the state of locked needs back."""
    changed = list(needs)
    await tx.sql.execute(
        SAVE_NEEDS,
        {
            "need_id": [need.need_id for need in changed],
            "state": [need.state for need in changed],
            "attention": [need.attention for need in changed],
            "told": [tx.tells(NEED, need.need_id) for need in changed],
        },
    )
