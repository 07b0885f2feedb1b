"""Orders collect what is short over days, and are firm inside a planning fence or when a person says so."""

from alembic import op
from sqlalchemy.schema import CreateIndex

from materials.tables import parameters

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing collects and nothing is firm that was there before."""
    for name in ("period_days", "batch_days", "planning_fence_days"):
        op.execute(f"ALTER TABLE parameters ADD COLUMN IF NOT EXISTS {name} integer NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE parameters ALTER COLUMN {name} DROP DEFAULT")
    op.execute("ALTER TABLE planned_orders ADD COLUMN IF NOT EXISTS firm_at timestamptz")
    for index in parameters.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
