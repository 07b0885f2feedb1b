"""Periods of cost."""

from alembic import op

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0010"
down_revision = "0009"

OPENING = """
    INSERT INTO cost_bookings (run_id, entry_no, site_id, booked_at, currency, material_minor, work_minor, made_minor,
                               written_off_minor)
    SELECT run_id, 0, site_id, starts_at, currency, minor, 0, 0, 0 FROM (
        SELECT run_id, site_id, starts_at, part -> 'cost' ->> 'currency' AS currency,
               sum(CAST(part -> 'cost' ->> 'bought_in' AS bigint) + CAST(part -> 'cost' ->> 'labour' AS bigint)
                   + CAST(part -> 'cost' ->> 'capital' AS bigint) + CAST(part -> 'cost' ->> 'overhead' AS bigint))
               AS minor
        FROM runs CROSS JOIN LATERAL jsonb_array_elements(
            floor -> 'open' || CASE WHEN jsonb_typeof(floor -> 'pending') = 'object'
                                    THEN jsonb_build_array(jsonb_build_object('cost', floor -> 'pending'))
                                    ELSE '[]' END) AS part
        WHERE state NOT IN ('closed', 'aborted', 'refused') GROUP BY 1, 2, 3, 4
    ) AS begun
"""


def upgrade() -> None:
    """What runs have begun before is their opening."""
    create_missing(metadata, "cost_bookings", "periods", "period_ledgers")
    op.execute(OPENING)
