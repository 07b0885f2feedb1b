"""Recalls."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing was called back before."""
    create_missing(metadata, "recalls", "recall_lots", "recall_notices", "recall_runs", "recall_tickets")
