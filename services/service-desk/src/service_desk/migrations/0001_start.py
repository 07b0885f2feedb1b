"""The first tables of the service desk, and the backbone's."""

from backbone.migrate import create_backbone_v1, create_tables
from service_desk.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_backbone_v1()
    create_tables(metadata)
