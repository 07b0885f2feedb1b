"""Crews: people of one skill at a site."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "crews")
