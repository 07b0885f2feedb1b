"""Crews, and what runs take of their people, beside what they take of work centres."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import metadata

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """What is taken of work centres stays; of people nothing is until a run is planned or scheduled."""
    for name in ("loads", "taken_days"):
        if any(column["name"] == "work_centre_id" for column in sa.inspect(op.get_bind()).get_columns(name)):
            op.alter_column(name, "work_centre_id", new_column_name="resource_id")
    table = metadata.tables["crews"]
    op.execute(CreateTable(table, if_not_exists=True))
    for index in table.indexes:
        op.execute(CreateIndex(index, if_not_exists=True))
