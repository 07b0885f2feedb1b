"""Action messages are snoozed, damped by their site, and say what is at stake."""

from alembic import op
from sqlalchemy.schema import CreateTable

from materials.tables import metadata

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """No message sleeps yet, and every difference asks somebody to act, as before."""
    op.execute("ALTER TABLE action_messages ADD COLUMN IF NOT EXISTS snoozed_until_at timestamptz")
    for name in ("damping_days", "damping_percent"):
        op.execute(f"ALTER TABLE sites ADD COLUMN IF NOT EXISTS {name} integer NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE sites ALTER COLUMN {name} DROP DEFAULT")
    op.execute(CreateTable(metadata.tables["order_values"], if_not_exists=True))
