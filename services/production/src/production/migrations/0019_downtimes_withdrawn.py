"""When machines that were to stand still do not."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing was withdrawn before: a machine that was said to stand still did so for good."""
    op.execute("ALTER TABLE downtimes ADD COLUMN IF NOT EXISTS withdrawn_at timestamptz")
    op.execute("ALTER TABLE downtimes ADD COLUMN IF NOT EXISTS withdrawn_by text")
