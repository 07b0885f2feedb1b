"""Readings of machines in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
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
