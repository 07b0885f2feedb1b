"""The first tables of production, and the backbone's."""

from backbone.migrate import create_backbone_v1, create_tables
from production.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_backbone_v1()
    create_tables(metadata)
