"""The backbone's tables of webhooks."""

from backbone.migrate import create_backbone_v3

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
    create_backbone_v3()
