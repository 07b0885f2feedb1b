"""Who has which skill, until when."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "qualifications")
