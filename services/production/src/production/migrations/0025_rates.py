"""What an hour at a work centre costs has a moment from which it holds."""

from alembic import op

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0025"
down_revision = "0024"

# The columns are not there where the first migration has made the tables of today.
KEEP = """
    INSERT INTO work_centre_rates (work_centre_id, rate_no, starts_at, labour_rate_minor, machine_rate_minor,
                                   overhead_rate_micro, told_by)
    SELECT work_centre_id, 1, 'epoch', CAST(kept ->> 'labour_rate_minor' AS bigint),
           CAST(kept ->> 'machine_rate_minor' AS bigint), CAST(kept ->> 'overhead_rate_micro' AS bigint), 'production'
    FROM (SELECT work_centre_id, to_jsonb(work_centres) AS kept FROM work_centres) AS known
    WHERE kept ? 'labour_rate_minor'
"""


def upgrade() -> None:
    """The rates that are there hold from the beginning."""
    create_missing(metadata, "work_centre_rates")
    op.execute(KEEP)
    op.execute("ALTER TABLE work_centres DROP CONSTRAINT IF EXISTS rates_not_negative")
    for name in ("labour_rate_minor", "machine_rate_minor", "overhead_rate_micro"):
        op.execute(f"ALTER TABLE work_centres DROP COLUMN IF EXISTS {name}")
