"""Operations are inspected, too: their plans, and what was found of runs."""

from alembic import op

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """An inspection is of a lot or of a run; so far all were of lots."""
    create_missing(metadata, "inspection_points")
    op.execute("ALTER TABLE inspections ALTER COLUMN lot_id DROP NOT NULL")
    for name in ("run_id", "recipe_id", "verdict", "reason"):
        op.execute(f"ALTER TABLE inspections ADD COLUMN IF NOT EXISTS {name} text")
    op.execute("ALTER TABLE inspections ADD COLUMN IF NOT EXISTS operation_no integer")
    op.execute("ALTER TABLE inspections ADD COLUMN IF NOT EXISTS runs_micro bigint")
    for name, rule in (
        ("inspections_run_id_fkey", "FOREIGN KEY (run_id) REFERENCES runs (run_id)"),
        ("of_lot_or_run", "CHECK ((lot_id IS NULL) <> (run_id IS NULL))"),
    ):
        op.execute(f"ALTER TABLE inspections DROP CONSTRAINT IF EXISTS {name}")
        op.execute(f"ALTER TABLE inspections ADD CONSTRAINT {name} {rule}")
    op.execute(
        "CREATE INDEX IF NOT EXISTS inspections_run ON inspections (run_id, inspection_id) WHERE run_id IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX IF NOT EXISTS inspections_point ON inspections (recipe_id, operation_no, sku, inspection_id)"
        " WHERE run_id IS NOT NULL"
    )
