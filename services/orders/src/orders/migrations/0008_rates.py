"""Exchange rates by day; costs in other currencies than their order's wait with their line."""

from alembic import op
from sqlalchemy.schema import CreateIndex

from backbone.migrate import create_missing
from orders.tables import metadata, order_lines

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Until now no cost was taken in another currency."""
    create_missing(metadata, "exchange_rates")
    op.execute("ALTER TABLE order_lines ADD COLUMN IF NOT EXISTS waiting jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE order_lines ALTER COLUMN waiting DROP DEFAULT")
    for index in order_lines.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
