"""The batch records of runs, and who signed them."""

from backbone.migrate import create_missing
from production.tables import metadata

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Records begin with what happens from now on."""
    create_missing(metadata, "run_entries", "run_signatures")
