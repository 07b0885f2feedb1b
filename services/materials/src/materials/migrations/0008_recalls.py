"""Recalls; lots by the number that their vendor gave them and by serial; what was made of a lot, in order."""

from alembic import op

from backbone.migrate import create_missing
from materials.tables import metadata

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Indexes come with their tables, which are there."""
    create_missing(metadata, "recalls", "recall_lots", "lots", "lot_links")
    op.execute("DROP INDEX IF EXISTS lot_links_parent")
