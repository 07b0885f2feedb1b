"""Changes of orders that are kept possible, and what waits for them."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing is asked for that was there before."""
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS change jsonb")
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS told bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE orders ALTER COLUMN told DROP DEFAULT")
    op.execute("ALTER TABLE visits ADD COLUMN IF NOT EXISTS held_until_at timestamptz")
