"""The read side of materials: SQL straight to the rows that callers see."""

from materials.queries.masters import (
    ItemDetail,
    ItemView,
    ParametersView,
    SiteView,
    find_item,
    page_items,
    page_parameters,
    page_sites,
)
from materials.queries.plan import (
    DemandView,
    PegView,
    PlannedOrderDetail,
    PlannedOrderView,
    find_planned_order,
    list_pegs,
    page_demands,
    page_planned_orders,
)
from materials.queries.promises import MessageView, PromiseView, find_promise, page_messages
from materials.queries.stock import (
    LotView,
    MoveView,
    RelatedLot,
    StockView,
    find_lot,
    page_moves,
    page_related,
    page_stock,
)

__all__ = [
    "DemandView",
    "ItemDetail",
    "ItemView",
    "LotView",
    "MessageView",
    "MoveView",
    "ParametersView",
    "PegView",
    "PlannedOrderDetail",
    "PlannedOrderView",
    "PromiseView",
    "RelatedLot",
    "SiteView",
    "StockView",
    "find_item",
    "find_lot",
    "find_planned_order",
    "find_promise",
    "list_pegs",
    "page_demands",
    "page_items",
    "page_messages",
    "page_moves",
    "page_parameters",
    "page_planned_orders",
    "page_related",
    "page_sites",
    "page_stock",
]
