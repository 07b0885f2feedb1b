"""Changes of orders that are kept possible."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import changes

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing is asked for that was there before."""
    op.execute(CreateTable(changes, if_not_exists=True))
    for index in changes.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
