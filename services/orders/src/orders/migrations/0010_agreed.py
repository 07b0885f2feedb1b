"""Lines whose quantity has changed know what was agreed on at first."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What was changed until now was agreed on in its quote; of a line that came later it is what stands there."""
    op.execute("ALTER TABLE order_lines ADD COLUMN IF NOT EXISTS agreed jsonb")
    op.execute(
        """
        UPDATE order_lines AS lines
        SET agreed = jsonb_build_object('quantity', quoted.line -> 'demand' -> 'quantity',
                                        'minor', quoted.line -> 'price' -> 'minor')
        FROM orders JOIN quotes USING (quote_id)
             CROSS JOIN LATERAL jsonb_array_elements(quotes.lines) AS quoted(line)
        WHERE lines.order_id = orders.order_id AND lines.line_id = quoted.line -> 'demand' ->> 'line_id'
          AND lines.demand -> 'quantity' <> quoted.line -> 'demand' -> 'quantity'
        """
    )
