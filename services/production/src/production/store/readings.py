"""Readings of machines in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.recipes import ParameterLimit
from production.domain.readings import Key, MachineReading

# In the order of the key, so that two machines that repeat the same readings never wait for each other in a circle.
ADD_READINGS: Final = text(
    """
    INSERT INTO readings (run_id, operation_no, name, machine, read_at, value_micro, reported_by)
    SELECT run_id, operation_no, name, machine, read_at, value_micro, :reported_by
    FROM unnest(CAST(:run_id AS text[]), CAST(:operation_no AS int[]), CAST(:name AS text[]),
                CAST(:machine AS text[]), CAST(:read_at AS timestamptz[]), CAST(:value_micro AS bigint[]))
         AS read(run_id, operation_no, name, machine, read_at, value_micro)
    ORDER BY run_id, operation_no, name, machine, read_at
    ON CONFLICT DO NOTHING RETURNING run_id, operation_no, name, machine, read_at
    """
)


# The first few are enough: of these the run may have stood still at some.
LOAD_OUT: Final = text(
    """
    SELECT read_at FROM readings JOIN unnest(CAST(:operation_no AS int[]), CAST(:name AS text[]),
                                             CAST(:minimum AS bigint[]), CAST(:maximum AS bigint[]))
         AS limits(operation_no, name, minimum, maximum) USING (operation_no, name)
    WHERE run_id = :run_id AND value_micro NOT BETWEEN minimum AND maximum ORDER BY read_at LIMIT :limit
    """
)
MADE_SINCE: Final = text(
    """
    SELECT lot -> 'part' ->> 'lot_id' AS lot_id
    FROM run_entries CROSS JOIN LATERAL jsonb_array_elements(CAST(entry AS jsonb) -> 'produced') AS lot
    WHERE run_id = :run_id AND CAST(CAST(entry AS jsonb) ->> 'at' AS timestamptz) >= :since
    """
)
OUT_COUNT_MAX: Final = 10_000


async def load_out_of_limits(
    tx: Tx, run_id: str, limits: Mapping[tuple[int, str], ParameterLimit]
) -> list[datetime]:
    """The first moments at which machines read parameters of a run out of their limits, at most 10,000."""
    values = {
        "run_id": run_id,
        "operation_no": [operation_no for operation_no, _ in limits],
        "name": [name for _, name in limits],
        "minimum": [limit.minimum.micro for limit in limits.values()],
        "maximum": [limit.maximum.micro for limit in limits.values()],
        "limit": OUT_COUNT_MAX,
    }
    return [row.read_at for row in await tx.sql.execute(LOAD_OUT, values)]


async def load_made_since(tx: Tx, run_id: str, since: datetime) -> list[str]:
    """The lots that a run has made from a moment on, by its record."""
    rows = await tx.sql.execute(MADE_SINCE, {"run_id": run_id, "since": since})
    return [row.lot_id for row in rows]


async def add_readings(tx: Tx, readings: Sequence[MachineReading], by: str) -> list[Key]:
    """Keep readings, one statement for all; the answer are the keys of those that were not here yet."""
    if not readings:
        return []
    rows = await tx.sql.execute(
        ADD_READINGS,
        {
            "reported_by": by,
            "run_id": [each.run_id for each in readings],
            "operation_no": [each.operation_no for each in readings],
            "name": [each.name for each in readings],
            "machine": [each.machine for each in readings],
            "read_at": [each.at for each in readings],
            "value_micro": [each.value.micro for each in readings],
        },
    )
    return [(row.run_id, row.operation_no, row.name, row.machine, row.read_at) for row in rows]
