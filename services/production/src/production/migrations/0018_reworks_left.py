"""Lots whose rework is over and left some of them."""

from alembic import op

revision = "0018"
down_revision = "0017"

RUNS = "CREATE INDEX IF NOT EXISTS runs_rework ON runs (rework_lot_id) WHERE rework_lot_id IS NOT NULL"
LOTS = """
    UPDATE lots SET state = 'blocked', reason = 'its rework left some of it', version = version + 1
    WHERE state = 'reworked' AND lot_id IN (
        SELECT rework_lot_id FROM runs
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity), 0) AS quantity
            FROM jsonb_to_recordset(inputs) AS part(sku text, quantity numeric) WHERE part.sku = lots.sku
        ) AS asked
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity), 0) AS quantity
            FROM jsonb_to_recordset(floor -> 'consumed') AS part(lot_id text, quantity numeric)
            WHERE part.lot_id = rework_lot_id
        ) AS taken
        WHERE rework_lot_id = lots.lot_id GROUP BY rework_lot_id
        HAVING bool_and(runs.state IN ('closed', 'aborted', 'refused'))
           AND sum(asked.quantity) > sum(taken.quantity)
    )
"""


def upgrade() -> None:
    """Nobody could decide on them any more: they wait for a decision again."""
    op.execute(RUNS)
    op.execute(LOTS)
