"""Terms say what less of an acknowledged line costs; what is kept possible for a change has rows."""

from alembic import op

from backbone.migrate import create_missing
from vendors.tables import metadata

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What was agreed until now costs nothing and needs no notice."""
    for table, name, kind in (
        ("terms", "cancellation_points", "integer"),
        ("terms", "notice_days", "integer"),
        ("purchase_lines", "charge_minor", "bigint"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind} NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT")
    op.execute("ALTER TABLE purchase_lines ADD COLUMN IF NOT EXISTS charge_currency text")
    create_missing(metadata, "probes")
