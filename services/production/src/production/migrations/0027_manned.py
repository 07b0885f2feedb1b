"""People of crews are kept for operations beside machines."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """What is booked already is done by the people of its work centre."""
    op.execute("ALTER TABLE bookings ADD COLUMN IF NOT EXISTS crew_id text")
    op.execute("ALTER TABLE bookings ADD COLUMN IF NOT EXISTS people integer NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE bookings ALTER COLUMN people DROP DEFAULT")
    op.execute(
        "CREATE INDEX IF NOT EXISTS bookings_crew ON bookings (crew_id, ends_at) WHERE crew_id IS NOT NULL"
    )
