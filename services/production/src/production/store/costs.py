"""Standard prices, and roll-ups of them, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from contracts.values import Quantity
from production.domain.standard import RollUp, StandardPrice

SAVE_PRICES: Final = text(
    """
    INSERT INTO standard_prices (site_id, sku, price_micro)
    SELECT :site_id, sku, price_micro FROM unnest(CAST(:sku AS text[]), CAST(:price_micro AS bigint[]))
         AS said(sku, price_micro)
    ORDER BY sku ON CONFLICT (site_id, sku) DO UPDATE SET price_micro = excluded.price_micro
    """
)
LOAD_PRICES: Final = text("SELECT sku, price_micro FROM standard_prices WHERE site_id = :site_id")
ADD_ROLL_UP: Final = text(
    """
    INSERT INTO roll_ups (roll_up_id, site_id, currency, reckoned_at, reckoned_by, items, missing, rates)
    VALUES (:roll_up_id, :site_id, :currency, :reckoned_at, :reckoned_by, :items, CAST(:missing AS text[]),
            CAST(:rates AS jsonb))
    """
)
ADD_COSTS: Final = text(
    """
    INSERT INTO standard_costs (roll_up_id, sku, state, cost, added, level, recipe_id, recipe_version)
    SELECT :roll_up_id, sku, state, CAST(cost AS jsonb), CAST(added AS jsonb), level, recipe_id, recipe_version
    FROM unnest(CAST(:sku AS text[]), CAST(:state AS text[]), CAST(:cost AS text[]), CAST(:added AS text[]),
                CAST(:level AS int[]), CAST(:recipe_id AS text[]), CAST(:recipe_version AS int[]))
         AS reckoned(sku, state, cost, added, level, recipe_id, recipe_version)
    """
)


async def save_standard_prices(tx: Tx, site_id: str, prices: Sequence[StandardPrice]) -> None:
    """Keep what bought items should cost at a site."""
    values = {
        "site_id": site_id,
        "sku": [price.sku for price in prices],
        "price_micro": [price.minor.micro for price in prices],
    }
    await tx.sql.execute(SAVE_PRICES, values)


async def load_standard_prices(tx: Tx, site_id: str) -> list[StandardPrice]:
    """What bought items should cost at a site."""
    rows = await tx.sql.execute(LOAD_PRICES, {"site_id": site_id})
    return [StandardPrice(row.sku, Quantity.of_micro(row.price_micro)) for row in rows]


async def add_roll_up(tx: Tx, rolled: RollUp) -> None:
    """Keep a roll-up and the cost of each item in it."""
    standards = rolled.standards
    costs = standards.costs.values()
    await tx.sql.execute(
        ADD_ROLL_UP,
        {
            "roll_up_id": rolled.roll_up_id,
            "site_id": rolled.site_id,
            "currency": standards.currency,
            "reckoned_at": rolled.reckoned_at,
            "reckoned_by": rolled.reckoned_by,
            "items": len(costs),
            "missing": list(standards.missing),
            "rates": document(tuple(standards.rates[key] for key in sorted(standards.rates))),
        },
    )
    await tx.sql.execute(
        ADD_COSTS,
        {
            "roll_up_id": rolled.roll_up_id,
            "sku": [each.sku for each in costs],
            "state": [document(each.properties) for each in costs],
            "cost": [document(each.cost) for each in costs],
            "added": [document(each.added) for each in costs],
            "level": [each.level for each in costs],
            "recipe_id": [each.recipe_id for each in costs],
            "recipe_version": [each.recipe_version for each in costs],
        },
    )
