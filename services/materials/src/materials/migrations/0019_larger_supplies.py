"""Which planned orders a larger supply would be instead of."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Of messages that were there before, none asks for more of a supply."""
    op.execute("ALTER TABLE action_messages ADD COLUMN IF NOT EXISTS instead_of jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE action_messages ALTER COLUMN instead_of DROP DEFAULT")
