"""What others have heard of parts of a lot, with what these have cost."""

from alembic import op

revision = "0016"
down_revision = "0015"

TOLD = (
    "told_micro",
    "told_bought_in_minor",
    "told_labour_minor",
    "told_capital_minor",
    "told_overhead_minor",
)


def upgrade() -> None:
    """What was told before this is taken for untold: such parts leave at what their takers say."""
    for table in ("stocks", "pegs"):
        for name in TOLD:
            op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE stocks DROP CONSTRAINT IF EXISTS told_is_reserved")
    op.execute(
        "ALTER TABLE stocks ADD CONSTRAINT told_is_reserved "
        "CHECK (0 <= told_micro AND told_micro <= reserved_micro)"
    )
