"""What could let a promise be kept sooner stands with the promise."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing of that kind was offered until now."""
    op.execute("ALTER TABLE promises ADD COLUMN IF NOT EXISTS alternatives jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE promises ALTER COLUMN alternatives DROP DEFAULT")
