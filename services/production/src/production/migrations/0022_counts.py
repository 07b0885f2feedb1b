"""What machines count at runs."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "machine_counts")
