"""What customers read instead of ids: what items are called, and what the lines of a change are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from orders.domain.offer import called
from orders.domain.wish import Wanted

TITLES_OF: Final = text("SELECT sku, title FROM items WHERE sku = ANY(:skus) AND title IS NOT NULL")
OFFERED: Final = text("SELECT offer_id, title, kind FROM offers WHERE offer_id = ANY(:offer_ids)")


async def list_titles(sql: AsyncConnection, skus: Iterable[str]) -> dict[str, str]:
    """What items are called, by their ids; of those that nobody has named the id."""
    asked = sorted(set(skus))
    rows = await sql.execute(TITLES_OF, {"skus": asked})
    return {sku: sku for sku in asked} | {row.sku: row.title for row in rows}


async def list_new_lines(sql: AsyncConnection, wanted: Iterable[Wanted]) -> dict[str, str]:
    """What the lines that a change would add are called, by their ids."""
    new = [each for each in wanted if each.new]
    rows = await sql.execute(OFFERED, {"offer_ids": sorted({each.offer_id for each in new if each.offer_id})})
    offers = {row.offer_id: (row.title, row.kind) for row in rows}
    titles = await list_titles(sql, (each.demand.item for each in new))
    return {
        each.demand.line_id: called(titles[each.demand.item], *offers.get(each.offer_id or "", (None, None)))
        for each in new
    }
