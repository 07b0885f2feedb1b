"""Planned orders and pegs of plan versions stand in lists, and are read through views."""

from alembic import op
from sqlalchemy import text

from backbone.migrate import create_missing
from materials.tables import metadata

revision = "0017"
down_revision = "0016"

LISTS = {"plan_orders": "plan_order_lists", "plan_pegs": "plan_peg_lists"}
LIST_COUNT = 64

GATHER_ORDERS = """
    INSERT INTO plan_order_lists
    SELECT plan_no, node_no, min(order_no), array_agg(starts_on ORDER BY order_no),
           array_agg(due_on ORDER BY order_no), array_agg(quantity_micro ORDER BY order_no),
           array_agg(good_micro ORDER BY order_no)
    FROM plan_orders_rows GROUP BY plan_no, node_no, order_no / :count
"""
GATHER_PEGS = """
    INSERT INTO plan_peg_lists
    SELECT plan_no, node_no, min(peg_no), array_agg(needed_on ORDER BY peg_no), array_agg(for_no ORDER BY peg_no),
           array_agg(from_no ORDER BY peg_no), array_agg(quantity_micro ORDER BY peg_no)
    FROM (SELECT *, CAST(row_number() OVER (
              PARTITION BY plan_no ORDER BY node_no, needed_on, for_no, from_no) - 1 AS integer) AS peg_no
          FROM plan_pegs_rows) AS numbered
    GROUP BY plan_no, node_no, peg_no / :count
"""
ORDERS = """
    CREATE VIEW plan_orders AS
    SELECT plan_no, node_no, first_no, first_no + cardinality(l.due_on) - 1 AS last_no,
           CAST(first_no + place - 1 AS integer) AS order_no, o.starts_on, o.due_on, o.quantity_micro, o.good_micro
    FROM plan_order_lists l CROSS JOIN LATERAL unnest(l.starts_on, l.due_on, l.quantity_micro, l.good_micro)
         WITH ORDINALITY AS o(starts_on, due_on, quantity_micro, good_micro, place)
"""
PEGS = """
    CREATE VIEW plan_pegs AS
    SELECT plan_no, node_no, first_no, l.for_no AS all_for_no, l.from_no AS all_from_no,
           p.needed_on, p.for_no, p.from_no, p.quantity_micro
    FROM plan_peg_lists l CROSS JOIN LATERAL unnest(l.needed_on, l.for_no, l.from_no, l.quantity_micro)
         AS p(needed_on, for_no, from_no, quantity_micro)
"""
UNFINISHED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^plan_(orders|pegs)_[0-9]+$'"


def upgrade() -> None:
    """What versions hold already is gathered into lists; every version keeps what it says."""
    sql = op.get_bind()
    create_missing(metadata, *LISTS.values())
    for rows, gather in (("plan_orders", GATHER_ORDERS), ("plan_pegs", GATHER_PEGS)):
        if sql.scalar(text("SELECT to_regclass(:name)"), {"name": rows}) is None:
            continue
        op.execute(f"ALTER TABLE {rows} RENAME TO {rows}_rows")
        for plan_no in sql.scalars(text(f"SELECT DISTINCT plan_no FROM {rows}_rows")).all():
            own = f"{LISTS[rows]}_{plan_no:d}"
            op.execute(f"CREATE TABLE {own} PARTITION OF {LISTS[rows]} FOR VALUES IN ({plan_no:d})")
        sql.execute(text(gather), {"count": LIST_COUNT})
        op.execute(f"DROP TABLE {rows}_rows")
    # What a version that was being computed has filled: it is begun anew.
    for name in sql.scalars(text(UNFINISHED)).all():
        op.execute(f"DROP TABLE {name}")
    op.execute(ORDERS)
    op.execute(PEGS)
