"""Changes that customers ask for after the promise."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from orders.tables import changes

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing is asked for that was there before."""
    op.execute(CreateTable(changes, if_not_exists=True))
    for index in changes.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
