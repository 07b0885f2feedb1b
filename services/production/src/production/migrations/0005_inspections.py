"""How lots are inspected, and what was found."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "inspection_plans", "inspections")
