"""The backbone's tables of webhooks."""

from backbone.migrate import create_backbone_v3

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create them."""
    create_backbone_v3()
