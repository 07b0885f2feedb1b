"""Changes of orders in their rows; whoever holds the lock of an order holds that of its changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.shapes import LineQuantity
from orders.domain.change import Change, OwnerAnswer
from orders.domain.wish import Wanted

LOAD_CHANGES: Final = text(
    """
    SELECT change_id, order_id, kind, state, CAST(lines AS text) AS lines, reason, asked_at, hold_until_at,
           CAST(answers AS text) AS answers, CAST(wanted AS text) AS wanted
    FROM changes WHERE change_id = ANY(:change_ids)
    """
)
ORDERS_OF: Final = text("SELECT DISTINCT order_id FROM changes WHERE change_id = ANY(:change_ids)")
PUT_CHANGES: Final = text(
    """
    INSERT INTO changes (change_id, order_id, kind, state, lines, reason, asked_at, hold_until_at, answers,
                         wanted)
    SELECT change_id, order_id, kind, state, CAST(lines AS jsonb), reason, asked_at, hold_until_at,
           CAST(answers AS jsonb), CAST(wanted AS jsonb)
    FROM unnest(CAST(:change_id AS text[]), CAST(:order_id AS text[]), CAST(:kind AS text[]), CAST(:state AS text[]),
                CAST(:lines AS text[]), CAST(:reason AS text[]), CAST(:asked_at AS timestamptz[]),
                CAST(:hold_until_at AS timestamptz[]), CAST(:answers AS text[]), CAST(:wanted AS text[]))
         AS put(change_id, order_id, kind, state, lines, reason, asked_at, hold_until_at, answers, wanted)
    ON CONFLICT (change_id) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, answers = excluded.answers
    """
)

_PLAIN: Final = ("change_id", "order_id", "kind", "state", "reason", "asked_at", "hold_until_at")
_lines: Reads[tuple[LineQuantity, ...]] = reader(tuple[LineQuantity, ...])
_answers: Reads[tuple[OwnerAnswer, ...]] = reader(tuple[OwnerAnswer, ...])
_wanted: Reads[tuple[Wanted, ...]] = reader(tuple[Wanted, ...])


async def load_orders_of_changes(tx: Tx, change_ids: Iterable[str]) -> list[str]:
    """The orders that these changes are of (it never changes)."""
    rows = await tx.sql.execute(ORDERS_OF, {"change_ids": sorted(set(change_ids))})
    return [row.order_id for row in rows]


async def load_changes(tx: Tx, change_ids: Iterable[str]) -> dict[str, Change]:
    """The changes of these ids that are here; their orders are locked already."""
    rows = await tx.sql.execute(LOAD_CHANGES, {"change_ids": sorted(set(change_ids))})
    return {
        row.change_id: Change(
            row.change_id,
            row.order_id,
            row.kind,
            row.state,
            _lines(row.lines),
            row.reason,
            row.asked_at,
            row.hold_until_at,
            _answers(row.answers),
            _wanted(row.wanted),
        )
        for row in rows
    }


async def save_changes(tx: Tx, changes: Sequence[Change]) -> None:
    """Write changes, new or known."""
    columns: dict[str, list[Any]] = {name: [getattr(each, name) for each in changes] for name in _PLAIN}
    columns["lines"] = [document(each.lines) for each in changes]
    columns["answers"] = [document(each.answers) for each in changes]
    columns["wanted"] = [document(each.wanted) for each in changes]
    await tx.sql.execute(PUT_CHANGES, columns)
