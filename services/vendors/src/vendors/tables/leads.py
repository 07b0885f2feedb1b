"""The reading that a drift of leads and its acceptance share: what was delivered on terms lately."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

DELIVERED: Final = text(
    """
    SELECT terms.terms_id, purchase_line_id, issued_at, wanted_at, completed_at
    FROM terms JOIN purchase_orders USING (vendor_id)
    JOIN purchase_lines USING (purchase_order_id, sku, site_id)
    WHERE terms.terms_id = ANY(:terms_ids) AND issued_at IS NOT NULL AND completed_at > :since
    ORDER BY terms.terms_id, completed_at, purchase_line_id
    """
)
