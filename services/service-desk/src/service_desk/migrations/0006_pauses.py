"""Pauses of the clocks of tickets."""

from backbone.migrate import create_missing
from service_desk.tables import metadata

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nobody wrote down before when a clock stood."""
    create_missing(metadata, "sla_pauses")
