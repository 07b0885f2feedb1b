"""Forecasts and master schedules, and how items are planned by them."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import demands, forecasts

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Everything is made to order until somebody says otherwise."""
    op.execute(
        "ALTER TABLE parameters ADD COLUMN IF NOT EXISTS strategy text NOT NULL DEFAULT 'make-to-order'"
    )
    op.execute(
        "ALTER TABLE parameters ADD COLUMN IF NOT EXISTS reorder_point_micro bigint NOT NULL DEFAULT 0"
    )
    days = ("demand_fence_days", "backward_days", "forward_days")
    for name in days:
        op.execute(f"ALTER TABLE parameters ADD COLUMN IF NOT EXISTS {name} integer NOT NULL DEFAULT 0")
    for name in ("strategy", "reorder_point_micro", *days):
        op.execute(f"ALTER TABLE parameters ALTER COLUMN {name} DROP DEFAULT")
    op.execute(CreateTable(forecasts, if_not_exists=True))
    for index in demands.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
