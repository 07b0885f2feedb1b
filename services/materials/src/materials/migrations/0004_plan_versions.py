"""Versions of the plan of whole sites."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import metadata

revision = "0004"
down_revision = "0003"

TABLES = (
    "plan_versions", "plan_pointers", "plan_nodes", "plan_demands", "plan_supplies", "plan_order_lists",
    "plan_peg_lists", "plan_delays",
)  # fmt: skip


def upgrade() -> None:
    """Create their tables, and what counts them."""
    op.execute("CREATE SEQUENCE IF NOT EXISTS plan_numbers AS integer")
    for name in TABLES:
        table = metadata.tables[name]
        op.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            op.execute(CreateIndex(index, if_not_exists=True))
