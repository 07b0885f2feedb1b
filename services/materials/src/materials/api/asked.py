"""What the bodies that materials reads ask for: the same commands for one at a time and for many in a file."""

from __future__ import annotations

from backbone.web import placed
from contracts.shapes import LotPart
from materials import commands
from materials.api.forms import ForecastBody, ItemBody, LotBody, ParametersBody
from materials.domain.forecast import Forecast
from materials.domain.item import Item, Parameters, Unit
from materials.domain.lot_rule import LotRuleIsImpossible


def item_asked(body: ItemBody) -> commands.DefineItem:
    """Define an item; raises `Invalid` for a number that no path can hold, `MasterIsIncomplete`."""
    item = Item(
        placed(body.sku, "/sku"),
        body.title,
        body.unit,
        body.quantum.micro,
        body.properties,
        body.shelf_life_days,
        body.serialised,
        tuple(Unit(each.unit, each.quantity.micro, each.per.micro) for each in body.units),
        body.density.micro,
    )
    return commands.DefineItem(item.checked())


def parameters_asked(body: ParametersBody) -> commands.SetParameters:
    """Say how an item is planned at a site; raises `LotRuleIsImpossible` for a fixed quantity beside other sizes."""
    sizes = (body.minimum.micro, body.multiple.micro, body.maximum.micro)
    fixed = body.fixed.micro
    if fixed and sizes not in {(0, 0, 0), (fixed, fixed, fixed)}:
        raise LotRuleIsImpossible(
            "a fixed quantity is minimum, multiple and maximum at once",
            [("/fixed", "beside other lot sizes")],
        )
    return commands.SetParameters(
        Parameters(
            body.sku,
            body.site_id,
            body.source,
            *((fixed, fixed, fixed) if fixed else sizes),
            body.safety_stock.micro,
            body.lead_days,
            body.fence_days,
            body.from_site_id,
            body.automatic,
            body.period_days,
            body.batch_days,
            body.planning_fence_days,
            body.strategy,
            body.reorder_point.micro,
            body.demand_fence_days,
            body.backward_days,
            body.forward_days,
        ),
        body.effective_at,
    )


def forecast_asked(body: ForecastBody) -> commands.SetForecast:
    """Say what is expected of an item at a site in a period."""
    return commands.SetForecast(
        Forecast(
            body.sku,
            body.site_id,
            body.kind,
            body.starts_on.isoformat(),
            body.ends_on.isoformat(),
            body.quantity.micro,
        ),
        body.unit,
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
    return commands.BookLot(body.site_id, part, body.expires_at, body.unit)
