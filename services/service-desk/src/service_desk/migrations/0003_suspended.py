"""Visits that wait for their client keep nothing from others."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing is suspended that was there before."""
    op.execute("ALTER TABLE visits ADD COLUMN IF NOT EXISTS suspended boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE visits ALTER COLUMN suspended DROP DEFAULT")
