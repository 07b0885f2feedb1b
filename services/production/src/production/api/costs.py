"""Standard prices, their roll-up and the cost of runs over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    TEXT,
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filter_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import first_asked
from production.domain.breakdown import StepStandard
from production.domain.form import counted, currency, named, within
from production.domain.plant import RATE_MINOR_MAX
from production.domain.standard import PRICES_COUNT_MAX, RollUp, StandardPrice
from production.domain.variance import RunCost

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PricesBody:
    """What a base unit of bought items should cost at a site, in minor units."""

    site_id: str
    prices: tuple[StandardPrice, ...]


@dataclass(frozen=True, slots=True)
class PricesView:
    """How many prices were taken."""

    site_id: str
    prices: int


@dataclass(frozen=True, slots=True)
class RollUpBody:
    """The site whose items are reckoned, and the currency of its prices and rates."""

    site_id: str
    currency: str = "EUR"


STEEL: Final = PricesBody("plant-1", (StandardPrice("shaft", Quantity("412.5")),))
PLANT: Final = RollUpBody("plant-1")


@router.post("/v1/standard-prices", **acts(PricesView, body=PricesBody, example=STEEL))
async def set_standard_prices(ask: Asked) -> Response:
    """Say what up to 1,000 bought items should cost at a site, from the next roll-up on."""
    body = await ask.body(PricesBody)
    counted(body.prices, "/prices", PRICES_COUNT_MAX)
    for place, price in enumerate(body.prices):
        named(price.sku, f"/prices/{place}/sku")
        within(price.minor, f"/prices/{place}/minor", RATE_MINOR_MAX)
    command = commands.SetStandardPrices(named(body.site_id, "/site_id"), body.prices)
    return await ask.act(
        handlers.set_standard_prices,
        command,
        reply=lambda prices: done(PricesView(command.site_id, len(prices))),
    )


@router.get("/v1/standard-prices", **lists(StandardPrice, site_id=TEXT))
async def list_standard_prices(ask: Asked) -> Response:
    """What bought items should cost at the site `site_id`, by item."""
    after, limit = page_asked(ask)
    site_id = filter_asked(ask, "site_id") or ""
    async with ask.read() as sql:
        rows = await queries.page_standard_prices(sql, site_id=site_id, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.post("/v1/roll-ups", **creates(queries.RollUpView, body=RollUpBody, example=PLANT))
async def roll_up_costs(ask: Asked) -> Response:
    """Reckon what all items of a site should cost, through all levels of its recipes that are in force now."""
    body = await ask.body(RollUpBody)
    command = commands.RollUpCosts(
        named(body.site_id, "/site_id"), currency(body.currency, "/currency"), ask.principal.subject
    )
    return await ask.act(
        handlers.roll_up_costs,
        command,
        reply=lambda rolled: created(f"/v1/roll-ups/{rolled.roll_up_id}", _view(rolled)),
    )


def _view(rolled: RollUp) -> queries.RollUpView:
    standards = rolled.standards
    return queries.RollUpView(
        rolled.roll_up_id,
        rolled.site_id,
        standards.currency,
        rolled.reckoned_at,
        rolled.reckoned_by,
        len(standards.costs),
        len(standards.missing),
        standards.missing[: queries.MISSING_COUNT_MAX],
    )


@router.get("/v1/roll-ups", **lists(queries.RollUpView, "site_id", first=one_of(*queries.ENDS)))
async def list_roll_ups(ask: Asked) -> Response:
    """Roll-ups, the oldest first unless `first` says newest; narrowed by `site_id`."""
    after, limit = page_asked(ask)
    site_id, end = filter_asked(ask, "site_id"), first_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_roll_ups(sql, site_id=site_id, end=end, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/roll-ups/{roll_up_id}", **shows(queries.RollUpView))
async def show_roll_up(ask: Asked, roll_up_id: str) -> Response:
    """A roll-up."""
    async with ask.read() as sql:
        return found(await queries.find_roll_up(sql, roll_up_id))


@router.get("/v1/roll-ups/{roll_up_id}/costs", **lists(queries.StandardCostView, "sku"))
async def list_standard_costs(ask: Asked, roll_up_id: str) -> Response:
    """What each item should cost, what its last step adds, and whether that is rather labour or capital; by `sku`."""
    after, limit = page_asked(ask)
    sku = filter_asked(ask, "sku")
    async with ask.read() as sql:
        rows = await queries.page_standard_costs(sql, roll_up_id, sku=sku, after=after, limit=limit)
    return paged(ask, rows, limit)


@dataclass(frozen=True, slots=True)
class StepsView:
    """The steps in which an item is made, its own in front; `more` says that there are further ones."""

    roll_up_id: str
    sku: str
    currency: str
    steps: tuple[StepStandard, ...]
    more: bool


@router.get("/v1/roll-ups/{roll_up_id}/costs/{sku}/steps", **shows(StepsView))
async def show_cost_steps(ask: Asked, roll_up_id: str, sku: str) -> Response:
    """Why an item should cost what it does: each step with what it takes, the work on it, and who bears how much."""
    async with ask.read() as sql:
        rolled = await queries.find_roll_up(sql, roll_up_id)
        steps, more = await queries.list_cost_steps(sql, roll_up_id, sku)
    return found(StepsView(roll_up_id, sku, rolled.currency, steps, more))


@router.get("/v1/runs/{run_id}/cost", **shows(RunCost))
async def show_run_cost(ask: Asked, run_id: str) -> Response:
    """What a run has cost so far, what each operation has added, and by what it differs from the standard."""
    async with ask.read() as sql:
        return found(await queries.find_run_cost(sql, run_id))
