"""The units in which items may be said."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """What was heard of before has units when it is told again."""
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS counted jsonb")
