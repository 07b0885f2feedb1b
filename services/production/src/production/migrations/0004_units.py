"""The units of items, and the runs of a recipe at hand."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Units are there with the next word about an item."""
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS unit text")
    op.execute("CREATE INDEX IF NOT EXISTS runs_recipe ON runs (recipe_id, recipe_version, run_id)")
