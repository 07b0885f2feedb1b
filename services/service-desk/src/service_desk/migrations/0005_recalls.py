"""Recalls as the desk follows them."""

from backbone.migrate import create_missing
from service_desk.tables import metadata

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing was called back before."""
    create_missing(metadata, "recalls", "recalled_lots", "recall_orders")
