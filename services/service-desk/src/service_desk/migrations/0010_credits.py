"""Credits have a limit: what an order's customer is charged, and what one person may grant."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What orders are charged that are here already nobody knows: their credits need a second person."""
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS charged_minor bigint")
    op.execute("ALTER TABLE tickets ADD COLUMN IF NOT EXISTS proposal jsonb")
    op.execute(
        "ALTER TABLE agreements ADD COLUMN IF NOT EXISTS credit_limit_minor bigint NOT NULL DEFAULT 50000"
    )
    op.execute("ALTER TABLE agreements ALTER COLUMN credit_limit_minor DROP DEFAULT")
