"""When machines stand still."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "downtimes")
