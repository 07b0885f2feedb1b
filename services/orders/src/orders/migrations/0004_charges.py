"""Lines are charged for what their customers gave up; changes ask for more, other moments and new lines."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing was charged, and only less was asked for, until now."""
    op.execute("ALTER TABLE order_lines ADD COLUMN IF NOT EXISTS charge_minor bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE order_lines ALTER COLUMN charge_minor DROP DEFAULT")
    op.execute("ALTER TABLE changes ADD COLUMN IF NOT EXISTS wanted jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE changes ALTER COLUMN wanted DROP DEFAULT")
