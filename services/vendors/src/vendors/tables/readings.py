"""Two readings that the weekly score and the scorecard share: what a vendor supplied, and what arrived of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

SUPPLIED: Final = text(
    """
    SELECT vendor_id, purchase_order_id, purchase_line_id, sku, unit, quantity_micro,
           CAST(tolerances ->> 'under_points' AS int) AS under_points, unit_price_minor,
           coalesce(CAST(answer -> 'unit_price' ->> 'minor' AS bigint), unit_price_minor) AS agreed_minor,
           issued_at, answered_at, wanted_at, first_at, CAST(first_schedule AS text) AS first_schedule, completed_at,
           was_refused
    FROM purchase_orders JOIN purchase_lines USING (purchase_order_id)
    WHERE vendor_id = ANY(:vendor_ids) AND issued_at IS NOT NULL AND (state <> 'cancelled' OR was_refused)
      AND (completed_at IS NULL OR completed_at > :since OR answered_at > :since)
    ORDER BY issued_at, purchase_line_id
    """
)
ARRIVED: Final = text(
    """
    SELECT receipts.purchase_line_id, receipts.receipt_id, receipts.received_at, receipts.accepted_micro,
           receipts.rejected_micro, coalesce(lots.bad_micro, 0) AS bad_micro
    FROM receipts LEFT JOIN (
        SELECT receipt_id, purchase_line_id,
               CAST(sum(CASE WHEN failed THEN quantity_micro ELSE returned_micro END) AS bigint) AS bad_micro
        FROM received_lots WHERE purchase_line_id = ANY(:purchase_line_ids) GROUP BY receipt_id, purchase_line_id
    ) AS lots USING (receipt_id, purchase_line_id)
    WHERE receipts.purchase_line_id = ANY(:purchase_line_ids) ORDER BY received_at, receipt_id
    """
)
