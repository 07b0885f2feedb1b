"""How the items that are on offer are counted."""

from backbone.migrate import create_missing
from orders.tables import metadata

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing was heard of items until now."""
    create_missing(metadata, "items")
