"""Items have other units than the one in which they are counted; parameters take effect at a moment."""

from alembic import op
from sqlalchemy.schema import CreateTable

from materials.tables import later_parameters

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Quantities of what is there are said in its own unit, as before."""
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS units jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE items ADD COLUMN IF NOT EXISTS density_micro bigint NOT NULL DEFAULT 0")
    for name in ("units", "density_micro"):
        op.execute(f"ALTER TABLE items ALTER COLUMN {name} DROP DEFAULT")
    op.execute(CreateTable(later_parameters, if_not_exists=True))
