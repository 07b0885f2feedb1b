"""Sourcings and purchase orders may be for the work of a run, on what is provided."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """What was asked for until now is goods."""
    for table in ("sourcings", "purchase_orders"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS run_id text")
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS provided jsonb NOT NULL DEFAULT '[]'")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN provided DROP DEFAULT")
    op.execute(
        "CREATE INDEX IF NOT EXISTS purchase_orders_run ON purchase_orders (run_id) WHERE run_id IS NOT NULL"
    )
