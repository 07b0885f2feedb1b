"""An RFQ that is withdrawn says why."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """What was withdrawn until now was asked for runs that gave up their work."""
    op.execute("ALTER TABLE rfqs ADD COLUMN IF NOT EXISTS withdrawn_because text")
    op.execute(
        "UPDATE rfqs SET withdrawn_because = 'the work is not wanted any more' "
        "WHERE state = 'withdrawn' AND withdrawn_because IS NULL"
    )
