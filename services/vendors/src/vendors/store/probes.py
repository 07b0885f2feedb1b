"""What is kept possible of purchases while customers think, in its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.values import Money, Quantity
from vendors.domain.changing import Probe

LOCK_PROBES: Final = text(
    """
    SELECT change_id, planned_order_id, state, quantity_micro, hold_until_at, refused, charge_minor, charge_currency,
           days
    FROM probes WHERE change_id = ANY(:change_ids) ORDER BY change_id, planned_order_id FOR UPDATE
    """
)
PUT_PROBES: Final = text(
    """
    INSERT INTO probes (change_id, planned_order_id, state, quantity_micro, hold_until_at, refused, charge_minor,
                        charge_currency, days)
    SELECT * FROM unnest(CAST(:change_id AS text[]), CAST(:planned_order_id AS text[]), CAST(:state AS text[]),
                         CAST(:quantity_micro AS bigint[]), CAST(:hold_until_at AS timestamptz[]),
                         CAST(:refused AS text[]), CAST(:charge_minor AS bigint[]), CAST(:charge_currency AS text[]),
                         CAST(:days AS integer[]))
    ON CONFLICT (change_id, planned_order_id) DO UPDATE SET state = excluded.state
    """
)


async def lock_probes(tx: Tx, change_ids: Iterable[str]) -> dict[str, dict[str, Probe]]:
    """What is kept for these changes, by change and planned order, locked."""
    found: dict[str, dict[str, Probe]] = {}
    for row in await tx.sql.execute(LOCK_PROBES, {"change_ids": sorted(set(change_ids))}):
        found.setdefault(row.change_id, {})[row.planned_order_id] = _probe_of(row)
    return found


async def save_probes(tx: Tx, probes: Sequence[Probe]) -> None:
    """Write what is kept, new or known; of a known one only its state changes."""
    if not probes:
        return
    await tx.sql.execute(
        PUT_PROBES,
        {
            "change_id": [each.change_id for each in probes],
            "planned_order_id": [each.planned_order_id for each in probes],
            "state": [each.state for each in probes],
            "quantity_micro": [each.quantity.micro for each in probes],
            "hold_until_at": [each.hold_until for each in probes],
            "refused": [each.refused for each in probes],
            "charge_minor": [0 if each.charge is None else each.charge.minor for each in probes],
            "charge_currency": [None if each.charge is None else each.charge.currency for each in probes],
            "days": [each.days for each in probes],
        },
    )


def _probe_of(row: Any) -> Probe:
    charge = None if row.charge_currency is None else Money(row.charge_minor, row.charge_currency)
    return Probe(
        row.change_id,
        row.planned_order_id,
        row.state,
        Quantity.of_micro(row.quantity_micro),
        row.hold_until_at,
        row.refused,
        charge,
        row.days,
    )
