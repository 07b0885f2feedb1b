"""What vendors' terms cost."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Of terms that were copied before nobody here knows the price: they are said to have none."""
    op.execute("ALTER TABLE terms ADD COLUMN IF NOT EXISTS currency text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE terms ALTER COLUMN currency DROP DEFAULT")
    op.execute("ALTER TABLE terms ADD COLUMN IF NOT EXISTS prices jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE terms ALTER COLUMN prices DROP DEFAULT")
