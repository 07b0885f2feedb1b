"""What machines report."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "readings")
