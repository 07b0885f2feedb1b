"""Calendars of shifts."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Weekdays may have hours of their own, and more than one stretch of them."""
    op.execute("ALTER TABLE calendars ADD COLUMN IF NOT EXISTS shifts jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE calendars ALTER COLUMN shifts DROP DEFAULT")
