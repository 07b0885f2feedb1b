"""The backbone's tables of long work and imports."""

from backbone.migrate import create_backbone_v2

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
    create_backbone_v2()
