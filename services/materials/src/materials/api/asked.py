"""What the bodies that materials reads ask for: the same commands for one at a time and for many in a file."""

from __future__ import annotations

from backbone.web import placed
from contracts.shapes import LotPart
from materials import commands
from materials.api.forms import ItemBody, LotBody, ParametersBody
from materials.domain.item import Item, Parameters


def item_asked(body: ItemBody) -> commands.DefineItem:
    """Define an item; raises `Invalid` for a number that no path can hold, `MasterIsIncomplete`."""
    item = Item(placed(body.sku, "/sku"), body.title, body.unit, body.quantum.micro, body.properties)
    return commands.DefineItem(item.checked())


def parameters_asked(body: ParametersBody) -> commands.SetParameters:
    """Say how an item is planned at a site."""
    return commands.SetParameters(
        Parameters(
            body.sku,
            body.site_id,
            body.source,
            body.minimum.micro,
            body.multiple.micro,
            body.maximum.micro,
            body.safety_stock.micro,
            body.lead_days,
            body.fence_days,
            body.from_site_id,
            body.automatic,
        )
    )


def lot_asked(body: LotBody) -> commands.BookLot:
    """Book a lot in; raises `Invalid` for an id that no path can hold."""
    part = LotPart(
        placed(body.lot_id, "/lot_id"),
        body.sku,
        body.quantity,
        body.cost,
        body.properties,
        body.vendor_lot,
        body.serials,
    )
    return commands.BookLot(body.site_id, part)
