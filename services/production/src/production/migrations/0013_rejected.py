"""Schedules that somebody rejected."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nobody has rejected one so far."""
    op.execute("ALTER TABLE schedules ADD COLUMN IF NOT EXISTS rejected_by text")
    op.execute("ALTER TABLE schedules DROP CONSTRAINT IF EXISTS state_known")
    op.execute(
        "ALTER TABLE schedules ADD CONSTRAINT state_known"
        " CHECK (state IN ('computing', 'proposed', 'accepted', 'rejected'))"
    )
