"""The value of orders: what was bought in, what was added, what is left; goods beside services."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.domain.picture import ValueRow
from control_tower.drawing.shares import draw_shares
from control_tower.pages.render import page
from control_tower.queries import values

router: Final = APIRouter()


@router.get("/values", include_in_schema=False)
async def show_values(ask: Asked) -> Response:
    """Price, bought in, labour, capital, overhead and margin of every order, and the sums of those completed."""
    async with ask.read() as sql:
        totals = await values.list_totals(sql)
        rows = await values.page_values(sql)
    orders = [(order_id, list(of)) for order_id, of in groupby(rows, key=_order_of)]
    drawn = [(total, draw_shares(total)) for total in totals]
    return page(ask, "values.html", totals=drawn, orders=orders)


def _order_of(row: ValueRow) -> str:
    return row.order_id
