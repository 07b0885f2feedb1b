"""Forecasts and master schedules are told, and looked at anew when their time has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, answered, together
from contracts.values import Quantity
from materials import store
from materials.commands import RenewForecasts, SetForecast
from materials.domain.book import Book
from materials.domain.forecast import Forecast
from materials.domain.item import Item, Site
from materials.domain.network import Place
from materials.domain.units import to_base
from materials.handlers.deciding import decide_each


@together
async def set_forecast(commands: Batch[SetForecast], tx: Tx) -> Sequence[Forecast | Refused]:
    """Tell forecasts, and plan for what orders leave of them; raises `NotFound` and what `Forecast.checked` does."""
    told = [command.forecast for command in commands]
    items = await store.load_items(tx, (each.sku for each in told))
    sites = await store.load_sites(tx, (each.site_id for each in told))
    await store.lock_sites(tx, sites)
    known = await store.load_forecasts(tx, {each.place for each in told})
    answers = [answered(partial(_taken, items, sites, known, command)) for command in commands]
    agreed = [
        (command, answer)
        for command, answer in zip(commands, answers, strict=True)
        if not isinstance(answer, Refused)
    ]
    if agreed:
        await store.save_forecasts(tx, (answer for _, answer in agreed))
        seeds = store.Seeds(places={answer.place for _, answer in agreed})
        await decide_each([agreed[-1][0]], tx, [seeds], _renewed)
    return answers


def _taken(
    items: Mapping[str, Item],
    sites: Mapping[str, Site],
    known: dict[Place, list[Forecast]],
    command: SetForecast,
) -> Forecast:
    told = command.forecast
    item = items.get(told.sku)
    if item is None or told.site_id not in sites:
        raise NotFound(f"no item {told.sku} or no site {told.site_id}")
    told = told._replace(quantity_micro=to_base(item, Quantity.of_micro(told.quantity_micro), command.unit))
    here = known[told.place]
    told.checked(item, here)
    known[told.place] = [*(each for each in here if each.demand_id != told.demand_id), told]
    return told


async def renew_forecasts(commands: Batch[RenewForecasts], tx: Tx) -> Sequence[Book]:
    """Look at forecasts anew: those that are over, or inside the demand fence, are planned for no more."""
    seeds = store.Seeds(places={(command.site_id, command.sku) for command in commands})
    return await decide_each(commands, tx, [seeds], _renewed)


def _renewed(book: Book, command: SetForecast | RenewForecasts) -> None:
    """Every decision looks at the forecasts that it reaches: there is nothing beside that to decide."""
