"""What runs took beyond their recipes before their records said so."""

from alembic import op

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0017"
down_revision = "0016"

NOTE = """
    INSERT INTO unsaid_uses
    SELECT DISTINCT run_id
    FROM (SELECT run_id, runs_micro, done_runs_micro, sku, sum(quantity) * 1e6 AS asked,
                 coalesce((SELECT sum(CAST(lot ->> 'quantity' AS numeric)) * 1e6
                           FROM jsonb_array_elements(floor -> 'consumed') AS lot WHERE lot ->> 'sku' = input.sku), 0)
                 AS taken
          FROM runs CROSS JOIN LATERAL jsonb_to_recordset(inputs) AS input(sku text, quantity numeric)
          WHERE state = 'closed' GROUP BY run_id, sku) AS used
    WHERE taken * runs_micro <> asked * done_runs_micro
      AND NOT EXISTS (SELECT FROM run_entries WHERE run_entries.run_id = used.run_id
                      AND position(format('of %s taken, its recipe needs', sku) IN entry) > 0)
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """A sealed record is never written again: runs that deviated without a word in it are noted beside it."""
    create_missing(metadata, "unsaid_uses")
    op.execute(NOTE)
