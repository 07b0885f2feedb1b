"""A part of a purchase that comes in several has a moment of its own, and may be on its way."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """What was promised until now comes all at once; of what is on its way all counts as not sent."""
    op.execute("ALTER TABLE receipts ADD COLUMN IF NOT EXISTS comes_at timestamptz")
    op.execute("ALTER TABLE receipts ADD COLUMN IF NOT EXISTS sent boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE receipts ALTER COLUMN sent DROP DEFAULT")
