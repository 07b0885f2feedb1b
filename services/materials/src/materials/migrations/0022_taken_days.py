"""What all orders together take of a work centre on a day, added up as it changes."""

from alembic import op
from sqlalchemy.schema import CreateTable

from materials.tables import metadata

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """What is taken already is added up once; nobody looks for the loads of a day any more."""
    op.execute("DROP INDEX IF EXISTS loads_bucket")
    op.execute(CreateTable(metadata.tables["taken_days"], if_not_exists=True))
    op.execute("DELETE FROM taken_days")
    op.execute(
        "INSERT INTO taken_days (work_centre_id, day, load_micro) "
        "SELECT work_centre_id, day, sum(load_micro) FROM loads GROUP BY work_centre_id, day"
    )
