"""What is kept possible of runs while customers think about changes."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "probes")
