"""Why runs end late."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nobody has kept why a run that is late now is so; it is said when it is moved or scheduled next."""
    op.execute("ALTER TABLE runs ADD COLUMN IF NOT EXISTS late_cause text")
