"""Calendars with hours after midnight."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """What closes after hour 24 does so on the next day."""
    op.execute("ALTER TABLE calendars DROP CONSTRAINT IF EXISTS hours")
    op.execute(
        "ALTER TABLE calendars ADD CONSTRAINT hours CHECK (0 <= opens_at_hour AND opens_at_hour < 24 "
        "AND opens_at_hour < closes_at_hour AND closes_at_hour <= opens_at_hour + 24)"
    )
