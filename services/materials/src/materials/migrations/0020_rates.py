"""What an hour at a work centre costs."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Of work centres that were copied before nobody here knows the rates: they are said to have no currency."""
    for name in ("labour_rate_minor", "machine_rate_minor", "overhead_micro"):
        op.execute(f"ALTER TABLE work_centres ADD COLUMN IF NOT EXISTS {name} bigint NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE work_centres ALTER COLUMN {name} DROP DEFAULT")
    op.execute("ALTER TABLE work_centres ADD COLUMN IF NOT EXISTS currency text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE work_centres ALTER COLUMN currency DROP DEFAULT")
