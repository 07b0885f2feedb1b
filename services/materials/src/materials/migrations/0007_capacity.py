"""Work centres, how long their days are, and what planned and scheduled runs take of them."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import metadata

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Calendars that were heard of before have whole days until they are told again."""
    op.execute("ALTER TABLE calendars ADD COLUMN IF NOT EXISTS day_minutes integer NOT NULL DEFAULT 1440")
    op.execute("ALTER TABLE calendars ALTER COLUMN day_minutes DROP DEFAULT")
    for name in ("work_centres", "loads"):
        table = metadata.tables[name]
        op.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            op.execute(CreateIndex(index, if_not_exists=True))
