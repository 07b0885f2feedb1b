"""Schedules of whole sites, setups by sequence, and what runs are kept for in time."""

from alembic import op

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What was booked before has its setup inside, unknown; nobody knows any more when its material was planned."""
    op.execute("ALTER TABLE runs ADD COLUMN IF NOT EXISTS material_at timestamptz")
    op.execute("ALTER TABLE bookings ADD COLUMN IF NOT EXISTS setup_minutes_micro bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE bookings ALTER COLUMN setup_minutes_micro DROP DEFAULT")
    op.execute("ALTER TABLE bookings ADD COLUMN IF NOT EXISTS load_id text")
    op.execute("ALTER TABLE runs ADD COLUMN IF NOT EXISTS ended_at timestamptz")
    op.execute(
        "UPDATE runs SET ended_at = CAST(floor ->> 'ended_at' AS timestamptz) WHERE floor ->> 'ended_at' <> ''"
    )
    op.execute("CREATE INDEX IF NOT EXISTS runs_ended ON runs (ended_at)")
    create_missing(metadata, "changeovers", "schedules", "schedule_moves")
