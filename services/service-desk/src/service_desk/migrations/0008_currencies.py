"""What an hour of a service costs is in a currency of its own."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """What was said until now was told in the currency of the orders."""
    op.execute("ALTER TABLE services ADD COLUMN IF NOT EXISTS currency text")
    op.execute(
        "UPDATE services SET currency = coalesce((SELECT currency FROM orders ORDER BY order_id DESC LIMIT 1), 'EUR') "
        "WHERE currency IS NULL"
    )
    op.execute("ALTER TABLE services ALTER COLUMN currency SET NOT NULL")
