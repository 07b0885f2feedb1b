"""What clients send back stands with their order."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing came back until now."""
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS returns jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE orders ALTER COLUMN returns DROP DEFAULT")
