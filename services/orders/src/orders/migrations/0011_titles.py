"""Items are called by their titles."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing was heard of titles until now; until an item is defined again it is called by its id."""
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS title text")
