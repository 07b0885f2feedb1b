"""What customers were credited stands with their order."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing that was credited until now was told with its order."""
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS credits jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE orders ALTER COLUMN credits DROP DEFAULT")
