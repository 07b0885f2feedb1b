"""Lines that are late are found by what they wait for."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """What becomes free at a site is offered to them."""
    op.execute("CREATE INDEX IF NOT EXISTS demands_late ON demands (site_id, sku) WHERE late")
