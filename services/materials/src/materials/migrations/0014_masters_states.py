"""The state of the masters has a name, which every change of one of them replaces."""

from alembic import op
from sqlalchemy.schema import CreateTable

from materials.tables import metadata

revision = "0014"
down_revision = "0013"

MASTERS = ("sites", "items", "parameters", "recipes", "recipe_parts", "terms", "calendars", "services")


def upgrade() -> None:
    """One statement changes the name once, however many rows it writes."""
    op.execute(CreateTable(metadata.tables["masters_states"], if_not_exists=True))
    op.execute("INSERT INTO masters_states VALUES (TRUE, gen_random_uuid()) ON CONFLICT DO NOTHING")
    op.execute(
        """
        CREATE OR REPLACE FUNCTION name_masters_states() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE masters_states SET state = gen_random_uuid();
            RETURN NULL;
        END $$
        """
    )
    for name in MASTERS:
        op.execute(
            f"CREATE OR REPLACE TRIGGER name_masters_states AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION name_masters_states()"
        )
