"""Of a lot that may be used, what has arrived at one site may have to be looked at first."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nothing waits so yet: a lot of which a part was to be looked at has waited as a whole."""
    op.execute("ALTER TABLE stocks ADD COLUMN IF NOT EXISTS awaits_inspection boolean NOT NULL DEFAULT FALSE")
    op.execute("ALTER TABLE stocks ALTER COLUMN awaits_inspection DROP DEFAULT")
