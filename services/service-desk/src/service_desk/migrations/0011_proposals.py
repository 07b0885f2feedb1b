"""Credits that wait for a second person are found at once."""

from alembic import op
from sqlalchemy.schema import CreateIndex

from service_desk.tables import metadata

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """An index of the few tickets that have a proposal."""
    for index in metadata.tables["tickets"].indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
