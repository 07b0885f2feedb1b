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
        # By place: what is loaded has another name since, and a table that is made now has it.
        "INSERT INTO taken_days "
        "SELECT resource_id, day, sum(load_micro) FROM loads AS load(planned_order_id, resource_id, day, load_micro) "
        "GROUP BY resource_id, day"
    )
