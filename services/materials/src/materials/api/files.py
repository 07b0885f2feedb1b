"""What materials takes by the file: each row as the body of a single act, asked for by whoever may do that."""

from __future__ import annotations

from typing import Final

from backbone.imports import Import
from materials import handlers
from materials.api.asked import forecast_asked, item_asked, lot_asked, parameters_asked
from materials.api.forms import ForecastBody, ItemBody, LotBody, ParametersBody

IMPORTS: Final = (
    Import("items", "define_item", ItemBody, item_asked, handlers.define_item),
    Import("parameters", "set_parameters", ParametersBody, parameters_asked, handlers.set_parameters),
    Import("forecasts", "set_forecast", ForecastBody, forecast_asked, handlers.set_forecast),
    Import("lots", "book_lot", LotBody, lot_asked, handlers.book_lot),
)
