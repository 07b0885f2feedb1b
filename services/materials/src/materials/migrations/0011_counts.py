"""Moves are reversed, stock is counted and approved, lots expire and have serial numbers."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from materials.tables import cycle_counts, lots, moves, serials

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """No lot expires and no item asks for serial numbers until somebody says so."""
    for named, column, usual in (
        ("items", "shelf_life_days integer", "0"),
        ("items", "serialised boolean", "FALSE"),
        ("lots", "awaits_serials boolean", "FALSE"),
    ):
        op.execute(f"ALTER TABLE {named} ADD COLUMN IF NOT EXISTS {column} NOT NULL DEFAULT {usual}")
        op.execute(f"ALTER TABLE {named} ALTER COLUMN {column.split()[0]} DROP DEFAULT")
    op.execute("ALTER TABLE lots ADD COLUMN IF NOT EXISTS expires_at timestamptz")
    op.execute("ALTER TABLE moves ADD COLUMN IF NOT EXISTS reverses_id text")
    for table in (cycle_counts, serials):
        op.execute(CreateTable(table, if_not_exists=True))
    for table in (cycle_counts, lots, moves):
        for index in table.indexes:
            op.execute(CreateIndex(index, if_not_exists=True))
