"""Counts of machines in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from production.domain.counts import MachineCount

# In the order of the key, so that two machines that repeat the same counts never wait for each other in a circle.
ADD_COUNTS: Final = text(
    """
    INSERT INTO machine_counts (run_id, operation_no, machine, counted_at, good_micro, bad_micro, reported_by)
    SELECT run_id, operation_no, machine, counted_at, good_micro, bad_micro, :reported_by
    FROM unnest(CAST(:run_id AS text[]), CAST(:operation_no AS int[]), CAST(:machine AS text[]),
                CAST(:counted_at AS timestamptz[]), CAST(:good_micro AS bigint[]), CAST(:bad_micro AS bigint[]))
         AS told(run_id, operation_no, machine, counted_at, good_micro, bad_micro)
    ORDER BY run_id, operation_no, machine, counted_at
    ON CONFLICT DO NOTHING RETURNING run_id
    """
)


async def add_counts(tx: Tx, counts: Sequence[MachineCount], by: str) -> int:
    """Keep counts, one statement for all; the answer is how many were not here yet."""
    if not counts:
        return 0
    rows = await tx.sql.execute(
        ADD_COUNTS,
        {
            "reported_by": by,
            "run_id": [each.run_id for each in counts],
            "operation_no": [each.operation_no for each in counts],
            "machine": [each.machine for each in counts],
            "counted_at": [each.at for each in counts],
            "good_micro": [each.good.micro for each in counts],
            "bad_micro": [each.bad.micro for each in counts],
        },
    )
    return len(rows.all())
