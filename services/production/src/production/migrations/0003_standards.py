"""Standard prices, and what they were rolled up to."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create what is not there."""
    create_missing(metadata, "standard_prices", "roll_ups", "standard_costs")
