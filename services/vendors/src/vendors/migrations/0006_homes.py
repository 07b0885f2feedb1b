"""A rate says in which currency it was said; one primary key for both."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """What was said until now was said in the currency of the policy."""
    op.execute("ALTER TABLE exchange_rates ADD COLUMN IF NOT EXISTS home text")
    op.execute(
        "UPDATE exchange_rates SET home = coalesce((SELECT currency FROM policies), 'EUR') WHERE home IS NULL"
    )
    op.execute("ALTER TABLE exchange_rates DROP CONSTRAINT exchange_rates_pkey")
    op.execute("ALTER TABLE exchange_rates ADD PRIMARY KEY (home, currency)")
