"""What clients send back."""

from backbone.migrate import create_missing
from service_desk.tables import metadata

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing came back until now."""
    create_missing(metadata, "returns")
