"""What planned orders that were split off or put together came of, and have from there: parts of questions."""

from __future__ import annotations


def orders_of(planned_order: str) -> str:
    """A question for the orders that the planned order in a column serves, its own and those of what it came of."""
    return f"""
        {_origins(planned_order)}
        SELECT DISTINCT ties.from_id FROM origins JOIN ties
          ON ties.from_kind = 'order' AND ties.to_kind = 'planned_order' AND ties.to_id = origins.planned_order_id
        ORDER BY ties.from_id
    """  # noqa: S608


def needed_at(planned_order: str) -> str:
    """A question for when the planned order in a column is needed where nobody said so: first of what it came of."""
    return f"""
        {_origins(planned_order)}
        SELECT min(CAST(whole.picture ->> 'needed_at' AS timestamptz)) FROM origins JOIN subjects AS whole
          ON whole.kind = 'planned_order' AND whole.subject_id = origins.planned_order_id
    """  # noqa: S608


def _origins(planned_order: str) -> str:
    # What was put together again leads back to itself: each is asked once.
    return f"""
        WITH RECURSIVE origins(planned_order_id) AS (
            SELECT {planned_order}
            UNION
            SELECT ties.from_id FROM origins JOIN ties
              ON ties.from_kind = 'planned_order' AND ties.to_kind = 'planned_order'
             AND ties.to_id = origins.planned_order_id
        )
    """  # noqa: S608
