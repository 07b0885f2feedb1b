"""Changes ask the owners of supplies, and say by when what is wanted beyond the promise could be there."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nobody was asked for the changes that were there before."""
    for name in ("probes", "steps", "wanted"):
        op.execute(f"ALTER TABLE changes ADD COLUMN IF NOT EXISTS {name} jsonb NOT NULL DEFAULT '[]'")
        op.execute(f"ALTER TABLE changes ALTER COLUMN {name} DROP DEFAULT")
