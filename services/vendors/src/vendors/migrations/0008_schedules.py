"""A purchase line keeps the parts that its vendor is held to, where it was promised in several."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """What was promised until now was promised all at once."""
    op.execute(
        "ALTER TABLE purchase_lines ADD COLUMN IF NOT EXISTS first_schedule jsonb NOT NULL DEFAULT '[]'"
    )
    op.execute("ALTER TABLE purchase_lines ALTER COLUMN first_schedule DROP DEFAULT")
