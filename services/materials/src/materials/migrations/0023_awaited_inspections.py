"""Lots know whether somebody has still to look at them, beside whether their serial numbers are known."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """What is in quality check, and not for its numbers alone, waits for its inspection."""
    op.execute("ALTER TABLE lots ADD COLUMN IF NOT EXISTS awaits_inspection boolean NOT NULL DEFAULT FALSE")
    op.execute("ALTER TABLE lots ALTER COLUMN awaits_inspection DROP DEFAULT")
    op.execute(
        "UPDATE lots SET awaits_inspection = TRUE WHERE status = 'in-quality-check' AND NOT awaits_serials"
    )
