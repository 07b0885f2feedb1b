"""What may stand in for what, and what did."""

from alembic import op
from sqlalchemy.schema import CreateTable

from materials.tables import metadata

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Two tables that nobody who plans reads."""
    for name in ("substitutes", "substitutions"):
        op.execute(CreateTable(metadata.tables[name], if_not_exists=True))
